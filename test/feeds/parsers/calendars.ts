/** What calendars say of an event otherwise than feeds do. */
import type { Item } from "./parser.ts";

/** The days of an event, the last one included, of its beginning and its end, which is not part of it (RFC 5545, section 3.6.1). */
export function eventDays(start: string, end: string): string {
  const last = new Date(Date.parse(`${end}T00:00:00Z`) - 24 * 60 * 60 * 1000);
  return `${start}/${last.toISOString().slice(0, 10)}`;
}

/** A calendar knows days, and nothing less precise. */
export function inDays(item: Item): Item {
  const [from = "", to = from] = (item.happened ?? "").split("/");
  return { ...item, happened: `${`${from}-01-01`.slice(0, 10)}/${lastDay(to)}` };
}

/** The last day of a year, a month or a day. */
function lastDay(date: string): string {
  if (date.length === 4) return `${date}-12-31`;
  if (date.length === 10) return date;
  // Day 0 of the next month.
  return new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5)), 0)).toISOString().slice(0, 10);
}

/** A text as a calendar writes it → the text itself (RFC 5545, section 3.3.11): where a parser does not know that a property is one. */
export const unescaped = (text: string): string =>
  text.replaceAll(/\\([\\;,nN])/g, (_, character: string) => (/n/i.test(character) ? "\n" : character));
