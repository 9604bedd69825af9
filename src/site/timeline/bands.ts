/** Where columns stand across a picture, in percent of its width. */
import { scaleBand } from "d3-scale";
import type { Columns } from "./columns.ts";

export interface Band {
  /** All the room of a column. */
  start: string;
  width: string;
  /** Its bar, which leaves some of it free, and the middle of both. */
  bar: string;
  barWidth: string;
  middle: string;
}

export interface Bands {
  /** That of a column. */
  of: (period: string) => Band;
  /** All the room from one column to another. */
  from: (first: string, last: string) => Pick<Band, "start" | "width">;
  /** Where the label of a column stands: below its middle, or within the edge that it would stick out of. */
  label: (period: string) => { x: string; "text-anchor": "start" | "middle" | "end" };
}

/** So near to an edge, in percent, a label would stick out on a phone. */
const EDGE = 6;

export function bandsOf({ periods }: Columns): Bands {
  const scale = scaleBand(periods, [0, 100]).paddingInner(0.2).paddingOuter(0.1);
  const gap = (scale.step() - scale.bandwidth()) / 2;
  const x = (period: string): number => scale(period) ?? 0;
  const from = (first: string, last: string) => ({
    start: percent(x(first) - gap),
    width: percent(x(last) - x(first) + scale.step()),
  });
  const label = (period: string) => {
    const middle = x(period) + scale.bandwidth() / 2;
    if (middle < EDGE) return { x: "0%", "text-anchor": "start" as const };
    if (middle > 100 - EDGE) return { x: "100%", "text-anchor": "end" as const };
    return { x: percent(middle), "text-anchor": "middle" as const };
  };
  return {
    from,
    label,
    of: (period) => ({
      ...from(period, period),
      bar: percent(x(period)),
      barWidth: percent(scale.bandwidth()),
      middle: percent(x(period) + scale.bandwidth() / 2),
    }),
  };
}

const percent = (value: number): string => `${Number(value.toFixed(2))}%`;
