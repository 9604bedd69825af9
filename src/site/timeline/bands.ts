/** Horizontal positions of columns, in percent of the picture's width. */
import type { Columns } from "./columns.ts";

export interface Band {
  /** The whole width of a column. */
  start: string;
  width: string;
  /** The column's bar, which is narrower, and the middle of both. */
  bar: string;
  barWidth: string;
  middle: string;
}

export interface Bands {
  /** Returns the positions of a column. */
  of: (period: string) => Band;
  /** Returns the width from one column to another. */
  from: (first: string, last: string) => Pick<Band, "start" | "width">;
  /** Returns the position of a column's label: below its middle, or inside the edge that it would cross. */
  label: (period: string) => { x: string; "text-anchor": "start" | "middle" | "end" };
}

/** The share of a column's width that its bar takes. */
const BAR = 0.8;
/** Distance from an edge within which a label would be cut off on a phone, in percent. */
const EDGE = 6;

export function bandsOf({ periods }: Columns): Bands {
  const width = 100 / periods.length;
  const startOf = new Map(periods.map((period, i) => [period, i * width]));
  const start = (period: string): number => startOf.get(period) ?? 0;
  const from = (first: string, last: string) => ({
    start: percent(start(first)),
    width: percent(start(last) - start(first) + width),
  });
  const label = (period: string) => {
    const middle = start(period) + width / 2;
    if (middle < EDGE) return { x: "0%", "text-anchor": "start" as const };
    if (middle > 100 - EDGE) return { x: "100%", "text-anchor": "end" as const };
    return { x: percent(middle), "text-anchor": "middle" as const };
  };
  return {
    from,
    label,
    of: (period) => ({
      ...from(period, period),
      bar: percent(start(period) + (width * (1 - BAR)) / 2),
      barWidth: percent(width * BAR),
      middle: percent(start(period) + width / 2),
    }),
  };
}

const percent = (value: number): string => `${Number(value.toFixed(2))}%`;
