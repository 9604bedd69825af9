/** When events happened, as precisely as the record says and no more: days, months, years as ISO 8601 writes them. */

import { dateInWords } from "../../feeds/dates.ts";
import { readParameter } from "../../input.ts";
import { badRequest } from "../../problem.ts";
import type { EventDocument } from "../../record/event.ts";

type Dated = Pick<EventDocument, "date" | "end_date" | "precision">;

/**
 * The shortest stretch in which an event is known to have begun: `2016-09-22`, `2016-09` or `2016`. One on an unknown day from August to
 * September is an event of that year; where even the year is open, it counts to the first.
 */
export function periodOf({ date, end_date, precision }: Dated): string {
  if (precision !== "within" || end_date === null) return date;
  const parts = date.split("-");
  const ends = end_date.split("-");
  const shared = parts.findIndex((part, i) => part !== ends[i]);
  return parts.slice(0, shared < 0 ? parts.length : Math.max(shared, 1)).join("-");
}

/** Its month, `2016-09`; undefined where only the year is known. */
export function monthOf(event: Dated): string | undefined {
  const period = periodOf(event);
  return period.length >= 7 ? period.slice(0, 7) : undefined;
}

export const yearOf = (event: Dated): string => periodOf(event).slice(0, 4);

/** Whether it happened in a month or a year; one of which only the year is known is in none of its months. */
export const isIn = (event: Dated, period: string): boolean => periodOf(event).startsWith(period);

/** Newest first; what is less precise stands at the end of the month or the year that it is known to be of. */
export const byTime = (a: Dated, b: Dated): number => (sortKey(a) < sortKey(b) ? 1 : sortKey(a) > sortKey(b) ? -1 : 0);

const sortKey = (event: Dated): string => periodOf(event).padEnd(10, "-00");

/** "22 September 2016", "September 2016", "2016". */
export const inWords = (period: string): string => dateInWords({ date: period, end_date: null, precision: "day" });

/** Reads the parameter `month`: a month or a year; undefined without one. Throws a Problem where it is neither. */
export function readMonth(url: URL): string | undefined {
  const month = readParameter(url.searchParams, "month");
  if (month === null || month === "") return undefined;
  if (/^\d{4}(?:-(?:0[1-9]|1[0-2]))?$/.test(month)) return month;
  const message = `a month such as 2016-09 or a year was expected, not "${month.slice(0, 40)}"`;
  throw badRequest([{ path: "month", message }]);
}
