/** What an alert would have been sent from the articles on record. */

import type { ReplayRange } from "../../alerts/alert.ts";
import { Problem } from "../../http/problem.ts";
import { explain, type Match } from "../../query/explain.ts";
import type { ParsedQuery } from "../../query/grammar.ts";
import { match } from "../../query/match.ts";
import type { Article } from "../../record/articles/article.ts";
import { lastEntryBefore } from "../../record/log.ts";
import type { Names } from "../../record/names/read-names.ts";
import { detached } from "../../record/search/detached-copy.ts";
import { visitCandidates } from "../../record/search/find.ts";
import type { Bounds } from "../../record/search/walk-candidates.ts";
import type { Refused } from "../calls.ts";

export interface Past {
  /** In the order in which they came onto the wire. */
  found: { article: Article; matches: Match[] }[];
  /** The log entry before which it did not look, since it had enough; null where it has seen all. */
  before: number | null;
}

/** With what else is asked, it stays below the 50 queries that an invocation of the free plan has. */
const BOUNDS: Bounds = { step: 100, steps: 20, text: 8_000_000 };
/** A replay makes so many messages at the most. */
const MOST = 1000;

/**
 * The articles, historic ones included, that match a query and came onto the wire from `since` to `until`, both included.
 * It looks at those before `before`, the newest in the log first, until it has enough. A place in the log and not a time says where
 * to go on: articles of earlier times may be put on record later, and many at the same.
 */
export async function findPast(
  db: D1Database,
  names: Names,
  query: ParsedQuery,
  { since, until, before = Number.MAX_SAFE_INTEGER }: ReplayRange,
): Promise<Past> {
  const stop = await lastEntryBefore(db, since);
  const found: Past["found"] = [];
  let ended = false;
  const rest = await visitCandidates(db, names, query, { before, feed: true }, BOUNDS, (article, text) => {
    // An article is never on the wire later than its log entry says, so that all further ones are too old.
    ended = article.log <= stop;
    if (ended) return true;
    if (article.added_at < since || (until !== undefined && article.added_at > until)) return false;
    const reasons = match(query.tree, text);
    if (reasons) found.push({ article: { ...article, text: "" }, matches: detached(explain(reasons, text)) });
    return found.length === MOST;
  });
  return { found: found.reverse(), before: ended ? null : (rest ?? null) };
}

/** Returns the refusal for a replay that gets no turn (`turns.ts`). Rethrows any other error. */
export function refusalOf(error: unknown): Refused {
  if (!(error instanceof Problem) || error.status !== 429) throw error;
  return { refused: error.message, status: 429, retryAfter: Number(error.headers["retry-after"]) };
}
