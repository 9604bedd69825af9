/** iCalendar (RFC 5545, RFC 7986): events on the days when they happened. The package `ical-generator` writes it. */
import ical, { escape as escapeText, type ICalEventData, ICalEventStatus, ICalEventTransparency } from "ical-generator";
import { clean } from "../record/fields.ts";
import type { Feed, FeedItem, Happened } from "./feed.ts";
import { cut, type FeedFormat, split } from "./feed-format.ts";

/** Refresh interval for calendar programs, in seconds. */
const TTL = 60 * 60;

/**
 * The package only writes whole calendars. So each event is cut out of a calendar of one event, and put into a calendar without events.
 * Items that are not events are left out.
 */
export const calendar: FeedFormat = {
  name: "iCalendar",
  extension: "ics",
  type: "text/calendar",
  item: (item) =>
    item.happened === undefined
      ? ""
      : cut(ical({ events: [eventData(item, item.happened)] }).toString(), "BEGIN:VEVENT\r\n", "\r\nEND:VEVENT\r\n"),
  separator: "",
  frame: (feed) => split(`${head(feed)}\r\n`, "END:VCALENDAR"),
};

const head = (feed: Feed): string =>
  ical({
    prodId: { company: "Parley", product: "Parley", language: "EN" },
    // The package does not escape these two.
    name: escapeText(clean(feed.title), false),
    description: escapeText(clean(feed.description), false),
    url: feed.home,
    source: feed.self,
    ttl: TTL,
  }).toString();

function eventData(item: FeedItem, happened: Happened): ICalEventData {
  const [located] = happened.places.filter(({ latitude }) => latitude !== null);
  // An event has one position (section 3.8.1.6), so an event with several places has none.
  const geo =
    happened.places.length === 1 && located ? { lat: located.latitude ?? 0, lon: located.longitude ?? 0 } : undefined;
  const where = happened.places.map(({ name }) => name).join("; ");
  return {
    id: item.guid,
    allDay: true,
    start: firstDay(happened.date),
    end: dayAfter(happened.end_date ?? happened.date),
    summary: clean(item.title),
    description: { plain: clean(item.text), html: clean(item.html) },
    // The event does not make its subscribers busy.
    transparency: ICalEventTransparency.TRANSPARENT,
    status: happened.retracted ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    sequence: happened.revision - 1,
    stamp: item.updated,
    created: item.published,
    lastModified: item.updated,
    ...(item.url !== undefined && { url: item.url }),
    ...(where !== "" && { location: { title: clean(where), ...(geo && { geo }) } }),
    categories: item.categories.map((name) => ({ name: clean(name) })),
  };
}

/** Returns the first day of a date of reduced precision: 2016-09-01 for 2016-09. */
const firstDay = (date: string): Date => new Date(`${`${date}-01-01`.slice(0, 10)}T00:00:00Z`);

/**
 * Returns the day after the last day of a date of reduced precision: an event ends before its end (section 3.6.1). Returns null after the year
 * 9999, which iCalendar cannot write (section 3.3.4). The event then lasts one day.
 */
function dayAfter(date: string): Date | null {
  const [year = 0, month, day] = date.split("-").map(Number);
  const first = firstDay(date);
  if (month === undefined) first.setUTCFullYear(year + 1);
  else if (day === undefined) first.setUTCMonth(month);
  else first.setUTCDate(day + 1);
  return first.getUTCFullYear() > 9999 ? null : first;
}
