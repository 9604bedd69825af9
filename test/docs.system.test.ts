/** Compares the documents with the programs. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../src/cli/paths.ts";
import { run } from "./cli/programs.ts";

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const readme = read("README.md");

describe("README.md", () => {
  it("shows the demo as it runs", async () => {
    const shown = /<!-- demo -->\n```\n(.*?)\n```/s.exec(readme)?.[1];
    const { code, output } = await run("src/cli/demo.ts");
    expect(output.trim()).toBe(shown);
    expect(code).toBe(0);
  });

  it("names every script of package.json, or docs/operating.md does", () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read("package.json"));
    const documents = readme + read("docs/operating.md");
    for (const script of Object.keys(scripts)) expect(documents).toMatch(new RegExp(`npm (run )?${script}\\b`));
  });

  it("verifies a message in ten lines, and links to files that exist", () => {
    for (const [, file = ""] of readme.matchAll(/\]\(([A-Za-z./]+)\)/g))
      expect(existsSync(join(ROOT, file)), file).toBe(true);
    const lines = /```js\n.*?createServer\((.*?)\n```/s.exec(readme)?.[1]?.split("\n").length ?? 0;
    expect(lines).toBeLessThanOrEqual(10);
  });
});
