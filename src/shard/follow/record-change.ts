/** A log entry as the shard sees it: what it tells the alerts, and what it changes in the feeds. Reads D1 only. */
import type { Article } from "../../record/articles/article.ts";
import { readArticle } from "../../record/articles/read-articles.ts";
import { changedFields, type Event, type EventDocument } from "../../record/events/event.ts";
import { type Revision, readRevision } from "../../record/events/event-history.ts";
import { readArticleIds, readDocuments, readEvent } from "../../record/events/read-events.ts";
import type { LogEntry } from "../../record/log.ts";

/** What a log entry tells the alerts. */
export type Told =
  | { kind: "article"; article: Article }
  | { kind: "corrected" | "retracted"; event: string; revision: Revision; changed: string[]; articles: string[] }
  | { kind: "nothing" };

/** What a log entry changes in the feeds. */
export interface FeedChange {
  /** The events as they are, and as they were before. */
  events: EventDocument[];
  /** The article as it is. */
  articles: Article[];
  /** Listing in which the item may have stood in any feed before: what it was is not known. */
  unsure?: "events" | "articles";
}

export interface RecordChange {
  told: Told;
  /** Undefined if nobody subscribes to a feed. */
  feeds?: FeedChange;
}

const NOTHING: RecordChange = { told: { kind: "nothing" } };

/** Reads what an entry means. With `withFeeds` false, what concerns only the feeds is not read. */
export async function readChange(db: D1Database, entry: LogEntry, withFeeds: boolean): Promise<RecordChange> {
  const { number, kind, subject, revision } = entry;
  if (kind === "name.changed") return NOTHING;
  if (kind === "article.added" || kind === "article.corrected") {
    const article = await readArticle(db, subject);
    if (article === undefined) return NOTHING;
    const setsOff = article.set_off === number && article.mode === "new";
    const told: Told = setsOff ? { kind: "article", article } : { kind: "nothing" };
    return withFeeds ? { told, feeds: await feedsOfArticle(db, article, kind) } : { told };
  }
  if ((!withFeeds && kind === "event.added") || revision === null) return NOTHING;
  return readEventChange(db, kind, subject, revision, withFeeds);
}

/** An article is an item of its own listing, and a source of its events. */
async function feedsOfArticle(
  db: D1Database,
  article: Article,
  kind: "article.added" | "article.corrected",
): Promise<FeedChange> {
  const ids = article.events.map(({ id }) => id);
  return {
    events: ids.length === 0 ? [] : await readDocuments(db, ids),
    articles: article.mode === "silent" ? [] : [article],
    // Articles have no revisions.
    ...(kind === "article.corrected" && { unsure: "articles" }),
  };
}

async function readEventChange(
  db: D1Database,
  kind: "event.added" | "event.corrected" | "event.retracted",
  id: string,
  revision: number,
  withFeeds: boolean,
): Promise<RecordChange> {
  const event = await readEvent(db, id);
  const after = await readRevision(db, id, revision);
  if (event === undefined || after === undefined) return NOTHING;
  const before = revision > 1 ? await readRevision(db, id, revision - 1) : undefined;
  const shown = event.mode !== "silent";
  const feeds: FeedChange = {
    events: shown ? [after.document, ...(before ? [before.document] : [])] : [],
    articles: [],
    // An event that is silent now may have been in the feeds before.
    ...(!shown && before && { unsure: "events" }),
  };
  const told: Told = kind === "event.added" ? { kind: "nothing" } : await tellEvent(db, kind, event, after, before);
  return withFeeds ? { told, feeds } : { told };
}

async function tellEvent(
  db: D1Database,
  kind: "event.corrected" | "event.retracted",
  event: Event,
  after: Revision,
  before: Revision | undefined,
): Promise<Told> {
  const changed: string[] = before ? changedFields(before.document, after.document) : [];
  if (before?.retracted) changed.push("retracted");
  // An event that was added quietly is corrected quietly. A change of its mode alone is no correction.
  if (kind === "event.corrected" && (event.mode !== "new" || changed.length === 0)) return { kind: "nothing" };
  // Articles that this correction takes away as well: whoever got one of them needs the correction most.
  const listed = [...(before?.document.articles ?? []), ...after.document.articles];
  const articles = [...new Set([...listed, ...(await readArticleIds(db, event.id))])];
  const told = { event: event.id, revision: after, articles };
  return kind === "event.retracted"
    ? { ...told, kind: "retracted", changed: [] }
    : { ...told, kind: "corrected", changed };
}

/** The record's text of an entry cannot be understood. */
export class Unreadable extends Error {}

/**
 * Returns Unreadable for an error of a record that answers, but whose content is broken: no JSON (SQLite may be the one to say so), or of another
 * shape. Throws all other errors on: a record that does not answer will answer again.
 */
export function unreadable(error: unknown): Unreadable {
  const misshapen = error instanceof SyntaxError || error instanceof TypeError;
  if (misshapen || (error instanceof Error && /malformed JSON/.test(error.message)))
    return new Unreadable(String(error));
  throw error;
}
