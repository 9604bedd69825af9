/** The time that a picture spans: months side by side, or years where it is long. */
import { scaleUtc } from "d3-scale";
import { type CountableTimeInterval, utcMonth, utcYear } from "d3-time";
import { monthOf, yearOf } from "./when.ts";

type Dated = Parameters<typeof monthOf>[0];

export interface Columns {
  /** Months (`2016-09`) or years (`2016`), in order and without a gap. */
  periods: string[];
  /** That in which an event stands; undefined where it is not known, or lies before the first. */
  of: (event: Dated) => string | undefined;
  /** How many of some events stand in each, in order, without those that have none. */
  counts: (events: readonly Dated[]) => [period: string, count: number][];
  /** What stands below some of them. */
  labels: { period: string; text: string }[];
}

/** Beyond so many months it is years; */
const MOST_MONTHS = 36;
/** of these, so many, up to the last one. */
const MOST_YEARS = 100;
/** So that a single month is no bar across the whole page. */
const FEWEST = 6;
/** About so many labels have room on a phone. */
const LABELS = 5;

export function columnsOf(events: readonly Dated[]): Columns {
  const [first, last] = extent(events.map(monthOf).filter((month) => month !== undefined));
  if (first !== undefined && last !== undefined && utcMonth.count(first, last) < MOST_MONTHS) {
    return columnsBetween(utcMonth, first, last, 7, monthOf);
  }
  const [earliest, latest = earliest] = extent(events.map(yearOf));
  if (earliest === undefined || latest === undefined) return makeColumns([], [], () => undefined);
  const oldest = utcYear.offset(latest, 1 - MOST_YEARS);
  return columnsBetween(utcYear, earliest < oldest ? oldest : earliest, latest, 4, yearOf);
}

/** `length`: that of a period as it is written. */
function columnsBetween(
  interval: CountableTimeInterval,
  first: Date,
  last: Date,
  length: 4 | 7,
  of: (event: Dated) => string | undefined,
): Columns {
  const missing = Math.max(0, FEWEST - 1 - interval.count(first, last));
  const start = interval.offset(first, -Math.floor(missing / 2));
  const end = interval.offset(last, Math.ceil(missing / 2));
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
  return { periods, of, counts, labels };
}

const MONTH = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" });
const MONTH_AND_YEAR = new Intl.DateTimeFormat("en", { month: "short", year: "numeric", timeZone: "UTC" });

/** The year stands where one looks first, and where it changes. */
const monthLabel = (date: Date, isFirst: boolean): string =>
  (isFirst || date.getUTCMonth() === 0 ? MONTH_AND_YEAR : MONTH).format(date);

function extent(periods: readonly string[]): [Date?, Date?] {
  const sorted = periods.toSorted();
  const [first, last] = [sorted[0], sorted.at(-1)];
  return first === undefined || last === undefined ? [] : [new Date(first), new Date(last)];
}
