/**
 * Concurrent changes of the same article or event. A change is computed from what was read before. If another request writes in between, the
 * batch must fail and be computed again, or the index would miss what the other request wrote.
 */
import { Problem } from "../http/problem.ts";

/** Thrown if another request changed the item between reading and writing. */
export class Overtaken extends Error {}

/** Maximum attempts before the caller gets an error. */
const ATTEMPTS = 12;

/** Retries a change, reading included, while other requests overtake it. Throws a Problem (409) after the last attempt. */
export async function untilSettled<T>(attempt: () => Promise<T>): Promise<T> {
  for (let count = 0; count < ATTEMPTS; count++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Overtaken) && !String(error).includes(OVERTAKEN)) throw error;
    }
  }
  throw new Problem(409, "Conflict", "Too many requests change the same articles and events; try again");
}

const OVERTAKEN = "overtaken by another request";

/**
 * Returns the last statement of a change to an article. It fails the batch if another log entry after `seen` is about the same article.
 * The JSON path is malformed then, and SQLite's error repeats it.
 */
export function failIfOvertaken(db: D1Database, seen: number, article: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT json_extract('{}', iif(EXISTS (
         SELECT 1 FROM log WHERE number > ?1 AND number < (SELECT number FROM head) AND subject = ?2
       ), ?3, '$'))`,
    )
    .bind(seen, article, OVERTAKEN);
}
