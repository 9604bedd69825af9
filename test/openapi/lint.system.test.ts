/** What Redocly's linter says of the description. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort, type Program, run, start, temporaryState } from "../cli/programs.ts";

const state = temporaryState();
let parley: Program;

beforeAll(async () => {
  parley = await start(state.path, await freePort());
});
afterAll(async () => {
  await parley.interrupt();
  state.remove();
});

it("finds nothing, errors and warnings alike", async () => {
  const file = join(state.path, "openapi.json");
  writeFileSync(file, await (await fetch(`${parley.url}/openapi.json`)).text());
  const quiet = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const { code, output } = await run("node_modules/@redocly/cli/bin/cli.js", ["lint", "--format=json", file], quiet);
  const { totals, problems } = JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1));
  expect({ code, totals, problems }).toEqual({ code: 0, totals: { errors: 0, warnings: 0, ignored: 0 }, problems: [] });
});
