/** iCalendar (RFC 5545, with RFC 7986), written by the package `ical-generator`: the events on the days on which they happened. */
import ical, { escape as escapeText, type ICalEventData, ICalEventStatus, ICalEventTransparency } from "ical-generator";
import { clean } from "../record/fields.ts";
import type { Feed, FeedItem, Happened } from "./feed.ts";
import { cut, type FeedFormat, split } from "./feed-format.ts";

/** How often a calendar may come again, in seconds. */
const TTL = 60 * 60;

/** The package writes whole calendars: an event is cut out of a calendar of one, and put into one without any. What is no event is in none. */
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
    // The package leaves these two as they are.
    name: escapeText(clean(feed.title), false),
    description: escapeText(clean(feed.description), false),
    url: feed.home,
    source: feed.self,
    ttl: TTL,
  }).toString();

function eventData(item: FeedItem, happened: Happened): ICalEventData {
  const [located] = happened.places.filter(({ latitude }) => latitude !== null);
  // One position (section 3.8.1.6): of several places none is the event's.
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
    // Nobody is busy for it.
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

/** The first day of a date of reduced precision: 2016-09 begins on 2016-09-01. */
const firstDay = (date: string): Date => new Date(`${`${date}-01-01`.slice(0, 10)}T00:00:00Z`);

/**
 * The day after the last one of a date of reduced precision: an end is not part of it (section 3.6.1). Null past the year 9999, which has no
 * form (section 3.3.4): the event has its first day then.
 */
function dayAfter(date: string): Date | null {
  const [year = 0, month, day] = date.split("-").map(Number);
  const first = firstDay(date);
  if (month === undefined) first.setUTCFullYear(year + 1);
  else if (day === undefined) first.setUTCMonth(month);
  else first.setUTCDate(day + 1);
  return first.getUTCFullYear() > 9999 ? null : first;
}
