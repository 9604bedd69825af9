/** What was corrected or retracted lately: the items that stand in feeds, and what events said before. */
import type { Article } from "./articles/article.ts";
import { readArticles } from "./articles/read-articles.ts";
import { changedRows } from "./bounded-rows.ts";
import type { EventDocument } from "./events/event.ts";
import { readEvents, type SourcedEvent } from "./events/read-events.ts";
import { NEWEST } from "./log.ts";

/** An item that was changed, T, and what it said, M. */
export interface ChangedItem<T, M> {
  /** The log entry that added it. */
  log: number;
  /** When it was last changed, RFC 3339 in UTC. */
  at: string;
  item: T;
  /** What it said until a change that `since` covers. */
  before: readonly M[];
}

/** How much is read of what events said before, in characters. */
const CHARACTERS = 300_000;

/** Events in feeds that were corrected or retracted after a moment, the last change first; and the last that was changed by then. */
export async function readChangedEvents(
  db: D1Database,
  since: string,
): Promise<ChangedItem<SourcedEvent, EventDocument>[]> {
  const only = await changedRows(db, "events", since);
  if (only.length === 0) return [];
  const events = await readEvents(db, { before: NEWEST, limit: only.length, only, feed: true });
  const replaced = await readReplaced(db, events, since);
  const changed = events.map((item) => ({
    log: item.log,
    at: item.updated_at,
    item,
    before: replaced.flatMap(({ event, document }) => (event === item.id ? [document] : [])),
  }));
  return changed.sort(lastFirst);
}

/** Articles likewise. They have no revisions: what they said before is not known. */
export async function readChangedArticles(db: D1Database, since: string): Promise<ChangedItem<Article, Article>[]> {
  const only = await changedRows(db, "articles", since);
  if (only.length === 0) return [];
  const articles = await readArticles(db, { before: NEWEST, limit: only.length, only, feed: true, texts: true });
  return articles.map((item) => ({ log: item.log, at: item.updated_at, item, before: [] })).sort(lastFirst);
}

const lastFirst = (a: { at: string }, b: { at: string }): number => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0);

/** The documents of events that another revision replaced after a moment, the last replaced first. */
async function readReplaced(
  db: D1Database,
  events: readonly SourcedEvent[],
  since: string,
): Promise<{ event: string; document: EventDocument }[]> {
  const { results } = await db
    .prepare(
      `SELECT event, document FROM (
         SELECT old.event, old.document, sum(length(old.document)) OVER (ORDER BY new.at DESC, old.event) AS size
         FROM revisions new JOIN revisions old ON old.event = new.event AND old.revision = new.revision - 1
         WHERE new.event IN (SELECT value FROM json_each(?)) AND new.at > ?)
       WHERE size <= ?`,
    )
    .bind(JSON.stringify(events.map(({ id }) => id)), since, CHARACTERS)
    .all<{ event: string; document: string }>();
  return results.map(({ event, document }) => ({ event, document: JSON.parse(document) }));
}
