import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DATA } from "../../src/cli/paths.ts";
import { LAST_MIGRATION } from "../../src/record/schema.ts";

it("the code names the last migration", () => {
  expect(LAST_MIGRATION).toBe(readdirSync(join(DATA, "migrations")).sort().at(-1));
});
