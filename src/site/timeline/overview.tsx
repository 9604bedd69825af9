/**
 * The overview: events over time and by topic. Every part links to its events. Horizontal positions are percentages
 * and vertical ones are CSS pixels, so the picture fills its container and its text keeps its size.
 */
import type { EventDocument } from "../../record/events/event.ts";
import { counted } from "../text-format.ts";
import { bandsOf } from "./bands.ts";
import { type Columns, columnsOf } from "./columns.ts";
import { HISTOGRAM, Histogram } from "./histogram.tsx";
import type { OverviewPartProps, OverviewProps } from "./overview-props.ts";
import { RADIUS, ROW, TopicRow, topicsOf } from "./topic-row.tsx";

const ROWS = 8;

export function Overview(props: OverviewProps) {
  const events = props.selected.map(({ event }) => event);
  const columns = columnsOf(events);
  const part = { ...props, columns, bands: bandsOf(columns) };
  const topics = topicsOf(props.selected, props.names, ROWS);
  const cells = topics.flatMap((topic) => columns.counts(topic.events.map(({ event }) => event)));
  const most = Math.max(...cells.map(([, count]) => count));
  const radius = (count: number): number => RADIUS * Math.sqrt(count / most);
  const height = HISTOGRAM + topics.length * ROW;
  return (
    <figure class="overview">
      <a class="skip" href="#overview-end">
        Skip the overview
      </a>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset holds no picture; without the role it is read as an image, and its links are not. */}
      <svg width="100%" height={height} role="group" aria-label="Events over time, and by topic">
        <ChosenColumns {...part} height={height} />
        <Histogram {...part} />
        {topics.map((topic, i) => (
          <TopicRow {...part} topic={topic} radius={radius} y={HISTOGRAM + i * ROW} />
        ))}
      </svg>
      <figcaption id="overview-end" class="small quiet" tabIndex={-1}>
        Events over time{topics.length > 0 && ", and by the most frequent topics"}.{leftOut(events, columns)}
      </figcaption>
    </figure>
  );
}

/** Names the events that have no column, and why. */
function leftOut(events: readonly EventDocument[], columns: Columns): string {
  const left = Map.groupBy(
    events.filter((event) => columns.of(event) === undefined),
    columns.isOutside,
  );
  const said = [
    [left.get(false), "with only the year known"] as const,
    [left.get(true), "outside these years"] as const,
  ].flatMap(([events, why]) => (events === undefined ? [] : [`${counted(events.length, "event")} ${why}`]));
  return said.length === 0 ? "" : ` Not shown: ${said.join(" and ")}.`;
}

/** A frame around the selected month or year. */
function ChosenColumns({ month, columns, bands, height }: OverviewPartProps & { height: number }) {
  if (month === undefined) return null;
  const chosen = columns.periods.filter((period) => period.startsWith(month) || month.startsWith(period));
  const [first, last] = [chosen[0], chosen.at(-1)];
  if (first === undefined || last === undefined) return null;
  const { start, width } = bands.from(first, last);
  return <rect class="chosen" x={start} width={width} y="1" height={height - 2} />;
}
