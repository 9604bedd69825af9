/**
 * Ranks the events that an article may report, by their common names and their distance in time. A rare name weighs more than a frequent one,
 * and an event of the same days more than an event of another year:
 *
 *     score = nearness × the sum, over the names in common, of 1 / log2(1 + events that have the name)
 *     nearness = 1 / (1 + days apart / 7), or 1 if the article's day is not known. A quarter of the event's own length is added to the
 *                days apart, so that an event of some day in a month is not as near to each of its days as an event of that day
 *
 * The ranking is a suggestion for curators. It links nothing.
 */

/** An event that may share a name with the article. */
export interface LikelyCandidate {
  id: string;
  title: string;
  /** As precise as it is known: YYYY-MM-DD, YYYY-MM or YYYY. */
  date: string;
  end_date: string | null;
  /** Full ids of its names. */
  names: readonly string[];
}

export interface RankedEvent {
  event: LikelyCandidate;
  score: number;
  /** Full ids of the common names, the rarest first. */
  shared: readonly string[];
  /** Days from the event to the article's publication: 0 during the event, negative before it; undefined if not known. */
  days: number | undefined;
}

export interface ArticleFacts {
  /** Full ids of the names in the article. */
  names: ReadonlySet<string>;
  /** When the article was published: a day or a moment (RFC 3339); null if not known. */
  published_at: string | null;
  /** Returns how many events have a name. */
  frequency: (name: string) => number;
}

/** Days after which nearness is one half. */
const HALF = 7;
const DAY = 24 * 60 * 60 * 1000;

/** Returns at most `limit` events, the likeliest first, of equals the one with the later id. Events without a common name are left out. */
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

/** Returns the days from the first day of an event to its last. */
const lengthOf = ({ date, end_date }: Dated): number => (lastDay(end_date ?? date) - firstDay(date)) / DAY;

const firstDay = (date: string): number => Date.parse(`${date}-01-01`.slice(0, 10));

function lastDay(date: string): number {
  const [year = 0, month, day] = date.split("-").map(Number);
  // Day 0 is the last day of the month before.
  if (day === undefined) return Date.UTC(year, month ?? 12, 0);
  return Date.parse(date);
}
