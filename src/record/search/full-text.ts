/** Full-text search: a narrowing → the candidates that SQLite's FTS5 finds for it. The predicate decides on them. */

import { badRequest } from "../../http/problem.ts";
import { assumeNames, type Narrowing, namesIn } from "../../query/narrow.ts";
import { MAX_LINKS } from "../articles/read-articles.ts";
import { THIS_ENTRY } from "../log.ts";

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

/** A row that may match, and how many bytes of text are read with it at the most. */
export interface IndexCandidate {
  row: number;
  bytes: number;
}

/** Bytes of what is read of an event's sources, for each. A row of D1 need not be read to know the length of a text (SQLite, octet_length). */
const SOURCE_BYTES = 3_000;
const BYTES: Readonly<Record<IndexTable, string>> = {
  article_index: "SELECT octet_length(text) FROM articles WHERE log = row",
  event_index: `SELECT octet_length(document) + ${SOURCE_BYTES} * (
      SELECT count(*) FROM (SELECT 1 FROM links WHERE event = events.id LIMIT ${MAX_LINKS})) FROM events WHERE log = row`,
};

/** The rows that a narrowing may mean and that lie before a row, the last first. */
export async function findCandidates(
  db: D1Database,
  table: IndexTable,
  narrowing: Narrowing,
  before: number,
  limit: number,
): Promise<IndexCandidate[]> {
  const search = table === "article_index" ? linkedSearch(narrowing) : indexSearch(table, narrowing);
  if (search === undefined) return [];
  const { results } = await db
    .prepare(`SELECT row, coalesce((${BYTES[table]}), 0) AS bytes FROM (${search.sql} ORDER BY row DESC LIMIT ?2)`)
    .bind(before, limit, ...search.values)
    .all<IndexCandidate>();
  return results;
}

/** The articles before a log entry, the last first, with how long their texts are. */
export async function readSizes(
  db: D1Database,
  { before, limit, feed }: { before: number; limit: number; feed: boolean },
): Promise<IndexCandidate[]> {
  const { results } = await db
    .prepare(
      `SELECT log AS row, octet_length(text) AS bytes FROM articles WHERE log < ? ${feed ? "AND mode <> 'silent'" : ""}
       ORDER BY log DESC LIMIT ?`,
    )
    .bind(before, limit)
    .all<IndexCandidate>();
  return results;
}

/** SQL that selects rows before ?1; its values begin at ?3. */
interface Search {
  sql: string;
  values: string[];
}

function indexSearch(table: IndexTable, narrowing: Narrowing): Search | undefined {
  const expression = ftsExpression(narrowing);
  if (expression === undefined) return undefined;
  return { sql: matching(table, "?3"), values: [expression] };
}

const matching = (table: IndexTable, value: string): string =>
  `SELECT rowid AS row FROM ${table} WHERE ${table} MATCH ${value} AND rowid < ?1`;

/**
 * Articles are filed by their words in the index, and by the names of their events in `linked_names`. A narrowing that asks for such names
 * finds two kinds of rows: those that it finds by their words alone, and those that have one of the names, as far as their words do not
 * speak against it. Together they may be too many, and never too few.
 */
function linkedSearch(narrowing: Narrowing): Search | undefined {
  const names = namesIn(narrowing);
  if (names.length === 0) return indexSearch("article_index", narrowing);
  const values = [JSON.stringify(names)];
  const value = (text: string): string => `?${values.push(text) + 2}`;
  const limited = (sql: string): string => `SELECT row FROM (${sql} ORDER BY row DESC LIMIT ?2)`;
  const parts: string[] = [];
  const besideNames = expressionOf(assumeNames(narrowing, true));
  if (besideNames !== false) {
    const named =
      "SELECT DISTINCT log AS row FROM linked_names WHERE name IN (SELECT value FROM json_each(?3)) AND log < ?1";
    const within = besideNames === true ? "" : ` AND log IN (${matching("article_index", value(besideNames))})`;
    parts.push(limited(named + within));
  }
  const byWords = expressionOf(assumeNames(narrowing, false));
  if (typeof byWords === "string") parts.push(limited(matching("article_index", value(byWords))));
  return parts.length === 0 ? undefined : { sql: parts.join(" UNION "), values };
}

/** The expression of what is left of a narrowing; true or false where nothing is left to ask the index for. */
const expressionOf = (narrowing: Narrowing | boolean): string | boolean =>
  typeof narrowing === "boolean" ? narrowing : (ftsExpression(narrowing) ?? false);
