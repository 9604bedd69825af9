/** The list of events, links to the other pages, and suggestions if nothing was found. */
import { searchOf } from "../../feeds/feed-address.ts";
import type { ParsedQuery } from "../../query/grammar.ts";
import type { Names } from "../../record/names/read-names.ts";
import { counted } from "../text-format.ts";
import { EventList } from "./event-list.tsx";
import { byTime } from "./event-period.ts";
import { pageOf } from "./paging.ts";
import type { Selected } from "./selection.ts";
import { addressOf, type TimelineParams } from "./timeline-params.ts";

interface ResultsProps {
  /** The events in the selected month, or all of them. */
  selected: readonly Selected[];
  /** The number of matching events in any month. */
  matching: number;
  /** The log entry before which there may be more events. */
  next: number | undefined;
  query: ParsedQuery | undefined;
  shown: TimelineParams;
  names: Names;
}

export function Results(props: ResultsProps) {
  const { selected, next, shown, names } = props;
  const { items, page, pages } = pageOf(
    selected.toSorted((a, b) => byTime(a.event, b.event)),
    shown.page ?? 1,
  );
  return (
    <section class="results" aria-labelledby="events">
      <h2 id="events">Events</h2>
      {shown.before !== undefined && (
        <p class="notice">
          Newer events are not shown. <a href={addressOf({ q: shown.q, month: shown.month })}>Show the newest</a>
        </p>
      )}
      {items.length > 0 ? <EventList selected={items} names={names} /> : <NoEvents {...props} />}
      <Ways shown={shown} page={page} pages={pages} next={next} />
    </section>
  );
}

interface WaysProps extends Pick<ResultsProps, "shown" | "next"> {
  page: number;
  pages: number;
}

function Ways({ shown, page, pages, next }: WaysProps) {
  const { q, month } = shown;
  const ways = [
    { label: "Later events", href: addressOf({ ...shown, page: page - 1 }), leads: page > 1 },
    { label: "Earlier events", href: addressOf({ ...shown, page: page + 1 }), leads: page < pages },
    { label: "Published earlier", href: addressOf({ q, month, before: next }), leads: page === pages && !!next },
  ].filter(({ leads }) => leads);
  if (ways.length === 0) return null;
  return (
    <nav aria-label="More events">
      <ul class="inline">
        {ways.map(({ label, href }) => (
          <li>
            <a class="button second" href={href}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Suggestions where else to look. */
function NoEvents({ query, shown, matching }: ResultsProps) {
  if (query === undefined && shown.month === undefined && shown.before === undefined) {
    return <p>No events yet. New events will appear here and in the feeds.</p>;
  }
  return (
    <ul>
      {matching > 0 && (
        <li>
          <a href={addressOf({ ...shown, month: undefined, page: undefined })}>
            {counted(matching, "event")} in other months
          </a>
        </li>
      )}
      {query !== undefined && (
        <li>
          <a href={`/alerts/new${searchOf(query)}`}>Alert me when something matches</a>
        </li>
      )}
      <li>
        <a href="/">All events</a>
      </li>
    </ul>
  );
}
