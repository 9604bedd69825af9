/**
 * A topic over time: a circle for each month or year, whose area is the number of events. An event with several
 * topics is in each row.
 */
import { labelOf, type Names } from "../../record/names/read-names.ts";
import { counted } from "../text-format.ts";
import { inWords, isIn } from "./event-period.ts";
import { byLabel } from "./facets.tsx";
import { narrowed, requires, widened } from "./narrowing.ts";
import type { OverviewPartProps } from "./overview-props.ts";
import { namesIn, type Selected } from "./selection.ts";

/** The height of a row, in CSS pixels. */
export const ROW = 44;
/**
 * Positions in a row: the label's baseline, the circles' line, the largest radius, and the height of the clickable
 * area (WCAG 2.2, 2.5.8).
 */
const LABEL = 13;
const LINE = 28;
export const RADIUS = 10;
const TARGET = 24;

export interface CountedTopic {
  id: string;
  label: string;
  events: Selected[];
}

/** Returns the topics with most events. */
export function topicsOf(selected: readonly Selected[], names: Names, most: number): CountedTopic[] {
  const byTopic = new Map<string, Selected[]>();
  for (const each of selected) {
    for (const id of namesIn(each)) {
      if (!id.startsWith("topic:")) continue;
      const events = byTopic.get(id);
      if (events) events.push(each);
      else byTopic.set(id, [each]);
    }
  }
  return [...byTopic]
    .map(([id, events]) => ({ id, label: labelOf(names, id), events }))
    .sort((a, b) => b.events.length - a.events.length || byLabel(a, b))
    .slice(0, most);
}

interface TopicRowProps extends OverviewPartProps {
  topic: CountedTopic;
  radius: (count: number) => number;
  /** The top of the row. */
  y: number;
}

export function TopicRow(props: TopicRowProps) {
  const { topic, query, names, y, columns, bands, radius, address } = props;
  const q = narrowed(query, topic.id, names);
  const line = y + LINE;
  return (
    <>
      <line class="row" x1="0" x2="100%" y1={line} y2={line} />
      <RowLabel {...props} />
      {q !== undefined &&
        columns.counts(topic.events.map(({ event }) => event)).map(([period, count]) => {
          const { start, width, middle } = bands.of(period);
          return (
            <a href={address({ q, month: period })}>
              <title>{`${topic.label}, ${inWords(period)}: ${counted(count, "event")}`}</title>
              <rect class="target" x={start} width={width} y={line - TARGET / 2} height={TARGET} />
              <circle class="mark" cx={middle} cy={line} r={radius(count).toFixed(1)} />
            </a>
          );
        })}
    </>
  );
}

/**
 * The topic and its number of events in the selected month. It links to the topic, or removes it if it is selected.
 */
function RowLabel({ topic, query, names, month, address, y }: TopicRowProps) {
  const chosen = query !== undefined && requires(query, topic.id);
  const q = chosen ? widened(query, topic.id, names) : narrowed(query, topic.id, names);
  const count = topic.events.filter(({ event }) => month === undefined || isIn(event, month)).length;
  const text = (
    <text class="topic" x="0" y={y + LABEL}>
      {chosen && "✓ "}
      {topic.label} <tspan class="label">{count}</tspan>
    </text>
  );
  if (q === undefined || (count === 0 && !chosen)) return text;
  return (
    <a href={address({ q: q || undefined, month })} aria-current={chosen ? "true" : undefined}>
      <title>{`${topic.label}: ${counted(count, "event")}${chosen ? ", selected: show all" : ""}`}</title>
      {text}
    </a>
  );
}
