/** The events around one: before and after it, and those about the same names. Costs the same however many events there are. */
import { type Event, type EventDocument, eventNames } from "./event.ts";

/** What is told of a neighbour. */
export type Neighbour = Pick<EventDocument, "date" | "end_date" | "precision" | "title"> & { id: string };

export interface Neighbours {
  /** The last of those that happened before it, in the order of time. */
  before: Neighbour[];
  after: Neighbour[];
  /** Of those further off in time, the ones that share most names with it, with the ids of these. */
  related: (Neighbour & { shared: string[] })[];
}

/** As it is read, the nearest in time first. */
export type NeighbourCandidate = Neighbour & { names: readonly string[] };

/** So many are told of before it, and after it, */
const IN_TIME = 2;
/** and of those that are related. */
const RELATED = 4;
/** So many before it, and after it, are looked at for these. */
const NEAR = 25;
/** What has one name in common with it only, such as a country, is not about the same. */
const COMMON = 2;

const DATE = "json_extract(document, '$.date')";
const STANDS = "mode <> 'silent' AND retracted IS NULL";
const TOLD = `log, document ->> 'date' AS date, document ->> 'end_date' AS end_date, document ->> 'precision' AS precision,
  document ->> 'title' AS title, document -> 'places' AS places, document -> 'actors' AS actors, document -> 'topics' AS topics`;

/** Those of the same date in the order of the log: first that part, then the other dates, so that each is a range of the index. */
const nearest = (than: "<" | ">", order: "ASC" | "DESC"): string => `
  SELECT * FROM (SELECT id, ${TOLD} FROM events WHERE ${STANDS} AND ${DATE} = ?1 AND log ${than} ?2 ORDER BY log ${order} LIMIT ${NEAR})
  UNION ALL
  SELECT * FROM (SELECT id, ${TOLD} FROM events WHERE ${STANDS} AND ${DATE} ${than} ?1 ORDER BY ${DATE} ${order}, log ${order} LIMIT ${NEAR})
  ORDER BY date ${order}, log ${order} LIMIT ${NEAR}`;

/** SQL: those before an event and those after it, given its date and its log entry. */
export const NEAREST = { before: nearest("<", "DESC"), after: nearest(">", "ASC") } as const;

interface Row extends Neighbour {
  places: string;
  actors: string;
  topics: string;
}

/** The neighbours of an event. Those that were retracted or are silent are nobody's. */
export async function readNeighbours(db: D1Database, event: Event): Promise<Neighbours> {
  const [before, after] = await db.batch<Row>(
    [NEAREST.before, NEAREST.after].map((sql) => db.prepare(sql).bind(event.date, event.log)),
  );
  return arrange(event, candidates(before), candidates(after));
}

const candidates = (result: D1Result<Row> | undefined): NeighbourCandidate[] =>
  (result?.results ?? []).map(({ places, actors, topics, id, date, end_date, precision, title }) => {
    const names = { places: JSON.parse(places), actors: JSON.parse(actors), topics: JSON.parse(topics) };
    return { id, date, end_date, precision, title, names: eventNames(names) };
  });

/** Which of them are told of, given those before and those after, the nearest in time first. */
export function arrange(
  event: Pick<EventDocument, "places" | "actors" | "topics">,
  before: readonly NeighbourCandidate[],
  after: readonly NeighbourCandidate[],
): Neighbours {
  const names = eventNames(event);
  const enough = Math.min(COMMON, names.length);
  // By how many events lie between; the sort below keeps that order among those that share as many names.
  const further = [before, after].flatMap((side) =>
    side.map((candidate, distance) => ({ candidate, distance })).slice(IN_TIME),
  );
  const related = further
    .sort((a, b) => a.distance - b.distance)
    .map(({ candidate }) => ({ candidate, shared: names.filter((name) => candidate.names.includes(name)) }))
    .filter(({ shared }) => shared.length > 0 && shared.length >= enough)
    .sort((a, b) => b.shared.length - a.shared.length)
    .slice(0, RELATED);
  return {
    before: before.slice(0, IN_TIME).map(told).reverse(),
    after: after.slice(0, IN_TIME).map(told),
    related: related.map(({ candidate, shared }) => ({ ...told(candidate), shared })),
  };
}

const told = ({ id, date, end_date, precision, title }: NeighbourCandidate): Neighbour => ({
  id,
  date,
  end_date,
  precision,
  title,
});
