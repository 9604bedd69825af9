/** Checks the documents in docs/ against the files of the repository. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../src/cli/paths.ts";

const DOCS = join(ROOT, "docs");
const documents = readdirSync(DOCS).filter((file) => file.endsWith(".md"));
/** Documents whose lines are at most 120 characters long. */
const WRAPPED = ["queries.md", "percolator.md", "delivery.md", "faults.md"];

const read = (file: string): string => readFileSync(join(DOCS, file), "utf8");

describe.each(documents)("docs/%s", (file) => {
  it("names only files that exist", () => {
    for (const [, path = ""] of read(file).matchAll(/`((?:src|test|data)\/[\w./-]+)`/g)) {
      expect(existsSync(join(ROOT, path)), path).toBe(true);
    }
  });

  it("links only to files that exist", () => {
    for (const [, path = ""] of read(file).matchAll(/\]\(([\w./-]+)\)/g)) {
      expect(existsSync(join(DOCS, path)), path).toBe(true);
    }
  });
});

it.each(WRAPPED)("docs/%s has lines of at most 120 characters", (file) => {
  expect(
    read(file)
      .split("\n")
      .filter((line) => line.length > 120),
  ).toEqual([]);
});
