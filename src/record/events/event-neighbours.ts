/** The events before and after an event, and related events. The cost does not grow with the number of events on record. */
import { type Event, type EventDocument, eventNames } from "./event.ts";

/** The fields of a neighbour that are shown. */
export type Neighbour = Pick<EventDocument, "date" | "end_date" | "precision" | "title"> & { id: string };

export interface Neighbours {
  /** The last events that happened before it, in order of time. */
  before: Neighbour[];
  after: Neighbour[];
  /** Events further away in time that share most names with it, with the ids of the shared names. */
  related: (Neighbour & { shared: string[] })[];
}

/** An event that may become a neighbour. */
export type NeighbourCandidate = Neighbour & { names: readonly string[] };

/** Maximum neighbours on each side in time. */
const IN_TIME = 2;
/** Maximum related events. */
const RELATED = 4;
/** Events on each side in time that are searched for related ones. */
const NEAR = 25;
/** Minimum shared names of a related event. One shared name, such as a country, is not enough. */
const COMMON = 2;

const DATE = "json_extract(document, '$.date')";
const STANDS = "mode <> 'silent' AND retracted IS NULL";
const TOLD = `log, document ->> 'date' AS date, document ->> 'end_date' AS end_date, document ->> 'precision' AS precision,
  document ->> 'title' AS title, document -> 'places' AS places, document -> 'actors' AS actors, document -> 'topics' AS topics`;

/** Returns SQL for the nearest events on one side. Events of the same date are in order of the log. Each part is a range of the index. */
const nearest = (than: "<" | ">", order: "ASC" | "DESC"): string => `
  SELECT * FROM (SELECT id, ${TOLD} FROM events WHERE ${STANDS} AND ${DATE} = ?1 AND log ${than} ?2 ORDER BY log ${order} LIMIT ${NEAR})
  UNION ALL
  SELECT * FROM (SELECT id, ${TOLD} FROM events WHERE ${STANDS} AND ${DATE} ${than} ?1 ORDER BY ${DATE} ${order}, log ${order} LIMIT ${NEAR})
  ORDER BY date ${order}, log ${order} LIMIT ${NEAR}`;

/** SQL for the events before and after an event, given its date and log entry. */
export const NEAREST = { before: nearest("<", "DESC"), after: nearest(">", "ASC") } as const;

interface Row extends Neighbour {
  places: string;
  actors: string;
  topics: string;
}

/** Reads the neighbours of an event. Retracted and silent events are no neighbours. */
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

/** Chooses the neighbours from the events before and after, which are ordered by nearness in time. */
export function arrange(
  event: Pick<EventDocument, "places" | "actors" | "topics">,
  before: readonly NeighbourCandidate[],
  after: readonly NeighbourCandidate[],
): Neighbours {
  const names = eventNames(event);
  const enough = Math.min(COMMON, names.length);
  // Ordered by the number of events in between. The sort below keeps this order among events that share equally many names.
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
    before: before.slice(0, IN_TIME).map(neighbour).reverse(),
    after: after.slice(0, IN_TIME).map(neighbour),
    related: related.map(({ candidate, shared }) => ({ ...neighbour(candidate), shared })),
  };
}

const neighbour = ({ id, date, end_date, precision, title }: NeighbourCandidate): Neighbour => ({
  id,
  date,
  end_date,
  precision,
  title,
});
