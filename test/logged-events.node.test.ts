/** Every event that the code logs is documented, and no other. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const SRC = join(ROOT, "src");

const sources = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(SRC, file), "utf8") }));

/** The names in calls of `report`, and in lines that are logged without it. */
const logged = sources.flatMap(({ text }) =>
  [...text.matchAll(/\breport\(\s*"([^"]+)"|\bevent:\s*"([a-z_]+\.[a-z_]+)"/g)].map(([, one, other]) => one ?? other),
);

const OPERATING = readFileSync(join(ROOT, "docs", "operating.md"), "utf8");
const rows = [...OPERATING.matchAll(/^\| `([a-z_]+\.[a-z_]+)` \| (\w+) \| .+ \| (.+) \|$/gm)];

it("docs/operating.md has a row for every event that is logged, and for no other", () => {
  expect(new Set(logged).size).toBeGreaterThan(10);
  expect(rows.map(([, name]) => name)).toEqual([...new Set(logged)].sort());
});

it("each row tells the level and what to do", () => {
  for (const [, name, level, action] of rows)
    expect([name, level, action?.length]).toEqual([name, "error", expect.any(Number)]);
});

it("the name of an event is written out where it is logged, so that it can be found", () => {
  const computed = sources.flatMap(({ file, text }) =>
    [...text.matchAll(/(?<!function )\breport\(\s*[^"\s)]/g)].map(
      ({ index }) => `${file}: ${text.slice(index, index + 40)}`,
    ),
  );
  expect(computed).toEqual([]);
  const outside = sources.filter(({ text }) => /console\.\w+\(\s*JSON\.stringify/.test(text)).map(({ file }) => file);
  expect(outside.sort()).toEqual(["platform/report.ts", "worker.ts"]);
});
