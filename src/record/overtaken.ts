/**
 * Requests that overtake one another. A correction of an article rests on what the article said before, which another request may be
 * changing: such a batch must fail and be made anew, or the index would miss what the other one wrote.
 */
import { Problem } from "../http/problem.ts";

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
 * The last statement of a change to an article: fails it (SQLite's error repeats the malformed path) where another log entry after `seen`
 * is of the same article.
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
