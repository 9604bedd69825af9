/** Events by month or year. Each bar links to its events. */
import { counted } from "../text-format.ts";
import { inWords } from "./event-period.ts";
import type { OverviewPartProps } from "./overview-props.ts";

/** Heights of the numbers above the bars, the bars and the labels below them, in CSS pixels. */
const ABOVE = 18;
const BARS = 64;
const LABELS = 30;
export const HISTOGRAM = ABOVE + BARS + LABELS;

const FLOOR = ABOVE + BARS;
/** Maximum columns with a number above each; two digits do not fit in more columns on a phone. */
const NUMBERED = 24;

export function Histogram({ selected, query, month, address, columns, bands }: OverviewPartProps) {
  const counts = columns.counts(selected.map(({ event }) => event));
  const most = Math.max(...counts.map(([, count]) => count));
  const height = (count: number): number => Math.round((BARS * count) / most);
  return (
    <>
      <line class="axis" x1="0" x2="100%" y1={FLOOR} y2={FLOOR} />
      {counts.map(([period, count]) => {
        const { bar, barWidth, middle, start, width } = bands.of(period);
        const top = FLOOR - height(count);
        const chosen = period === month;
        return (
          <a
            href={address({ q: query?.canonical, month: chosen ? undefined : period })}
            aria-current={chosen ? "true" : undefined}
          >
            <title>{`${inWords(period)}: ${counted(count, "event")}${chosen ? ", selected: show all" : ""}`}</title>
            <rect class="target" x={start} width={width} y="0" height={FLOOR} />
            <rect class="mark" x={bar} width={barWidth} y={top} height={FLOOR - top} />
            {columns.periods.length <= NUMBERED && (
              <text x={middle} y={top - 5} text-anchor="middle">
                {count}
              </text>
            )}
          </a>
        );
      })}
      {columns.labels.map(({ period, text }) => (
        <text class="label" {...bands.label(period)} y={FLOOR + 16}>
          {text}
        </text>
      ))}
    </>
  );
}
