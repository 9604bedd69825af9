/** Events in D1. */
import { badRequest, type InputError, notFound, Problem } from "../problem.ts";
import { indexEntries } from "../query/narrow.ts";
import { analyse, type Matchable } from "../query/text.ts";
import { articleEvent, indexArticle, readArticlesOf } from "./articles.ts";
import { changedFields, type Event, type EventDocument, type EventInput, eventDocument, eventNames } from "./event.ts";
import { commitEntry, type LogKind, THIS_ENTRY } from "./log.ts";
import type { NameKind } from "./name.ts";
import { type Names, resolveName } from "./names.ts";
import { fileEntries } from "./search.ts";

/** An article as an event's source. */
export interface Source {
  id: string;
  url: string | null;
  title: string;
  publisher: string | null;
  published_at: string | null;
  language: string | null;
  ours: readonly string[];
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
    (SELECT json_group_array(json_object('id', a.id, 'url', a.url, 'title', a.title, 'publisher', a.publisher,
        'published_at', a.published_at, 'language', a.language, 'ours', json(a.ours)) ORDER BY a.log)
       FROM articles a WHERE a.id IN (SELECT article FROM links WHERE event = e.id)) AS sources
  FROM events e`;

function fromRow({ document, sources, ...row }: EventRow): SourcedEvent {
  const parsed: EventDocument = JSON.parse(document);
  return { ...parsed, ...row, sources: JSON.parse(sources) };
}

export async function readEvent(db: D1Database, id: string): Promise<SourcedEvent | undefined> {
  const row = await db.prepare(`${SELECT} WHERE e.id = ?`).bind(id).first<EventRow>();
  return row ? fromRow(row) : undefined;
}

/** What an event said in one of its revisions. */
export async function readRevision(
  db: D1Database,
  event: string,
  revision: number,
): Promise<EventDocument | undefined> {
  const document = await db
    .prepare("SELECT document FROM revisions WHERE event = ? AND revision = ?")
    .bind(event, revision)
    .first<string>("document");
  return document === null ? undefined : JSON.parse(document);
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

/** An event as the query language sees it: what it says and who claims what. Its names count as if they stood in the text. */
export function eventMatchable(event: EventDocument, names: Names): Matchable {
  const claims = event.claims.map(({ by, says }) => `${claimant(names, by)}: ${says}`);
  return { title: event.title, text: [event.summary, ...claims].join("\n"), language: "en", about: eventNames(event) };
}

/** Who makes a claim, as it is shown: an actor's label, else the words themselves. */
export const claimant = (names: Names, by: string): string => names.records.get(`actor:${by}`)?.label ?? by;

export interface Put {
  event: SourcedEvent;
  outcome: "created" | "corrected" | "same";
}

/**
 * Puts an event on record. An event that stands there already is corrected, and its old revision kept; one that says the same is
 * left as it is; a retracted one stands again.
 */
export async function putEvent(db: D1Database, id: string, input: EventInput, names: Names): Promise<Put> {
  const document = await resolveDocument(db, eventDocument(input), names);
  const old = await readEvent(db, id);
  const mode = input.mode ?? old?.mode ?? "new";
  const same = old && old.retracted === null && old.mode === mode && changedFields(old, document).length === 0;
  if (same) return { event: old, outcome: "same" };
  const now = new Date().toISOString();
  const publishedAt = old?.published_at ?? input.published_at ?? now;
  await commit(db, names, old ? "event.corrected" : "event.added", {
    ...document,
    id,
    log: old?.log ?? 0,
    revision: (old?.revision ?? 0) + 1,
    mode,
    published_at: publishedAt,
    updated_at: now,
    retracted: null,
  });
  const event = await readEvent(db, id);
  if (event === undefined) throw new Error(`event ${id} vanished after it was put`);
  return { event, outcome: old ? "corrected" : "created" };
}

/** Retracts an event: a tombstone stays, with the reason. Retracting it again with the same reason changes nothing. */
export async function retractEvent(db: D1Database, id: string, reason: string, names: Names): Promise<SourcedEvent> {
  const old = await readEvent(db, id);
  if (old === undefined) throw notFound(`There is no event "${id}"`);
  if (old.retracted === reason) return old;
  const { sources, ...event } = old;
  const retracted = { ...event, revision: old.revision + 1, updated_at: new Date().toISOString(), retracted: reason };
  await commit(db, names, "event.retracted", retracted);
  return { ...retracted, sources };
}

/** Slugs in place of the names as the curator wrote them; refuses what is not on record. */
async function resolveDocument(db: D1Database, document: EventDocument, names: Names): Promise<EventDocument> {
  const errors: InputError[] = [];
  const resolve = (field: "places" | "actors" | "topics", kind: NameKind): string[] =>
    document[field].map((written, i) => {
      const slug = resolveName(names, kind, written);
      if (slug === undefined)
        errors.push({ path: `${field}.${i}`, message: `no ${kind} of the name "${written}" is on record` });
      return slug ?? written;
    });
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

/** Writes a new revision, its log entry, its links and both indexes in one transaction. */
async function commit(db: D1Database, names: Names, kind: LogKind, event: Event): Promise<void> {
  const { id, log: _, revision, mode, published_at, updated_at, retracted, ...document } = event;
  const row = [revision, mode, published_at, updated_at, JSON.stringify(document), retracted];
  const statements = [
    // Fails the batch where another request has written the same revision in between.
    db
      .prepare(
        `INSERT INTO revisions (event, log, revision, at, document, retracted) VALUES (?, ${THIS_ENTRY}, ?, ?, ?, ?)`,
      )
      .bind(id, revision, updated_at, JSON.stringify(document), retracted),
    db
      .prepare(
        `INSERT INTO events (id, log, revision, mode, published_at, updated_at, document, retracted)
         VALUES (?, ${THIS_ENTRY}, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, mode = excluded.mode, updated_at = excluded.updated_at,
           document = excluded.document, retracted = excluded.retracted`,
      )
      .bind(id, ...row),
    db.prepare("DELETE FROM links WHERE event = ? AND listed = 1").bind(id),
    db
      .prepare("INSERT INTO links (event, article, listed) SELECT DISTINCT ?, value, 1 FROM json_each(?)")
      .bind(id, JSON.stringify(document.articles)),
    ...(await indexStatements(db, names, event)),
  ];
  try {
    await commitEntry(db, { at: updated_at, kind, subject: id, revision }, statements);
  } catch (error) {
    const now = await readEvent(db, id);
    if ((now?.revision ?? 0) >= revision) {
      throw new Problem(
        409,
        "Conflict",
        `Event "${id}" was changed by another request in between; read it and try again`,
      );
    }
    throw error;
  }
}

/** The event's own row in the index, and those of the articles that gain, keep or lose it. */
async function indexStatements(db: D1Database, names: Names, event: Event): Promise<D1PreparedStatement[]> {
  const entries = indexEntries(analyse(eventMatchable(event, names), names.vocabulary));
  const articles = await readArticlesOf(db, event.id, event.articles);
  const told = event.retracted === null ? [articleEvent(event.id, event)] : [];
  return [
    ...fileEntries(db, "event_index", event.log, entries),
    ...articles.flatMap(({ linked, article }) => {
      const others = article.events.filter((other) => other.id !== event.id);
      return indexArticle(db, { ...article, events: linked ? [...others, ...told] : others }, names);
    }),
  ];
}
