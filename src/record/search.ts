/** Full-text search: a narrowing → the candidates that SQLite's FTS5 finds for it. The predicate decides on them. */

import { badRequest } from "../problem.ts";
import type { Narrowing } from "../query/narrow.ts";
import { THIS_ENTRY } from "./log.ts";

export type IndexTable = "article_index" | "event_index";

/** Entries as the index keeps them: separated by spaces; all that the `ascii` tokenizer would split at is moved out of its sight. */
export function indexText(entries: Iterable<string>): string {
  const text = [...entries].map(encode).join(" ");
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= MAX_ENTRIES) return text;
  throw badRequest([
    { path: "text", message: `its different words take ${bytes} bytes folded; at most ${MAX_ENTRIES} can be indexed` },
  ]);
}

/** A value of D1 has at most 2 MB; folding can make a word several times as long as it was. */
const MAX_ENTRIES = 1_900_000;

/** ASCII other than letters and digits, as private-use characters, which the tokenizer takes for letters. */
const encode = (entry: string): string =>
  entry.replace(/[\0-\x2f\x3a-\x60\x7b-\x7f]/g, (unit) => String.fromCharCode(0xe000 + unit.charCodeAt(0)));

/** An FTS5 expression (https://www.sqlite.org/fts5.html, section 3), or undefined where nothing can match. */
export function ftsExpression(narrowing: Narrowing): string | undefined {
  if (typeof narrowing === "string") return `"${encode(narrowing)}"`;
  const all = "all" in narrowing;
  const parts = (all ? narrowing.all : narrowing.any).map(ftsExpression);
  if (all && parts.includes(undefined)) return undefined;
  const known = [...new Set(parts.filter((part) => part !== undefined))];
  if (known.length <= 1) return known[0];
  return `(${known.join(all ? " AND " : " OR ")})`;
}

/**
 * Statements that file a row under its entries. A row is known by the log entry that added it; 0 stands for the entry that the
 * same batch appends.
 */
export function fileEntries(
  db: D1Database,
  table: IndexTable,
  row: number,
  entries: Iterable<string>,
): D1PreparedStatement[] {
  const insert = (number: string) => db.prepare(`INSERT INTO ${table} (rowid, entries) VALUES (${number}, ?1)`);
  if (row === 0) return [insert(THIS_ENTRY).bind(indexText(entries))];
  return [db.prepare(`DELETE FROM ${table} WHERE rowid = ?`).bind(row), insert("?2").bind(indexText(entries), row)];
}

/** The rows that a narrowing may mean and that lie before a row, the last first. */
export async function findCandidates(
  db: D1Database,
  table: IndexTable,
  narrowing: Narrowing,
  before: number,
  limit: number,
): Promise<number[]> {
  const expression = ftsExpression(narrowing);
  if (expression === undefined) return [];
  const { results } = await db
    .prepare(`SELECT rowid FROM ${table} WHERE ${table} MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?`)
    .bind(expression, before, limit)
    .all<{ rowid: number }>();
  return results.map(({ rowid }) => rowid);
}
