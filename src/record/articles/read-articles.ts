/** Articles in D1: reading. */

import { newestRows } from "../bounded-rows.ts";
import { type EventDocument, eventNames } from "../events/event.ts";
import { NEWEST } from "../log.ts";
import type { Article, ArticleEvent } from "./article.ts";

type ArticleRow = Omit<Article, "ours" | "events" | "corrected"> & { ours: string; events: string; corrected: number };

/** Maximum events that are read with an article, and articles with an event: a row of D1 has at most 2 MB. */
export const MAX_LINKS = 100;

/**
 * SQL that selects articles with their events, except retracted ones, in one row each. A text may have 256 KB, so lists leave it empty by
 * default.
 */
const select = (text: "a.text" | "''") => `
  SELECT a.id, a.log, a.url, a.title, ${text} AS text, a.summary, a.publisher, a.language, a.published_at, a.dated_from, a.ours,
    a.added_at, a.updated_at, a.corrected, a.mode, a.set_off,
    (SELECT json_group_array(json_object('id', id, 'document', json(told)) ORDER BY log) FROM (
       SELECT e.id, e.log, json_object('date', e.document ->> 'date', 'title', e.document ->> 'title',
           'places', e.document -> 'places', 'actors', e.document -> 'actors', 'topics', e.document -> 'topics') AS told
         FROM events e WHERE e.retracted IS NULL AND e.id IN (SELECT event FROM links WHERE article = a.id)
         ORDER BY e.log LIMIT ${MAX_LINKS})) AS events
  FROM articles a`;

function fromRow({ ours, events, corrected, ...row }: ArticleRow): Article {
  const parsed: { id: string; document: ToldOfEvent }[] = JSON.parse(events);
  return {
    ...row,
    corrected: corrected === 1,
    ours: JSON.parse(ours),
    events: parsed.map(({ id, document }) => articleEvent(id, document)),
  };
}

/** The fields of an event that are read with an article. */
type ToldOfEvent = Pick<EventDocument, "date" | "title" | "places" | "actors" | "topics">;

export const articleEvent = (id: string, document: ToldOfEvent): ArticleEvent => ({
  id,
  date: document.date,
  title: document.title,
  names: eventNames(document),
});

/** Reads an article with its text; undefined if there is none. */
export async function readArticle(db: D1Database, id: string): Promise<Article | undefined> {
  const row = await db
    .prepare(`${select("a.text")} WHERE a.id = ?`)
    .bind(id)
    .first<ArticleRow>();
  return row ? fromRow(row) : undefined;
}

/** Selects the articles of a list. */
export interface ArticleList {
  /** Only articles that were added before this log entry. */
  before: number;
  limit: number;
  /** Only articles of these log entries. */
  only?: readonly number[];
  /** Without silent articles. */
  feed: boolean;
  /** With their texts. */
  texts: boolean;
}

/** Reads articles, newest first. */
export async function readArticles(
  db: D1Database,
  { before, limit, only, feed, texts }: ArticleList,
): Promise<Article[]> {
  const among = only ? "AND a.log IN (SELECT value FROM json_each(?3))" : "";
  const shown = feed ? "AND a.mode <> 'silent'" : "";
  const { results } = await db
    .prepare(`${select(texts ? "a.text" : "''")} WHERE a.log < ?1 ${among} ${shown} ORDER BY a.log DESC LIMIT ?2`)
    .bind(before, limit, ...(only ? [JSON.stringify(only)] : []))
    .all<ArticleRow>();
  return results.map(fromRow);
}

/** Reads the newest articles that are in feeds, with their texts, and whether these are all. */
export async function readNewestArticles(db: D1Database): Promise<{ items: Article[]; whole: boolean }> {
  const { only, whole } = await newestRows(db, "articles", true);
  return {
    items: await readArticles(db, { before: NEWEST, limit: only.length, only, feed: true, texts: true }),
    whole,
  };
}
