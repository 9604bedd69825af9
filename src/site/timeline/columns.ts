/** The time that a picture spans: months side by side, or years where it is long. */
import { scaleUtc } from "d3-scale";
import { type CountableTimeInterval, utcMonth, utcYear } from "d3-time";
import { monthOf, yearOf } from "./when.ts";

type Dated = Parameters<typeof monthOf>[0];

export interface Columns {
  /** Months (`2016-09`) or years (`2016`), in order and without a gap. */
  periods: string[];
  /** That in which an event stands; undefined where it is not known, or outside. */
  of: (event: Dated) => string | undefined;
  /** Whether an event lies in none of the years that they span. */
  isOutside: (event: Dated) => boolean;
  /** How many of some events stand in each, in order, without those that have none. */
  counts: (events: readonly Dated[]) => [period: string, count: number][];
  /** What stands below some of them. */
  labels: { period: string; text: string }[];
}

/** Beyond so many months it is years; */
const MOST_MONTHS = 36;
/** and never more than so many years. */
const MOST_YEARS = 100;
/** So that a single month is no bar across the whole page. */
const FEWEST = 6;
/** About so many labels have room on a phone. */
const LABELS = 5;

export function columnsOf(events: readonly Dated[]): Columns {
  const shown = mostOf(events);
  const [first, last] = extent(shown.map(monthOf).filter((month) => month !== undefined));
  if (first !== undefined && last !== undefined && utcMonth.count(first, last) < MOST_MONTHS) {
    return columnsBetween(utcMonth, first, last, 7, monthOf);
  }
  const [earliest, latest = earliest] = extent(shown.map(yearOf));
  if (earliest === undefined || latest === undefined) return makeColumns([], [], () => undefined);
  return columnsBetween(utcYear, earliest, latest, 4, yearOf);
}

/** Those in the hundred years in which most of them lie; where as many lie in others, in the last. So one mistaken date hides none of the rest. */
function mostOf(events: readonly Dated[]): Dated[] {
  const inOrder = events.map((event) => ({ event, year: Number(yearOf(event)) })).sort((a, b) => a.year - b.year);
  let [best, most, from] = [0, 0, 0];
  for (const [i, { year }] of inOrder.entries()) {
    while (year - (inOrder[from]?.year ?? year) >= MOST_YEARS) from++;
    const count = i + 1 - from;
    if (count >= most) [best, most] = [from, count];
  }
  return inOrder.slice(best, best + most).map(({ event }) => event);
}

/** The calendar of the record has four digits for a year. */
const FIRST_DAY = new Date("0000-01-01");

/** `length`: that of a period as it is written. */
function columnsBetween(
  interval: CountableTimeInterval,
  first: Date,
  last: Date,
  length: 4 | 7,
  of: (event: Dated) => string | undefined,
): Columns {
  const missing = Math.max(0, FEWEST - 1 - interval.count(first, last));
  // On both sides, but nothing that is still to come where nothing is said of it.
  const after = Math.min(Math.ceil(missing / 2), Math.max(0, interval.count(last, new Date())));
  const start = new Date(Math.max(+FIRST_DAY, +interval.offset(first, after - missing)));
  const end = interval.offset(last, after);
  const written = (date: Date): string => date.toISOString().slice(0, length);
  const labels = scaleUtc([start, end], [0, 1])
    .ticks(LABELS)
    .map((date, i) => ({
      period: written(date),
      text: length === 4 ? written(date) : monthLabel(date, i === 0),
    }));
  return makeColumns(interval.range(start, interval.offset(end, 1)).map(written), labels, of);
}

function makeColumns(
  periods: string[],
  labels: Columns["labels"],
  periodOf: (event: Dated) => string | undefined,
): Columns {
  const shown = new Set(periods);
  const of = (event: Dated): string | undefined => {
    const period = periodOf(event);
    return period !== undefined && shown.has(period) ? period : undefined;
  };
  const counts = (events: readonly Dated[]): [string, number][] => {
    const byPeriod = Map.groupBy(events, of);
    return periods.flatMap((period) => {
      const count = byPeriod.get(period)?.length ?? 0;
      return count === 0 ? [] : [[period, count]];
    });
  };
  const years = new Set(periods.map((period) => period.slice(0, 4)));
  const isOutside = (event: Dated): boolean => !years.has(yearOf(event));
  return { periods, of, isOutside, counts, labels };
}

const MONTH = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" });

/** The year stands where one looks first, and where it changes. */
const monthLabel = (date: Date, isFirst: boolean): string =>
  isFirst || date.getUTCMonth() === 0 ? `${MONTH.format(date)} ${date.toISOString().slice(0, 4)}` : MONTH.format(date);

function extent(periods: readonly string[]): [Date?, Date?] {
  const sorted = periods.toSorted();
  const [first, last] = [sorted[0], sorted.at(-1)];
  return first === undefined || last === undefined ? [] : [new Date(first), new Date(last)];
}
