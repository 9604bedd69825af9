/** Each table, of D1 and of a shard, is written by its owner alone. The comments of the tables name the owners. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const MIGRATIONS = "data/migrations";
const TABLES = "src/shard/tables.ts";

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file));

/** The owner of each table: the file or folder that the last comment before it names. */
function ownersIn(definitions: string): [table: string, owner: string][] {
  let owner = "";
  return [
    ...definitions.matchAll(/Owner: ([\w./-]*[\w/])|CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?(\w+)/g),
  ].flatMap(([, named, table]): [string, string][] => {
    if (named !== undefined) owner = named;
    return table === undefined ? [] : [[table, owner]];
  });
}

const owners = new Map([...filesIn(MIGRATIONS), TABLES].flatMap((file) => ownersIn(read(file))));

/** The tables that a file writes. Full-text search chooses one of its two indexes. */
const writtenIn = (file: string): string[] =>
  [...read(file).matchAll(/\b(?:INSERT (?:OR \w+ )?INTO|REPLACE INTO|UPDATE|DELETE FROM) (\$\{|[a-z]\w*)/g)].map(
    ([, table = ""]) => (table === "${" && file.startsWith("src/record/") ? "event_index" : table),
  );

const writes = filesIn("src")
  .filter((file) => /\.tsx?$/.test(file) && file !== TABLES)
  .flatMap((file) => writtenIn(file).map((table) => [file, table] as const));

it("names an owner for every table", () => {
  expect(owners.size).toBeGreaterThan(25);
  expect([...owners].filter(([, owner]) => !owner.startsWith("src/"))).toEqual([]);
});

it("every table is written by somebody", () => {
  const written = new Set(writes.map(([, table]) => table));
  // A trigger writes the head, and the migration of a shard its version.
  const unwritten = [...owners.keys()].filter((table) => !written.has(table));
  expect(unwritten).toEqual(["head", "version"]);
});

it.each(writes.filter(([, table]) => table !== "d1_migrations"))("%s may write %s", (file, table) => {
  const owner = owners.get(table);
  expect(owner?.endsWith("/") ? file.startsWith(owner) : file === owner, `its owner is ${owner}`).toBe(true);
});

it("ARCHITECTURE.md lists every table with its owner", () => {
  const rows = [...read("ARCHITECTURE.md").matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+) \| .+ \| `([\w./-]+)` \|$/gm)];
  const shown = rows.flatMap(([, tables = "", owner = ""]) =>
    tables.split(", ").map((table) => [table.replaceAll("`", ""), `src/${owner}`] as const),
  );
  expect(shown.map(([table]) => table).sort()).toEqual(
    [...owners.keys()].filter((table) => table !== "version").sort(),
  );
  // A row may name a part of the owner: then it alone writes the table.
  const isOwner = (table: string, owner: string): boolean =>
    owner.startsWith(owners.get(table) ?? "none") &&
    writes.every(([file, written]) => written !== table || file.startsWith(owner));
  expect(shown.filter(([table, owner]) => !isOwner(table, owner))).toEqual([]);
});
