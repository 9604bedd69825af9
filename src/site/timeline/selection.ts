/** The events that a page shows: those that match a query, up to a limit. */
import { makeItemFinder } from "../../feeds/item-finder.ts";
import type { ParsedQuery } from "../../query/grammar.ts";
import type { AnalysedText } from "../../query/text.ts";
import { eventMatchable } from "../../record/events/event-text.ts";
import { readNewestEvents, type SourcedEvent } from "../../record/events/read-events.ts";
import { type Head, NEWEST } from "../../record/log.ts";
import type { Names } from "../../record/names/read-names.ts";
import { listEvents } from "../../record/search/find.ts";

/** An event, and its text as queries see it. */
export interface Selected {
  event: SourcedEvent;
  text: AnalysedText;
}

export interface Selection {
  /** Newest on the wire first. */
  events: Selected[];
  /** The log entry before which there may be more events; undefined if these are all. */
  next: number | undefined;
}

/** Maximum events shown together on the map, in the overview and in the facets. */
export const WINDOW = 200;

/** Pages also show silent events. */
const finder = makeItemFinder<SourcedEvent>(
  { newest: (db) => readNewestEvents(db, false), list: listEvents, matchable: eventMatchable },
  false,
);

/** Returns the last events before a log entry that match the query, or all of them without a query. */
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
  const events = (await finder.withTexts(items, names)).map(({ item, text }) => ({ event: item, text }));
  return { events, next: next ?? last };
}

/**
 * Returns the ids of an event's names, its own and those in its text: the names by which `place:`, `actor:` and
 * `topic:` find it.
 */
export const namesIn = ({ text }: Selected): Set<string> => new Set([...text.about, ...text.names.keys()]);
