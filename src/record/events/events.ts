/** Events in D1. */
import { badRequest, type InputError, notFound, Problem } from "../../http/problem.ts";
import { indexEntries } from "../../query/narrow.ts";
import { analyse, type Matchable } from "../../query/text.ts";
import { fileNamesOfEvent } from "../articles/linked-names.ts";
import { MAX_LINKS } from "../articles/read-articles.ts";
import { liesAhead, surfaces } from "../fields.ts";
import { commitEntry, type LogKind, NEWEST, THIS_ENTRY } from "../log.ts";
import type { NameKind } from "../names/name.ts";
import { type Names, resolveName } from "../names/read-names.ts";
import { newestRows } from "../newest.ts";
import { Overtaken, untilSettled } from "../overtaken.ts";
import { fileEntries } from "../search/full-text.ts";
import { changedFields, type Event, type EventDocument, type EventInput, eventDocument, eventNames } from "./event.ts";
import { fileNames } from "./event-names.ts";

/** An article as an event's source. */
export interface Source {
  id: string;
  url: string | null;
  title: string;
  publisher: string | null;
  published_at: string | null;
  language: string | null;
  ours: readonly string[];
  /** When it came to the event's sources by itself, or was corrected since; null where the event's own revisions tell. */
  changed_at: string | null;
}

/** An event and the articles it rests on, those that its document lists and those that named it. */
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

export async function readEvent(db: D1Database, id: string): Promise<SourcedEvent | undefined> {
  const row = await db.prepare(`${SELECT} WHERE e.id = ?`).bind(id).first<EventRow>();
  return row ? fromRow(row) : undefined;
}

/** What an event said in one of its revisions, and why it was retracted then, if it was. */
export interface Revision {
  document: EventDocument;
  retracted: string | null;
}

export async function readRevision(db: D1Database, event: string, revision: number): Promise<Revision | undefined> {
  const row = await db
    .prepare("SELECT document, retracted FROM revisions WHERE event = ? AND revision = ?")
    .bind(event, revision)
    .first<{ document: string; retracted: string | null }>();
  return row === null ? undefined : { document: JSON.parse(row.document), retracted: row.retracted };
}

/** The ids of all articles that an event rests on. */
export async function readArticleIds(db: D1Database, event: string): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT DISTINCT article FROM links WHERE event = ?")
    .bind(event)
    .all<{ article: string }>();
  return results.map(({ article }) => article);
}

/** The events put on the wire before a log entry, newest first; with `only`, of those log entries alone. */
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

/** What some events say, those that stand in feeds. */
export async function readDocuments(db: D1Database, ids: readonly string[]): Promise<EventDocument[]> {
  const { results } = await db
    .prepare("SELECT document FROM events WHERE id IN (SELECT value FROM json_each(?)) AND mode <> 'silent'")
    .bind(JSON.stringify(ids))
    .all<{ document: string }>();
  return results.map(({ document }): EventDocument => JSON.parse(document));
}

/** The newest events; with `feed`, of those that stand in feeds. */
export async function readNewestEvents(
  db: D1Database,
  feed: boolean,
): Promise<{ items: SourcedEvent[]; whole: boolean }> {
  const { only, whole } = await newestRows(db, "events", feed);
  return { items: await readEvents(db, { before: NEWEST, limit: only.length, only, feed }), whole };
}

/**
 * An event as the query language sees it: what it says and who claims what. Its names count as if they stood in the text; so
 * do actors who claim something, whose labels may change while the index stays.
 */
export function eventMatchable(event: EventDocument, names: Names): Matchable {
  const claimants = event.claims.map(({ by }) => `actor:${by}`);
  const claims = event.claims.map(({ by, says }) => (names.records.has(`actor:${by}`) ? says : `${by}: ${says}`));
  const text = [event.summary, ...claims].join("\n");
  return { title: event.title, text, language: "en", about: [...eventNames(event), ...claimants] };
}

/** Who makes a claim, as it is shown: an actor's label, else the words themselves. */
export const claimant = (names: Names, by: string): string => names.records.get(`actor:${by}`)?.label ?? by;

export interface Put {
  event: SourcedEvent;
  outcome: "created" | "corrected" | "same";
}

/**
 * Puts an event on record. An event that stands there already is corrected, and its old revision kept; one that says the same is
 * left as it is; a retracted one stands again. `seen` is the revision that the caller made it from, 0 for none: without it, the one there is now.
 * Throws a Problem (409) where there is another one, or another request changes it at the same time.
 */
export async function putEvent(
  db: D1Database,
  id: string,
  input: EventInput,
  names: Names,
  seen?: number,
): Promise<Put> {
  const document = await resolveDocument(db, eventDocument(input), names);
  const from = seen ?? revisionOf(await readEvent(db, id));
  return untilSettled(async () => {
    const old = await readEvent(db, id);
    const event = revisedEvent(id, input, document, old);
    if (old && saysTheSame(old, event, document)) return { event: old, outcome: "same" };
    refuseLostRace(id, from, old);
    await commit(db, names, old ? "event.corrected" : "event.added", event);
    return { event: await requireEvent(db, id), outcome: old ? "corrected" : "created" };
  });
}

/** An event as this input makes it, of the one that is there. */
export function revisedEvent(
  id: string,
  input: EventInput,
  document: EventDocument,
  old: SourcedEvent | undefined,
): Event {
  const now = new Date().toISOString();
  const mode = input.mode ?? old?.mode ?? "new";
  // What was silent comes onto the wire now: it stands in the feeds as what is new does, not among what readers have seen.
  const place = old !== undefined && !surfaces(old.mode, mode) ? old : undefined;
  // A moment on the wire never changes, unless it is wrong beyond doubt: nothing came onto the wire in the future.
  const came = place === undefined || liesAhead(place.published_at) ? (input.published_at ?? now) : place.published_at;
  return {
    ...document,
    id,
    log: place?.log ?? 0,
    revision: (old?.revision ?? 0) + 1,
    mode,
    published_at: came,
    updated_at: now,
    retracted: null,
  };
}

const saysTheSame = (old: SourcedEvent, event: Event, document: EventDocument): boolean =>
  old.retracted === null &&
  old.mode === event.mode &&
  old.published_at === event.published_at &&
  changedFields(old, document).length === 0;

/**
 * Retracts an event: a tombstone stays, with the reason. Retracting it again with the same reason changes nothing. `seen` as in `putEvent`.
 */
export async function retractEvent(
  db: D1Database,
  id: string,
  reason: string,
  names: Names,
  seen?: number,
): Promise<SourcedEvent> {
  const first = await readEvent(db, id);
  if (first === undefined) throw notFound(`There is no event "${id}"`);
  return untilSettled(async () => {
    const old = await requireEvent(db, id);
    if (old.retracted === reason) return old;
    refuseLostRace(id, seen ?? first.revision, old);
    const { sources: _, ...event } = old;
    const updated_at = new Date().toISOString();
    await commit(db, names, "event.retracted", { ...event, revision: old.revision + 1, updated_at, retracted: reason });
    return requireEvent(db, id);
  });
}

async function requireEvent(db: D1Database, id: string): Promise<SourcedEvent> {
  const event = await readEvent(db, id);
  if (event === undefined) throw new Error(`event ${id} vanished`);
  return event;
}

const revisionOf = (event: SourcedEvent | undefined): number => event?.revision ?? 0;

/** Nobody's correction is written over unseen. */
function refuseLostRace(id: string, from: number, now: SourcedEvent | undefined): void {
  if (from === revisionOf(now)) return;
  throw new Problem(409, "Conflict", `Event "${id}" was changed by another request in between; read it and try again`);
}

/** Slugs in place of the names as the curator wrote them; refuses what is not on record. */
export async function resolveDocument(db: D1Database, document: EventDocument, names: Names): Promise<EventDocument> {
  const errors: InputError[] = [];
  const resolve = (field: "places" | "actors" | "topics", kind: NameKind): string[] => {
    const slugs = document[field].map((written, i) => {
      const slug = resolveName(names, kind, written);
      if (slug === undefined)
        errors.push({ path: `${field}.${i}`, message: `no ${kind} of the name "${written}" is on record` });
      return slug ?? written;
    });
    return [...new Set(slugs)];
  };
  const [places, actors, topics] = [resolve("places", "place"), resolve("actors", "actor"), resolve("topics", "topic")];
  const { results } = await db
    .prepare("SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?))")
    .bind(JSON.stringify(document.articles))
    .all<{ id: string }>();
  const known = new Set(results.map((row) => row.id));
  for (const [i, article] of document.articles.entries()) {
    if (!known.has(article)) errors.push({ path: `articles.${i}`, message: `there is no article "${article}"` });
  }
  if (errors.length > 0) throw badRequest(errors);
  return { ...document, places, actors, topics };
}

/**
 * Writes a new revision, its log entry, its links and its indexes in one transaction. Without a place in the log (0) it gets that of
 * the entry.
 */
async function commit(db: D1Database, names: Names, kind: LogKind, event: Event): Promise<void> {
  const { id, log, revision, mode, published_at, updated_at, retracted, ...document } = event;
  const row = [revision, mode, published_at, updated_at, JSON.stringify(document), retracted];
  const statements = [
    // Fails the batch where another request has written the same revision in between.
    db
      .prepare(
        `INSERT INTO revisions (event, log, revision, at, document, retracted) VALUES (?, ${THIS_ENTRY}, ?, ?, ?, ?)`,
      )
      .bind(id, revision, updated_at, JSON.stringify(document), retracted),
    ...(log === 0
      ? [db.prepare("DELETE FROM event_index WHERE rowid IN (SELECT log FROM events WHERE id = ?)").bind(id)]
      : []),
    db
      .prepare(
        `INSERT INTO events (id, log, revision, mode, published_at, updated_at, document, retracted)
         VALUES (?, ${THIS_ENTRY}, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, mode = excluded.mode, updated_at = excluded.updated_at,
           document = excluded.document, retracted = excluded.retracted, published_at = excluded.published_at,
           log = iif(?, excluded.log, log)`,
      )
      .bind(id, ...row, log === 0 ? 1 : 0),
    ...fileNames(db, id, eventNames(event), mode !== "silent"),
    db.prepare("DELETE FROM links WHERE event = ? AND listed = 1").bind(id),
    db
      .prepare("INSERT INTO links (event, article, listed) SELECT DISTINCT ?, value, 1 FROM json_each(?)")
      .bind(id, JSON.stringify(document.articles)),
    ...fileNamesOfEvent(db, id),
    ...fileEntries(db, "event_index", log, indexEntries(analyse(eventMatchable(event, names), names.vocabulary))),
  ];
  try {
    await commitEntry(db, { at: updated_at, kind, subject: id, revision }, statements);
  } catch (error) {
    const now = await readEvent(db, id);
    if ((now?.revision ?? 0) >= revision) throw new Overtaken(id);
    throw error;
  }
}
