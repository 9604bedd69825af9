/** What a query would find among the articles on record, and what may be wrong with it. */
import { SingleFlight } from "../../platform/single-flight.ts";
import type { ParsedQuery } from "../../query/grammar.ts";
import { warnings } from "../../query/warnings.ts";
import { NEWEST } from "../log.ts";
import type { Names } from "../names/read-names.ts";
import { flightKey, visitCandidates } from "./find.ts";
import { PreviewCount, type PreviewMatch } from "./preview-count.ts";
import { frequencyWarnings, unknownWordWarnings } from "./preview-warnings.ts";
import type { Bounds } from "./walk-candidates.ts";

export interface Preview {
  /** Possible mistakes, in plain English. Each names the part of the query that it is about. */
  warnings: string[];
  /** Matching articles; silent articles do not count. */
  total: number;
  /** Matching articles by month (UTC) of publication, or else of coming onto the wire: `{"2016-09": 3}`, in order. */
  by_month: Record<string, number>;
  /** The newest matching articles, with the reasons. */
  matches: PreviewMatch[];
  /** False if the preview reached its limits: then older articles are not counted. */
  complete: boolean;
}

/** Limits of a preview. They keep it below the 50 queries that one invocation has on the free plan. */
const BOUNDS: Bounds = { step: 100, steps: 20, text: 8_000_000 };
const flights = new SingleFlight<Preview>();

/**
 * Tries a query on the articles on record, newest on the wire first. `source` is the query as it was written. Concurrent requests for the same
 * preview share the result. Throws a Problem (429) if too many requests search.
 */
export async function previewQuery(
  db: D1Database,
  names: Names,
  source: string,
  query: ParsedQuery,
  bounds = BOUNDS,
): Promise<Preview> {
  const key = await flightKey(db, names, query, { source, bounds });
  return flights.share(db, key, () => workOut(db, names, source, query, bounds));
}

async function workOut(
  db: D1Database,
  names: Names,
  source: string,
  query: ParsedQuery,
  bounds: Bounds,
): Promise<Preview> {
  const count = new PreviewCount(source, query);
  const page = { before: NEWEST, feed: true };
  const rest = await visitCandidates(db, names, query, page, bounds, (article, text) => count.look(article, text));
  const complete = rest === undefined;
  return {
    warnings: [
      ...warnings(source, query, names.vocabulary),
      ...(await unknownWordWarnings(db, names, source, query)),
      ...count.removalWarnings(),
      ...(await frequencyWarnings(db, count)),
      ...count.pairWarnings(),
      ...(complete
        ? []
        : [
            `${query.canonical} may match so many articles that only the newest ${count.looked} of them were looked at: older ones are not counted`,
          ]),
    ],
    total: count.total,
    by_month: count.byMonth(),
    matches: count.shown,
    complete,
  };
}
