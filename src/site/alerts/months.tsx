/**
 * A bar chart of articles by month, or by year over a long time. Horizontal positions are percentages and vertical
 * ones are CSS pixels, so the chart fills its container and its text keeps its size.
 */

import { counted } from "../text-format.ts";
import { bandsOf } from "../timeline/bands.ts";
import { columnsOf } from "../timeline/columns.ts";

/** Maximum columns with a number above each; in more columns the numbers do not fit. */
const NUMBERED = 18;

/** Heights of the numbers above the bars, the bars and the labels below them, in CSS pixels. */
const ABOVE = 18;
const BARS = 72;
const BELOW = 22;
const FLOOR = ABOVE + BARS;

/** The chart of `byMonth`: `{"2016-09": 3}`, in order. Nothing if it is empty. */
export function Months({ byMonth }: { byMonth: Readonly<Record<string, number>> }) {
  const months = Object.entries(byMonth);
  if (months.length === 0) return null;
  return (
    <figure class="months">
      <Bars months={months} />
      <figcaption>
        <details id="numbers">
          <summary class="small">Numbers by month</summary>
          <ul class="inline small">
            {months.map(([month, count]) => (
              <li>
                {month}: {counted(count, "article")}
              </li>
            ))}
          </ul>
        </details>
      </figcaption>
    </figure>
  );
}

type MonthCount = readonly [month: string, count: number];

const dated = (month: string) => ({ date: month, end_date: null, precision: "month" as const });

function Bars({ months }: { months: readonly MonthCount[] }) {
  const columns = columnsOf(months.flatMap(([month, count]) => Array.from({ length: count }, () => dated(month))));
  const bands = bandsOf(columns);
  const periods = Map.groupBy(months, ([month]) => columns.of(dated(month)));
  const bars = [...periods].flatMap(([period, within]) =>
    period === undefined ? [] : [{ period, count: within.reduce((sum, [, count]) => sum + count, 0) }],
  );
  const most = Math.max(...bars.map(({ count }) => count));
  const height = (count: number): number => (BARS * count) / most;
  const shown = months.filter(([month]) => columns.of(dated(month)) !== undefined);
  const [first, last] = [shown[0]?.[0], shown.at(-1)?.[0]];
  return (
    <svg
      width="100%"
      height={FLOOR + BELOW}
      role="img"
      aria-label={`Articles from ${first} to ${last}; the numbers follow`}
    >
      {bars.map(({ period, count }) => {
        const { bar, barWidth, middle } = bands.of(period);
        return (
          <>
            <rect class="bar" x={bar} width={barWidth} y={FLOOR - height(count)} height={height(count)} />
            {columns.periods.length <= NUMBERED && (
              <text x={middle} y={FLOOR - height(count) - 5} text-anchor="middle">
                {count}
              </text>
            )}
          </>
        );
      })}
      <line x1="0" x2="100%" y1={FLOOR} y2={FLOOR} />
      {columns.labels.map(({ period, text }) => (
        <text {...bands.label(period)} y={FLOOR + 17}>
          {text}
        </text>
      ))}
    </svg>
  );
}
