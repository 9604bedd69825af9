/** An event as it would stand on record, before it is written. */
import { badRequest, type InputError } from "../../http/problem.ts";
import { MAX_LINKS } from "../articles/read-articles.ts";
import { liesAhead, surfaces } from "../fields.ts";
import type { NameKind } from "../names/name.ts";
import { type Names, resolveName } from "../names/read-names.ts";
import { changedFields, type Event, type EventDocument, type EventInput, eventDocument } from "./event.ts";
import { readEvent, type Source, type SourcedEvent } from "./read-events.ts";

export interface EventDraft {
  event: SourcedEvent;
  /** The one that it would take the place of. */
  old: SourcedEvent | undefined;
  /** What it would say otherwise than that one; nothing where there is none. */
  changed: (keyof EventDocument)[];
}

/** What `putEvent` would make of an input. Writes nothing; throws a Problem (400) where something in it is not on record. */
export async function draftEvent(db: D1Database, id: string, input: EventInput, names: Names): Promise<EventDraft> {
  const document = await resolveDocument(db, eventDocument(input), names);
  const old = await readEvent(db, id);
  const sources = await readSources(db, id, document.articles);
  const event = { ...revisedEvent(id, input, document, old), sources };
  return { event, old, changed: old === undefined ? [] : changedFields(old, document) };
}

/** The articles that an event lists, and those that named it. */
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
