/** An event as it would be on record, before it is written. */
import { badRequest, type InputError } from "../../http/problem.ts";
import { MAX_LINKS } from "../articles/read-articles.ts";
import { liesAhead, surfaces } from "../fields.ts";
import type { NameKind } from "../names/name.ts";
import { type Names, resolveName } from "../names/read-names.ts";
import { changedFields, type Event, type EventDocument, type EventInput, eventDocument } from "./event.ts";
import { readEvent, type Source, type SourcedEvent } from "./read-events.ts";

export interface EventDraft {
  event: SourcedEvent;
  /** The event that it would replace; undefined for a new event. */
  old: SourcedEvent | undefined;
  /** The fields that would change; empty for a new event. */
  changed: (keyof EventDocument)[];
}

/** Returns the event that `putEvent` would write. Writes nothing. Throws a Problem (400) if the input names what is not on record. */
export async function draftEvent(db: D1Database, id: string, input: EventInput, names: Names): Promise<EventDraft> {
  const document = await resolveDocument(db, eventDocument(input), names);
  const old = await readEvent(db, id);
  const sources = await readSources(db, id, document.articles);
  const event = { ...revisedEvent(id, input, document, old), sources };
  return { event, old, changed: old === undefined ? [] : changedFields(old, document) };
}

/** Reads the articles that an event lists, and the articles that named it. */
async function readSources(db: D1Database, event: string, listed: readonly string[]): Promise<Source[]> {
  const { results } = await db
    .prepare(
      `SELECT id, url, title, publisher, published_at, language, ours, CASE WHEN corrected THEN updated_at END AS changed_at
       FROM articles WHERE id IN (SELECT value FROM json_each(?2))
         OR id IN (SELECT article FROM links WHERE event = ?1 AND listed = 0) ORDER BY log LIMIT ${MAX_LINKS}`,
    )
    .bind(event, JSON.stringify(listed))
    .all<Omit<Source, "ours"> & { ours: string }>();
  return results.map(({ ours, ...source }) => ({ ...source, ours: JSON.parse(ours) }));
}

/** Returns the next revision of an event from an input. */
export function revisedEvent(
  id: string,
  input: EventInput,
  document: EventDocument,
  old: SourcedEvent | undefined,
): Event {
  const now = new Date().toISOString();
  const mode = input.mode ?? old?.mode ?? "new";
  // An event that was silent comes onto the wire now, as a new one does. Its old place is among items that readers have seen.
  const place = old !== undefined && !surfaces(old.mode, mode) ? old : undefined;
  // A moment on the wire never changes, unless it is certainly wrong because it is in the future.
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

/** Replaces the names that the curator wrote by slugs. Throws a Problem (400) for names and articles that are not on record. */
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
