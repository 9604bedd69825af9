/**
 * Requests that overtake one another. What an article is filed under in the index rests on its events, which another request
 * may be changing: such a batch must fail and be made anew, or the index would miss what the other one wrote.
 */
import { Problem } from "../problem.ts";

/** Thrown where another request wrote in between what a change was made from. */
export class Overtaken extends Error {}

/** How often a change is made anew before the caller is told to do it. */
const ATTEMPTS = 12;

/** Makes a change anew, from reading on, for as long as others overtake it. */
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
 * The last statement of a change that files articles anew: fails it (SQLite's error repeats the malformed path) where a log entry
 * after `seen` is of one of these articles, of any other that `event` rests on, or of an event that rests on one of them.
 */
export function failIfOvertaken(
  db: D1Database,
  seen: number,
  articles: readonly string[],
  event: string | null,
): D1PreparedStatement {
  return db
    .prepare(
      `WITH filed AS (SELECT value FROM json_each(?2) UNION SELECT article FROM links WHERE event = ?3)
       SELECT json_extract('{}', iif(EXISTS (
         SELECT 1 FROM log WHERE number > ?1 AND number < (SELECT number FROM head)
           AND (subject IN filed OR subject IN (SELECT event FROM links WHERE article IN filed))
       ), ?4, '$'))`,
    )
    .bind(seen, JSON.stringify(articles), event, OVERTAKEN);
}
