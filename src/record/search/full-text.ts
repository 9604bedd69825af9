/** The full-text index (SQLite FTS5). It finds candidates for a narrowing; the predicate decides whether they match. */

import { badRequest } from "../../http/problem.ts";
import { assumeNames, type Narrowing, namesIn } from "../../query/narrow.ts";
import { MAX_LINKS } from "../articles/read-articles.ts";
import { THIS_ENTRY } from "../log.ts";

export type IndexTable = "article_index" | "event_index";

/** Returns entries as the index stores them: separated by spaces, with characters replaced at which the `ascii` tokenizer would split. */
export function indexText(entries: Iterable<string>): string {
  const text = [...entries].map(encode).join(" ");
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= MAX_ENTRIES) return text;
  throw badRequest([
    { path: "text", message: `its different words take ${bytes} bytes folded; at most ${MAX_ENTRIES} can be indexed` },
  ]);
}

/** Maximum bytes of an indexed text: a value of D1 has at most 2 MB. Folding can make a word several times longer. */
const MAX_ENTRIES = 1_900_000;

/** Replaces ASCII characters other than letters and digits by private-use characters, which the tokenizer treats as letters. */
const encode = (entry: string): string =>
  entry.replace(/[\0-\x2f\x3a-\x60\x7b-\x7f]/g, (unit) => String.fromCharCode(0xe000 + unit.charCodeAt(0)));

/** Returns an FTS5 expression (https://www.sqlite.org/fts5.html, section 3); undefined if nothing can match. */
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
 * Returns statements that index a row under its entries. The row's id is the log entry that added it; 0 means the entry that the
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

/** A row that may match, and the maximum bytes of text that reading it costs. */
export interface IndexCandidate {
  row: number;
  bytes: number;
}

/** Estimated bytes of each source that is read with an event. SQLite knows the length of a text without reading it (octet_length). */
const SOURCE_BYTES = 3_000;
const BYTES: Readonly<Record<IndexTable, string>> = {
  article_index: "SELECT octet_length(text) FROM articles WHERE log = row",
  event_index: `SELECT octet_length(document) + ${SOURCE_BYTES} * (
      SELECT count(*) FROM (SELECT 1 FROM links WHERE event = events.id LIMIT ${MAX_LINKS})) FROM events WHERE log = row`,
};

/** Returns the rows before a row that may match a narrowing, the last first. */
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

/** Returns the articles before a log entry, the last first, with the lengths of their texts. */
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

/** SQL that selects rows before ?1. Its values begin at ?3. */
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
 * The index has the words of articles, and the table `linked_names` has the names of their events. For a narrowing with names, the search
 * combines two kinds of rows: rows that its words find without the names, and rows that have one of the names and the words that are needed
 * beside it. The result may have too many rows, but never too few.
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

/** Returns the expression of a narrowing; true or false if the index need not be asked. */
const expressionOf = (narrowing: Narrowing | boolean): string | boolean =>
  typeof narrowing === "boolean" ? narrowing : (ftsExpression(narrowing) ?? false);
