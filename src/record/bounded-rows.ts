/** Which are the newest rows, as far as they are worth being kept in memory. */

/** So many items are read at the most, */
const ITEMS = 200;
/** and so many bytes of what they say: an isolate that has just begun analyses all of it for the first filter. */
const BYTES = { events: 300_000, articles: 100_000 } as const;
/** Where it says it. */
const TEXT = { events: "document", articles: "text" } as const;

/** Their log entries, newest first; `whole`: whether there are no others. With `feed`, of those that stand in feeds. */
export async function newestRows(
  db: D1Database,
  table: "events" | "articles",
  feed: boolean,
): Promise<{ only: number[]; whole: boolean }> {
  const { results } = await db
    .prepare(
      `SELECT log, octet_length(${TEXT[table]}) AS size FROM ${table} ${feed ? "WHERE mode <> 'silent'" : ""} ORDER BY log DESC LIMIT ?`,
    )
    .bind(ITEMS + 1)
    .all<{ log: number; size: number }>();
  let left: number = BYTES[table];
  const only: number[] = [];
  for (const { log, size } of results.slice(0, ITEMS)) {
    left -= size;
    if (left < 0) break;
    only.push(log);
  }
  return { only, whole: only.length === results.length };
}

/** Which rows were corrected or retracted, each table by its index. */
const CHANGED = {
  events: "mode <> 'silent' AND revision > 1",
  articles: "mode <> 'silent' AND corrected = 1",
} as const;
/** How much of what changed items say is read, in characters. */
const CHANGED_CHARACTERS = 300_000;

/**
 * Log entries of the rows in feeds that were corrected or retracted after a moment, the last change first: at most ITEMS, as far as they are worth
 * being kept in memory; the first in any case. The last one that was changed by that moment follows them.
 */
export async function changedRows(db: D1Database, table: "events" | "articles", since: string): Promise<number[]> {
  const { results } = await db
    .prepare(
      `SELECT log, updated_at, length(${TEXT[table]}) AS size FROM ${table} WHERE ${CHANGED[table]} ORDER BY updated_at DESC LIMIT ?`,
    )
    .bind(ITEMS)
    .all<{ log: number; updated_at: string; size: number }>();
  let left = CHANGED_CHARACTERS;
  const rows: number[] = [];
  for (const { log, updated_at, size } of results) {
    left -= size;
    if (left < 0 && rows.length > 0) break;
    rows.push(log);
    if (updated_at <= since) break;
  }
  return rows;
}
