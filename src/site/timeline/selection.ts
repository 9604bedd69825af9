/** Which events a page shows: those that match a query, as far as one page can hold them together. */
import { makeFinder } from "../../feeds/listing.ts";
import type { ParsedQuery } from "../../query/grammar.ts";
import type { AnalysedText } from "../../query/text.ts";
import { eventMatchable, readNewestEvents, type SourcedEvent } from "../../record/events.ts";
import { listEvents } from "../../record/find.ts";
import { type Head, NEWEST } from "../../record/log.ts";
import type { Names } from "../../record/names.ts";

/** An event, and its text as queries see it. */
export interface Selected {
  event: SourcedEvent;
  text: AnalysedText;
}

export interface Selection {
  /** Newest on the wire first. */
  events: Selected[];
  /** The log entry before which there may be more of them; undefined where these are all. */
  next: number | undefined;
}

/** So many are shown together: on the map, in the overview and the facets. */
export const WINDOW = 200;

/** Pages show what is silent as well. */
const finder = makeFinder<SourcedEvent>(
  { newest: (db) => readNewestEvents(db, false), list: listEvents, matchable: eventMatchable },
  false,
);

/** The events that came onto the wire last before a log entry, and match the query; all of them without one. */
export async function selectEvents(
  db: D1Database,
  head: Head,
  names: Names,
  query: ParsedQuery | undefined,
  before: number = NEWEST,
): Promise<Selection> {
  const { items, next } =
    before >= head.number + 1
      ? await finder.first(db, head, names, query, WINDOW)
      : await listEvents(db, names, query, { before, limit: WINDOW, feed: false });
  const last = items.length === WINDOW ? items.at(-1)?.log : undefined;
  return { events: items.map((event) => ({ event, text: finder.textOf(event, names) })), next: next ?? last };
}

/**
 * The ids of the names that an event has, among its own or in its words: those by which `place:`, `actor:` and `topic:` find it.
 */
export const namesIn = ({ text }: Selected): Set<string> => new Set([...text.about, ...text.names.keys()]);
