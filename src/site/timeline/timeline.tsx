/** The timeline: search, feeds, overview, map, facets and the list of events. */
import type { Names } from "../../record/names/read-names.ts";
import { PlaceMap } from "../map/place-map.tsx";
import { counted } from "../text-format.ts";
import type { TypedQuery } from "../typed-query.tsx";
import { ActiveFilters } from "./active-filters.tsx";
import { inWords, isIn } from "./event-period.ts";
import { Facets } from "./facets.tsx";
import { FeedsBeside } from "./feeds-beside.tsx";
import { narrowed } from "./narrowing.ts";
import { Overview } from "./overview.tsx";
import { Results } from "./results.tsx";
import { SearchForm } from "./search-form.tsx";
import type { Selection } from "./selection.ts";
import { addressOf, type TimelineParams } from "./timeline-params.ts";

interface TimelineProps {
  typed: TypedQuery;
  shown: TimelineParams;
  /** The events that match the query, in any month. */
  selection: Selection;
  names: Names;
  /** One sentence that describes this wire. */
  description: string;
}

export function Timeline({ typed, shown, selection: { events, next }, names, description }: TimelineProps) {
  const { query } = typed;
  const { month } = shown;
  const selected = month === undefined ? events : events.filter(({ event }) => isIn(event, month));
  const within = { selected, query, names };
  return (
    <>
      <h1>Timeline</h1>
      <p>{description}</p>
      <SearchForm typed={typed} month={month} names={names} />
      <p id="count" role="status">
        {typed.problem === undefined ? countInWords(selected.length, shown, next) : "This search cannot be read."}
      </p>
      <div id="shown">
        <ActiveFilters query={query} month={month} names={names} />
        {typed.problem === undefined && (
          <FeedsBeside title={query ? "Follow this search" : "Follow"} query={query} month={month} />
        )}
        {events.length > 0 && (
          <section class="over-time" aria-labelledby="over-time">
            <h2 id="over-time">Over time</h2>
            <Overview {...within} selected={events} month={month} address={addressOf} />
          </section>
        )}
        {selected.length > 0 && (
          <div class="aside">
            <section aria-labelledby="where">
              <h2 id="where">Where</h2>
              <PlaceMap {...within} address={(id) => addressOf({ q: narrowed(query, id, names) ?? id, month })} />
            </section>
            <section class="narrow unprinted" aria-labelledby="narrow">
              <h2 id="narrow">Filter</h2>
              <details id="facets">
                <summary>By topic, actor or place</summary>
                <Facets {...within} address={(q) => addressOf({ q, month })} />
              </details>
            </section>
          </div>
        )}
        {typed.problem === undefined && <Results {...within} matching={events.length} next={next} shown={shown} />}
      </div>
    </>
  );
}

/** Returns "12 events match in September 2016." */
function countInWords(count: number, { q, month }: TimelineParams, next: number | undefined): string {
  const events = count === 0 ? "No event" : counted(count, "event");
  const match = q === undefined ? "" : count < 2 ? " matches" : " match";
  const more = next === undefined ? "" : "; there may be more, published earlier";
  return `${events}${match}${month === undefined ? "" : ` in ${inWords(month)}`}${more}.`;
}
