/** Events by month and day, newest first. */
import { dateInWords } from "../../feeds/event-dates.ts";
import { namePath } from "../../http/links.ts";
import { fullIds } from "../../record/events/event.ts";
import type { SourcedEvent } from "../../record/events/read-events.ts";
import { labelOf, type Names } from "../../record/names/read-names.ts";
import { counted, shortened } from "../text-format.ts";
import { byTime, inWords, periodOf } from "./event-period.ts";
import type { Selected } from "./selection.ts";

/**
 * Events grouped by month and day. Months are headings of level 3 with their period as id (`2016-09`, or `2016` if
 * only the year is known); events are headings of level 4. The page has the headings above.
 */
export function EventList({ selected, names }: { selected: readonly Selected[]; names: Names }) {
  const events = selected.map(({ event }) => event).sort(byTime);
  return (
    <div class="timeline">
      {groupBy(events, (event) => periodOf(event).slice(0, 7)).map(([month, ofMonth]) => (
        <section aria-labelledby={month}>
          <h3 id={month}>{inWords(month)}</h3>
          {groupBy(ofMonth, periodOf).map(([period, ofDay]) => (
            <div class="day">
              <p class="when">{period.length === 10 ? <Day day={period} /> : NOT_KNOWN[period.length]}</p>
              <div>
                {ofDay.map((event) => (
                  <EventItem event={event} names={names} />
                ))}
              </div>
            </div>
          ))}
        </section>
      ))}
    </div>
  );
}

/** Date formats by the length of the period. */
const NOT_KNOWN: Readonly<Record<number, string>> = { 7: "Exact day unknown", 4: "Exact month unknown" };

const WEEKDAY = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" });

/** Returns "Thursday 22"; the month is in the heading above. */
const Day = ({ day }: { day: string }) => (
  <time dateTime={day}>
    {WEEKDAY.format(new Date(day))} {Number(day.slice(8))}
  </time>
);

/** Maximum length of a summary, in UTF-16 code units. The event's page shows all of it. */
const SUMMARY = 900;

function EventItem({ event, names }: { event: SourcedEvent; names: Names }) {
  return (
    <article class={event.retracted === null ? undefined : "retracted"}>
      <h4 dir="auto">
        <a href={`/events/${event.id}`}>{event.title}</a>
      </h4>
      {event.retracted === null ? (
        <p dir="auto">{shortened(event.summary, SUMMARY)}</p>
      ) : (
        <p>
          <strong>Retracted:</strong> <bdi>{event.retracted}</bdi>
        </p>
      )}
      <ul class="inline small quiet">
        {event.end_date !== null && event.end_date !== event.date && <li>{dateInWords(event)}</li>}
        <NameLinks label="Where" ids={fullIds("place", event.places)} names={names} />
        <NameLinks label="On" ids={fullIds("topic", event.topics)} names={names} />
        {event.claims.length > 0 && <li>{counted(event.claims.length, "attributed claim")}</li>}
        <li>{event.sources.length === 0 ? "Not yet sourced" : counted(event.sources.length, "source")}</li>
      </ul>
    </article>
  );
}

/** Maximum names of a kind in the list; the event's page shows all. */
const NAMES = 8;

function NameLinks({ label, ids, names }: { label: string; ids: readonly string[]; names: Names }) {
  if (ids.length === 0) return null;
  return (
    <li>
      <span class="hidden">{label}: </span>
      {ids.slice(0, NAMES).map((id, i) => (
        <>
          {i > 0 && ", "}
          <a href={namePath(id)}>{labelOf(names, id)}</a>
        </>
      ))}
      {ids.length > NAMES && ` and ${ids.length - NAMES} more`}
    </li>
  );
}

/** Groups items that are already in order. */
function groupBy<T>(items: readonly T[], key: (item: T) => string): [string, T[]][] {
  return [...Map.groupBy(items, key)];
}
