/** What an alert would have been sent from the articles on record. */
import { explain, type Match } from "../query/explain.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { match } from "../query/match.ts";
import type { Article } from "../record/article.ts";
import { type Bounds, visitCandidates } from "../record/find.ts";
import { lastEntryBefore } from "../record/log.ts";
import type { Names } from "../record/names.ts";

export interface Past {
  /** In the order in which they came onto the wire. */
  found: { article: Article; matches: Match[] }[];
  complete: boolean;
  /** When the oldest article that was looked at came onto the wire; null where all were. */
  reached: string | null;
}

/** With what else is asked, it stays below the 50 queries that an invocation of the free plan has. */
const BOUNDS: Bounds = { step: 100, steps: 20, text: 8_000_000 };
/** A replay makes so many messages at the most. */
const MOST = 1000;

/**
 * The articles, historic ones included, that match a query and came onto the wire from `since` to `until`, both
 * included. It looks at the newest first, until it has enough.
 */
export async function findPast(
  db: D1Database,
  names: Names,
  query: ParsedQuery,
  { since, until }: { since: string; until: string | undefined },
): Promise<Past> {
  const stop = await lastEntryBefore(db, since);
  const found: Past["found"] = [];
  let reached: string | null = null;
  let ended = false;
  const page = { before: Number.MAX_SAFE_INTEGER, feed: true };
  const rest = await visitCandidates(db, names, query, page, BOUNDS, (article, text) => {
    // An article is never on the wire later than its log entry says, so that all further ones are too old.
    ended = article.log <= stop;
    if (ended) return true;
    reached = article.added_at;
    if (article.added_at < since || (until !== undefined && article.added_at > until)) return false;
    const reasons = match(query.tree, text);
    if (reasons) found.push({ article: { ...article, text: "" }, matches: explain(reasons, text) });
    return found.length === MOST;
  });
  const complete = ended || rest === undefined;
  return { found: found.reverse(), complete, reached: complete ? null : reached };
}
