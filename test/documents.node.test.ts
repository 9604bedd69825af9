/** Checks the documents against the files of the repository. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../src/cli/paths.ts";

const FOLDERS = ["src", "test", "data", "docs"];
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`);

const files = [...readdirSync(ROOT), ...FOLDERS.flatMap(filesIn)];
const documents = files.filter((file) => /^(?:docs\/)?\w+\.md$/.test(file));

/** What stands between backticks and looks like a file (`listing.ts`, `record/log.ts`) or a folder (`src/feeds`, `query/`). */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([\w.-][\w./-]*)`/g)].map(([, path = ""]) => path);
  const isFile = (path: string): boolean => /[\w]\.(?:tsx?|js|sh|sql|md|yaml|css|svg|toml)$/.test(path);
  const isFolder = (path: string): boolean => /^(?:src|test|data|docs)\/|^[\w-]+\/(?:[\w-]+\/)*$/.test(path);
  return quoted.filter((path) => isFile(path) || isFolder(path));
}

/** A document about a folder names its files without the folder. */
const isThere = (path: string): boolean => {
  const bare = path.replace(/\/$/, "");
  return files.some((file) => file === bare || file.endsWith(`/${bare}`));
};

/** Lines that could be shorter: rows of tables cannot, nor can a long address. */
const longLinesOf = (text: string): string[] =>
  text.split("\n").filter((line) => !line.startsWith("|") && line.replaceAll(/https?:\/\/\S+/g, "").length > 120);

it("finds the documents", () => {
  expect(documents).toEqual(expect.arrayContaining(["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "docs/feeds.md"]));
});

describe.each(documents)("%s", (file) => {
  const text = read(file);

  it("names only files and folders that exist", () => {
    expect(pathsIn(text).filter((path) => !isThere(path))).toEqual([]);
  });

  it("links only to files that exist", () => {
    const links = [...text.matchAll(/\]\(([\w./-]+)\)/g)].map(([, path = ""]) => path);
    expect(links.filter((path) => !existsSync(join(ROOT, dirname(file), path)))).toEqual([]);
  });

  it("has lines of at most 120 characters", () => expect(longLinesOf(text)).toEqual([]));
});

describe("ARCHITECTURE.md", () => {
  const text = read("ARCHITECTURE.md");

  it("fits on about four pages, the table of imports aside", () => {
    const prose = text.replace(/<!-- imports -->.*<!-- \/imports -->/s, "");
    expect(prose.split(/\s+/).length).toBeLessThanOrEqual(2_000);
  });
});
