/** When events happened, as precisely as the record says: days, months and years in ISO 8601. */

import { dateInWords } from "../../feeds/event-dates.ts";
import { readParameter } from "../../http/input.ts";
import { badRequest } from "../../http/problem.ts";
import type { EventDocument } from "../../record/events/event.ts";

type Dated = Pick<EventDocument, "date" | "end_date" | "precision">;

/**
 * Returns the shortest period in which an event is known to have begun: `2016-09-22`, `2016-09` or `2016`. An event
 * on an unknown day from August to September belongs to the year; if the year is uncertain too, to the first one.
 */
export function periodOf({ date, end_date, precision }: Dated): string {
  if (precision !== "within" || end_date === null) return date;
  const parts = date.split("-");
  const ends = end_date.split("-");
  const shared = parts.findIndex((part, i) => part !== ends[i]);
  return parts.slice(0, shared < 0 ? parts.length : Math.max(shared, 1)).join("-");
}

/** Returns the month, `2016-09`; undefined if only the year is known. */
export function monthOf(event: Dated): string | undefined {
  const period = periodOf(event);
  return period.length >= 7 ? period.slice(0, 7) : undefined;
}

export const yearOf = (event: Dated): string => periodOf(event).slice(0, 4);

/** Returns true if an event happened in a month or year. If only its year is known, it is in none of the months. */
export const isIn = (event: Dated, period: string): boolean => periodOf(event).startsWith(period);

/** Sorts newest first. Less precise dates come at the end of their month or year. */
export const byTime = (a: Dated, b: Dated): number => (sortKey(a) < sortKey(b) ? 1 : sortKey(a) > sortKey(b) ? -1 : 0);

const sortKey = (event: Dated): string => periodOf(event).padEnd(10, "-00");

/** Returns "22 September 2016", "September 2016" or "2016". */
export const inWords = (period: string): string => dateInWords({ date: period, end_date: null, precision: "day" });

/** Reads the parameter `month`, a month or a year. Undefined without one; throws a Problem if it is neither. */
export function readMonth(url: URL): string | undefined {
  const month = readParameter(url.searchParams, "month");
  if (month === null || month === "") return undefined;
  if (/^\d{4}(?:-(?:0[1-9]|1[0-2]))?$/.test(month)) return month;
  const message = `a month such as 2016-09 or a year was expected, not "${month.slice(0, 40)}"`;
  throw badRequest([{ path: "month", message }]);
}
