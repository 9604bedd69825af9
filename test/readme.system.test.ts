/** README.md's examples, run in the order of the page by the shells that readers use. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, inject, it } from "vitest";
import { ROOT } from "../src/cli/paths.ts";
import { type Running, startPrepared } from "./cli/prepared.ts";
import { freePort, until } from "./cli/programs.ts";
import { Reader } from "./cli/reader.ts";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const EXAMPLES = [...readme.matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, example = ""]) => example);
const RECEIVER = /^```js\n(.*?)\n```$/ms.exec(readme)?.[1] ?? "";

/** Each shell without the reader's own configuration; it ends at the first command that fails. */
const SHELLS: Record<string, string[]> = {
  bash: ["--noprofile", "--norc", "-euo", "pipefail", "-c"],
  zsh: ["-f", "-euo", "pipefail", "-c"],
};

let wire: Running | undefined;
let reader: Reader | undefined;
afterEach(async () => {
  reader?.close();
  await wire?.stop();
});

describe.each(Object.entries(SHELLS))("the examples of README.md in %s", (shell, options) => {
  const isInstalled = spawnSync(shell, ["-c", "true"]).status === 0;

  it.runIf(isInstalled)("do what the text says (skipped where the shell is not installed)", async () => {
    wire = await startPrepared(inject("prepared"));
    const followed = new Reader(wire.url, await freePort(), [shell, ...options], RECEIVER);
    reader = followed;
    for (const example of EXAMPLES) await followed.follow(example);
    await until(() => followed.output.includes("article.matched 1 Quiet streets\n"));
    expect(followed.answers.map((answer) => Object.keys(answer))).toEqual([
      expect.arrayContaining(["items"]),
      expect.arrayContaining(["reading", "total"]),
      expect.arrayContaining(["id", "token", "secret"]),
      expect.arrayContaining(["id", "log"]),
      expect.arrayContaining(["latest", "deliveries"]),
    ]);
    expect(followed.calls()).toEqual([
      "npm ci",
      "npm run demo",
      "npm start",
      "npm run check",
      "npx wrangler login",
      "npm run deploy",
      "npx wrangler secret put CURATOR_TOKEN",
      "npm run load -- https://parley.YOUR-SUBDOMAIN.workers.dev",
    ]);
  });

  it("have no comments: an interactive zsh takes them for commands", () => {
    for (const example of EXAMPLES) expect(example).not.toMatch(/(^|\s)#/m);
  });
});

it("README.md has at most 1,300 words, and lines of at most 120 characters outside its tables", () => {
  expect(readme.split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(1300);
  expect(readme.split("\n").filter((line) => line.length > 120 && !line.startsWith("|"))).toEqual([]);
});

it("the documents link to files that exist", () => {
  const documents = readdirSync(join(ROOT, "docs")).map((name) => join("docs", name));
  for (const file of ["README.md", ...documents]) {
    for (const [, link = ""] of readFileSync(join(ROOT, file), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      expect(existsSync(join(ROOT, dirname(file), link)), `${file}: ${link}`).toBe(true);
  }
});
