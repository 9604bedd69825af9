/** Reads the events that an article may report. The cost does not grow with the number of events on record. */
import { analyse } from "../../query/text.ts";
import type { ArticleInput } from "../articles/article.ts";
import type { Names } from "../names/read-names.ts";
import { type EventDocument, eventNames } from "./event.ts";
import { type LikelyCandidate, likelyEvents, type RankedEvent } from "./likely-events.ts";

/** Maximum names of the article that are looked up, the most frequent in the article first. */
const NAMES = 24;
/** Maximum events that are read for each name: those with the last ids, which mostly begin with the date. */
const OF_EACH = 100;
/** Number of the newest events that are also read, silent ones included. */
const NEWEST_EVENTS = 100;
/** Maximum events that are ranked. */
const WEIGHED = 600;
/** Maximum events that are shown. */
const SHOWN = 10;

/** Returns the events on record that an article may report, the likeliest first, without retracted ones. Costs two queries. */
export async function findLikelyEvents(
  db: D1Database,
  names: Names,
  article: Pick<ArticleInput, "title" | "text" | "language" | "published_at">,
): Promise<RankedEvent[]> {
  const found = namesOf(article, names);
  const { frequency, events } = await readNamed(db, found);
  const candidates = await readCandidates(db, events);
  const asked = { names: new Set(found), published_at: article.published_at, frequency };
  return likelyEvents(candidates, asked, SHOWN);
}

/** Returns the names in the title and text of an article, the most frequent first. */
function namesOf(article: Pick<ArticleInput, "title" | "text" | "language">, { vocabulary }: Names): string[] {
  const { names } = analyse({ ...article, language: article.language ?? null }, vocabulary);
  return [...names]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, NAMES)
    .map(([id]) => id);
}

async function readNamed(
  db: D1Database,
  names: readonly string[],
): Promise<{ frequency: (name: string) => number; events: string[] }> {
  const { results } = await db
    .prepare(
      `SELECT value AS name, (SELECT json_group_array(event) FROM (
         SELECT event FROM event_names WHERE name = value ORDER BY event DESC LIMIT ${OF_EACH + 1})) AS events
       FROM json_each(?)`,
    )
    .bind(JSON.stringify(names))
    .all<{ name: string; events: string }>();
  const read = results.map(({ name, events }): [string, string[]] => [name, JSON.parse(events)]);
  const counts = new Map(read.map(([name, events]) => [name, events.length]));
  // Events of rare names first: a rare name weighs more.
  const rarest = read.sort(([, a], [, b]) => a.length - b.length).flatMap(([, events]) => events);
  return { frequency: (name) => counts.get(name) ?? 0, events: [...new Set(rarest)].slice(0, WEIGHED - NEWEST_EVENTS) };
}

type CandidateRow = Omit<LikelyCandidate, "names"> & { named: string };

async function readCandidates(db: D1Database, ids: readonly string[]): Promise<LikelyCandidate[]> {
  const { results } = await db
    .prepare(
      `SELECT id, document ->> 'title' AS title, document ->> 'date' AS date, document ->> 'end_date' AS end_date,
         json_object('places', document -> 'places', 'actors', document -> 'actors', 'topics', document -> 'topics') AS named
       FROM events WHERE retracted IS NULL AND (id IN (SELECT value FROM json_each(?))
         OR log IN (SELECT log FROM events ORDER BY log DESC LIMIT ${NEWEST_EVENTS}))`,
    )
    .bind(JSON.stringify(ids))
    .all<CandidateRow>();
  return results.map(({ named, ...event }) => {
    const document: Pick<EventDocument, "places" | "actors" | "topics"> = JSON.parse(named);
    return { ...event, names: eventNames(document) };
  });
}
