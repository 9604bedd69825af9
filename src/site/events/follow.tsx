/** Links to follow an event: an alert on its names, and feeds of the same query. */
import { pathOf, STANDING, searchOf } from "../../feeds/feed-address.ts";
import { FORMATS } from "../../feeds/feed-formats.ts";
import { EVENTS } from "../../feeds/listing.ts";
import type { ParsedQuery } from "../../query/grammar.ts";
import { type EventDocument, fullIds } from "../../record/events/event.ts";
import type { NameKind } from "../../record/names/name.ts";
import type { Names } from "../../record/names/read-names.ts";
import { readTyped } from "../typed-query.tsx";

/** Maximum names of a kind in the query. The first names matter most; with more of them everything would match. */
const MOST = 5;

/**
 * Returns a query for related events: any of its topics at any of its places, or any of its actors if it has no
 * topics. Undefined for an event without names.
 */
export function queryAround(
  { places, actors, topics }: Pick<EventDocument, "places" | "actors" | "topics">,
  names: Names,
): ParsedQuery | undefined {
  const anyOf = (kind: NameKind, slugs: readonly string[]): string[] =>
    slugs.length === 0 ? [] : [`(${fullIds(kind, slugs.slice(0, MOST)).join(" OR ")})`];
  const what = topics.length > 0 ? anyOf("topic", topics) : anyOf("actor", actors);
  return readTyped([...anyOf("place", places), ...what].join(" AND "), names).query;
}

export const Follow = ({ query }: { query: ParsedQuery }) => (
  <section class="follow unprinted" aria-labelledby="follow">
    <h2 id="follow">Follow this event</h2>
    <p>
      <a class="button" href={`/alerts/new${searchOf(query)}`}>
        Create an alert
      </a>
    </p>
    <p class="small">
      Search: <code>{query.canonical}</code>. You can change it before you create the alert.
    </p>
    <p class="small" id="follow-feeds">
      Events that match this search, as a feed:
    </p>
    <ul class="inline small" aria-labelledby="follow-feeds">
      {STANDING.filter(([listing]) => listing === EVENTS).map(([listing, extension]) => (
        <li>
          <a href={pathOf(listing, extension) + searchOf(query)}>{FORMATS[extension].name}</a>
        </li>
      ))}
    </ul>
  </section>
);
