/** Items in feeds that were corrected or retracted recently, and the former versions of events. */
import type { Article } from "./articles/article.ts";
import { readArticles } from "./articles/read-articles.ts";
import { changedRows } from "./bounded-rows.ts";
import type { EventDocument } from "./events/event.ts";
import { readEvents, type SourcedEvent } from "./events/read-events.ts";
import { NEWEST } from "./log.ts";

/** A changed item T, and its former versions M. */
export interface ChangedItem<T, M> {
  /** The log entry that added it. */
  log: number;
  /** When it was last changed, RFC 3339 in UTC. */
  at: string;
  item: T;
  /** The versions that were replaced after the moment that was asked for. */
  before: readonly M[];
}

/** Maximum length of all former versions that are read, in characters. */
const CHARACTERS = 300_000;

/**
 * Reads the events in feeds that were corrected or retracted after a moment, the last change first. The last event that was changed up to the
 * moment follows them.
 */
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

/** Reads articles in the same way. Articles have no revisions, so there are no former versions. */
export async function readChangedArticles(db: D1Database, since: string): Promise<ChangedItem<Article, Article>[]> {
  const only = await changedRows(db, "articles", since);
  if (only.length === 0) return [];
  const articles = await readArticles(db, { before: NEWEST, limit: only.length, only, feed: true, texts: true });
  return articles.map((item) => ({ log: item.log, at: item.updated_at, item, before: [] })).sort(lastFirst);
}

const lastFirst = (a: { at: string }, b: { at: string }): number => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0);

/** Reads the documents of events that were replaced after a moment, the last replaced first. */
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
