/** The columns of a picture over time: months side by side, or years if the events span more than three years. */
import { monthOf, yearOf } from "./event-period.ts";

type Dated = Parameters<typeof monthOf>[0];

export interface Columns {
  /** Months (`2016-09`) or years (`2016`), in order and without a gap. */
  periods: string[];
  /** Returns the column of an event; undefined if its month is not known or lies outside the columns. */
  of: (event: Dated) => string | undefined;
  /** Returns true if an event lies in none of the years of the columns. */
  isOutside: (event: Dated) => boolean;
  /** Counts events by column, in order, without the columns that have none. */
  counts: (events: readonly Dated[]) => [period: string, count: number][];
  /** The text below some of the columns. */
  labels: { period: string; text: string }[];
}

/** Maximum columns of months; a longer time is shown in years. */
const MOST_MONTHS = 36;
/** Maximum columns of years. */
const MOST_YEARS = 100;
/** Minimum columns, so that a single month is not a bar across the whole page. */
const FEWEST = 6;
/** About as many labels as fit on a phone. */
const LABELS = 5;

/** A unit of time. Periods are numbered from the year 0, so that columns are made by arithmetic. */
interface Unit {
  of: (event: Dated) => string | undefined;
  number: (period: string) => number;
  /** The inverse of `number`. */
  period: (number: number) => string;
  /** Possible distances between labels, in periods. */
  steps: readonly number[];
  label: (period: string, isFirst: boolean) => string;
}

const fourDigits = (year: number): string => String(year).padStart(4, "0");

const MONTHS: Unit = {
  of: monthOf,
  number: (month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1,
  period: (number) => `${fourDigits(Math.floor(number / 12))}-${String((number % 12) + 1).padStart(2, "0")}`,
  steps: [1, 3, 12],
  label: monthLabel,
};

const YEARS: Unit = {
  of: yearOf,
  number: (period) => Number(period.slice(0, 4)),
  period: fourDigits,
  steps: [1, 2, 5, 10, 20, 50],
  label: (year) => year,
};

export function columnsOf(events: readonly Dated[]): Columns {
  const shown = mostOf(events);
  return (
    columnsIn(MONTHS, shown, MOST_MONTHS) ?? columnsIn(YEARS, shown, MOST_YEARS) ?? makeColumns([], [], () => undefined)
  );
}

/**
 * Returns the events in the hundred years that hold most of them, or in the last such years if several hold as many.
 * One mistaken date then hides none of the others.
 */
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

/** Undefined if no event has such a period, or if the events span more than `most` of them. */
function columnsIn(unit: Unit, events: readonly Dated[], most: number): Columns | undefined {
  const numbers = events.map(unit.of).flatMap((period) => (period === undefined ? [] : [unit.number(period)]));
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  if (numbers.length === 0 || last - first >= most) return undefined;
  const missing = Math.max(0, FEWEST - 1 - (last - first));
  // Columns are added on both sides, but none in the future.
  const now = unit.number(new Date().toISOString());
  const after = Math.min(Math.ceil(missing / 2), Math.max(0, now - last));
  const start = Math.max(0, first - (missing - after));
  const columns = Array.from({ length: last + after - start + 1 }, (_, i) => start + i);
  const every = stepOf(unit, columns.length);
  const labels = columns
    .filter((number) => number % every === 0)
    .map(unit.period)
    .map((period, i) => ({ period, text: unit.label(period, i === 0) }));
  return makeColumns(columns.map(unit.period), labels, unit.of);
}

/** Returns the step between labels whose number comes nearest to LABELS, by ratio. */
function stepOf({ steps }: Unit, columns: number): number {
  const wanted = Math.max(1, (columns - 1) / LABELS);
  const ratio = (step: number): number => Math.abs(Math.log(step / wanted));
  return steps.reduce((best, step) => (ratio(step) < ratio(best) ? step : best), 1);
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

/** The year is shown in the first label, and where it changes. */
function monthLabel(month: string, isFirst: boolean): string {
  const name = MONTH.format(new Date(month));
  return isFirst || month.endsWith("-01") ? `${name} ${month.slice(0, 4)}` : name;
}
