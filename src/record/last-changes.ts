/** When events and names last changed, read in steps of bounded size. */

/** The last change of an event or a name. */
export interface LastChange {
  id: string;
  /** RFC 3339 in UTC. */
  at: string;
}

/**
 * Returns the events that came onto the wire after one log entry and up to another, oldest first. Silent events have a page and are included;
 * retracted events are not.
 */
export async function readEventChanges(
  db: D1Database,
  after: number,
  upTo: number,
  limit: number,
): Promise<(LastChange & { log: number })[]> {
  const { results } = await db
    .prepare(
      `SELECT id, log, updated_at AS at FROM events WHERE log > ? AND log <= ? AND retracted IS NULL
       ORDER BY log LIMIT ?`,
    )
    .bind(after, upTo, limit)
    .all<LastChange & { log: number }>();
  return results;
}

/** Returns the names whose id comes after another, in the order of their ids. */
export async function readNameChanges(db: D1Database, after: string, limit: number): Promise<LastChange[]> {
  const { results } = await db
    .prepare(
      `SELECT names.id, log.at FROM names JOIN log ON log.number = names.log WHERE names.id > ?
       ORDER BY names.id LIMIT ?`,
    )
    .bind(after, limit)
    .all<LastChange>();
  return results;
}
