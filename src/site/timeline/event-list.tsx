/** Events by month and day, newest first. */
import { dateInWords } from "../../feeds/dates.ts";
import { namePath } from "../../links.ts";
import type { SourcedEvent } from "../../record/events.ts";
import { labelOf, type Names } from "../../record/names.ts";
import type { Selected } from "./selection.ts";
import { byTime, inWords, periodOf } from "./when.ts";

/**
 * Months are headings of the third level, with their period as id (`2016-09`; `2016` for what is dated to the year alone), events of the
 * fourth: they stand below a heading of the page's own.
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

/** By the length of what is known. */
const NOT_KNOWN: Readonly<Record<number, string>> = { 7: "On a day not known", 4: "In a month not known" };

const WEEKDAY = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" });

/** "Thursday 22": the month stands above. */
const Day = ({ day }: { day: string }) => (
  <time dateTime={day}>
    {WEEKDAY.format(new Date(day))} {Number(day.slice(8))}
  </time>
);

function EventItem({ event, names }: { event: SourcedEvent; names: Names }) {
  return (
    <article class={event.retracted === null ? undefined : "retracted"}>
      <h4>
        <a href={`/events/${event.id}`}>{event.title}</a>
      </h4>
      {event.retracted === null ? (
        <p>{event.summary}</p>
      ) : (
        <p>
          <strong>Retracted:</strong> {event.retracted}
        </p>
      )}
      <ul class="inline small quiet">
        {event.end_date !== null && event.end_date !== event.date && <li>{dateInWords(event)}</li>}
        <NameLinks label="Where" ids={event.places.map((slug) => `place:${slug}`)} names={names} />
        <NameLinks label="On" ids={event.topics.map((slug) => `topic:${slug}`)} names={names} />
        {event.claims.length > 0 && <li>{counted(event.claims.length, "attributed claim")}</li>}
        <li>{event.sources.length === 0 ? "Not yet sourced" : counted(event.sources.length, "source")}</li>
      </ul>
    </article>
  );
}

function NameLinks({ label, ids, names }: { label: string; ids: readonly string[]; names: Names }) {
  if (ids.length === 0) return null;
  return (
    <li>
      <span class="hidden">{label}: </span>
      {ids.map((id, i) => (
        <>
          {i > 0 && ", "}
          <a href={namePath(id)}>{labelOf(names, id)}</a>
        </>
      ))}
    </li>
  );
}

/** "1 event", "4 events". */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** What is in order already, in groups. */
function groupBy<T>(items: readonly T[], key: (item: T) => string): [string, T[]][] {
  return [...Map.groupBy(items, key)];
}
