/** Chooses the rows that are cached in memory, within bounds of number and size. */

/** Maximum rows. */
const ITEMS = 200;
/** Maximum bytes of their texts. A new isolate analyses all of them for the first query. */
const BYTES = { events: 300_000, articles: 100_000 } as const;
/** The columns of their texts. */
const TEXT = { events: "document", articles: "text" } as const;

/** Returns the log entries of the newest rows, newest first, and whether these are all rows. With `feed`, silent rows are left out. */
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

/** Conditions for corrected and retracted rows. Each table has an index for its condition. */
const CHANGED = {
  events: "mode <> 'silent' AND revision > 1",
  articles: "mode <> 'silent' AND corrected = 1",
} as const;
/** Maximum characters of the texts of changed rows. */
const CHANGED_CHARACTERS = 300_000;

/**
 * Returns the log entries of rows in feeds that were corrected or retracted after a moment, the last change first, within the bounds. The
 * first row is returned whatever its size. The last row that was changed up to the moment follows them.
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
