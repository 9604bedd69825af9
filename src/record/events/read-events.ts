/** Events in D1: reading. */
import { MAX_LINKS } from "../articles/read-articles.ts";
import { newestRows } from "../bounded-rows.ts";
import { NEWEST } from "../log.ts";
import type { Event, EventDocument } from "./event.ts";

/** An article as the source of an event. */
export interface Source {
  id: string;
  url: string | null;
  title: string;
  publisher: string | null;
  published_at: string | null;
  language: string | null;
  ours: readonly string[];
  /** When it was added without a revision of the event, or last corrected; null if neither happened. */
  changed_at: string | null;
}

/** An event with its sources: the articles that its document lists, and those that named the event. */
export interface SourcedEvent extends Event {
  sources: readonly Source[];
}

type EventRow = Pick<Event, "id" | "log" | "revision" | "mode" | "published_at" | "updated_at" | "retracted"> & {
  document: string;
  sources: string;
};

const SELECT = `
  SELECT e.id, e.log, e.revision, e.mode, e.published_at, e.updated_at, e.retracted, e.document,
    (SELECT json_group_array(json_object('id', id, 'url', url, 'title', title, 'publisher', publisher,
        'published_at', published_at, 'language', language, 'ours', json(ours), 'changed_at', changed_at) ORDER BY log) FROM (
       SELECT a.id, a.log, a.url, a.title, a.publisher, a.published_at, a.language, a.ours,
         CASE WHEN a.corrected THEN a.updated_at
           WHEN NOT EXISTS (SELECT 1 FROM links WHERE event = e.id AND article = a.id AND listed) THEN a.added_at END AS changed_at
         FROM articles a WHERE a.id IN (SELECT article FROM links WHERE event = e.id) ORDER BY a.log LIMIT ${MAX_LINKS})) AS sources
  FROM events e`;

function fromRow({ document, sources, ...row }: EventRow): SourcedEvent {
  const parsed: EventDocument = JSON.parse(document);
  return { ...parsed, ...row, sources: JSON.parse(sources) };
}

/** Reads an event; undefined if there is none. */
export async function readEvent(db: D1Database, id: string): Promise<SourcedEvent | undefined> {
  const row = await db.prepare(`${SELECT} WHERE e.id = ?`).bind(id).first<EventRow>();
  return row ? fromRow(row) : undefined;
}

/** Reads the ids of all articles that an event rests on. */
export async function readArticleIds(db: D1Database, event: string): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT DISTINCT article FROM links WHERE event = ?")
    .bind(event)
    .all<{ article: string }>();
  return results.map(({ article }) => article);
}

/** Reads the events before a log entry, newest first. With `only`, just the events of these log entries. With `feed`, no silent events. */
export async function readEvents(
  db: D1Database,
  { before, limit, only, feed }: { before: number; limit: number; only?: readonly number[]; feed: boolean },
): Promise<SourcedEvent[]> {
  const among = only ? "AND e.log IN (SELECT value FROM json_each(?3))" : "";
  const shown = feed ? "AND e.mode <> 'silent'" : "";
  const { results } = await db
    .prepare(`${SELECT} WHERE e.log < ?1 ${among} ${shown} ORDER BY e.log DESC LIMIT ?2`)
    .bind(before, limit, ...(only ? [JSON.stringify(only)] : []))
    .all<EventRow>();
  return results.map(fromRow);
}

/** Reads the documents of events, without silent events. */
export async function readDocuments(db: D1Database, ids: readonly string[]): Promise<EventDocument[]> {
  const { results } = await db
    .prepare("SELECT document FROM events WHERE id IN (SELECT value FROM json_each(?)) AND mode <> 'silent'")
    .bind(JSON.stringify(ids))
    .all<{ document: string }>();
  return results.map(({ document }): EventDocument => JSON.parse(document));
}

/** Reads the newest events, and whether these are all. With `feed`, silent events are left out. */
export async function readNewestEvents(
  db: D1Database,
  feed: boolean,
): Promise<{ items: SourcedEvent[]; whole: boolean }> {
  const { only, whole } = await newestRows(db, "events", feed);
  return { items: await readEvents(db, { before: NEWEST, limit: only.length, only, feed }), whole };
}
