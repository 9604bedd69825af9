/**
 * Which events an article may report, by what they have in common. A name that few events have says more than one that all have, and an
 * event of the same days more than one of another year:
 *
 *     score = nearness × the sum, over the names in common, of 1 / log2(1 + events that have the name)
 *     nearness = 1 / (1 + days apart / 7), or 1 where the article's day is not known; to the days apart a quarter of the event's own length
 *                is added, so that an event of some day in a month is not as near to each of its days as one of that day
 *
 * It only ranks what a curator looks at; nothing is linked by it.
 */

/** An event that shares a name with the article, or may. */
export interface LikelyCandidate {
  id: string;
  title: string;
  /** As precise as is known: YYYY-MM-DD, YYYY-MM or YYYY. */
  date: string;
  end_date: string | null;
  /** Full ids of its names. */
  names: readonly string[];
}

export interface RankedEvent {
  event: LikelyCandidate;
  score: number;
  /** Full ids of the names in common, the rarest first. */
  shared: readonly string[];
  /** Whole days from the event to the article's publication: 0 on any day of it, negative before it; undefined where that day is not known. */
  days: number | undefined;
}

export interface ArticleFacts {
  /** Full ids of the names in the article. */
  names: ReadonlySet<string>;
  /** When it was published: a day, or a time (RFC 3339). */
  published_at: string | null;
  /** How many events have a name. */
  frequency: (name: string) => number;
}

/** A week away counts half. */
const HALF = 7;
const DAY = 24 * 60 * 60 * 1000;

/** The likeliest first, at most `limit`; of equal ones those with the later id. Events without a name in common are left out. */
export function likelyEvents(
  candidates: readonly LikelyCandidate[],
  asked: ArticleFacts,
  limit: number,
): RankedEvent[] {
  return candidates
    .map((event) => weigh(event, asked))
    .filter(({ shared }) => shared.length > 0)
    .sort((a, b) => b.score - a.score || (a.event.id < b.event.id ? 1 : -1))
    .slice(0, limit);
}

function weigh(event: LikelyCandidate, { names, published_at, frequency }: ArticleFacts): RankedEvent {
  const weight = (name: string): number => 1 / Math.log2(1 + Math.max(1, frequency(name)));
  const shared = [...new Set(event.names)]
    .filter((name) => names.has(name))
    .sort((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1));
  const days = published_at === null ? undefined : daysFrom(event, published_at.slice(0, 10));
  const nearness = days === undefined ? 1 : 1 / (1 + (Math.abs(days) + lengthOf(event) / 4) / HALF);
  return { event, shared, days, score: nearness * shared.reduce((sum, name) => sum + weight(name), 0) };
}

type Dated = Pick<LikelyCandidate, "date" | "end_date">;

function daysFrom({ date, end_date }: Dated, day: string): number {
  const at = Date.parse(day);
  const [first, last] = [firstDay(date), lastDay(end_date ?? date)];
  return Math.round((at < first ? at - first : Math.max(0, at - last)) / DAY);
}

/** From its first day to its last, in days. */
const lengthOf = ({ date, end_date }: Dated): number => (lastDay(end_date ?? date) - firstDay(date)) / DAY;

const firstDay = (date: string): number => Date.parse(`${date}-01-01`.slice(0, 10));

function lastDay(date: string): number {
  const [year = 0, month, day] = date.split("-").map(Number);
  // Day 0 is the last one of the month before.
  if (day === undefined) return Date.UTC(year, month ?? 12, 0);
  return Date.parse(date);
}
