/** The events that an article may report, read so that it costs the same however many events there are. */
import { analyse } from "../../query/text.ts";
import type { ArticleInput } from "../articles/article.ts";
import type { Names } from "../names/read-names.ts";
import { type EventDocument, eventNames } from "./event.ts";
import { type LikelyCandidate, likelyEvents, type RankedEvent } from "./likely-events.ts";

/** So many names of the article are looked up, those that it has most often first. */
const NAMES = 24;
/** So many events of each are read, those with the last ids, which mostly begin with the date; a name with more counts as if it had one more. */
const OF_EACH = 100;
/** And so many of the newest, those that stand in no feed among them. */
const NEWEST_EVENTS = 100;
/** So many are weighed at the most. */
const WEIGHED = 600;
/** And so many are shown. */
const SHOWN = 10;

/** The events on record that an article may report, the likeliest first. Retracted ones are none. Two queries. */
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

/** The names in its title and text, those that stand there most often first. */
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
  // Those of rare names first: they have more to say.
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
