/** An event as it would stand on record, before it is written. */
import { MAX_LINKS } from "../articles/read-articles.ts";
import type { Names } from "../names/read-names.ts";
import { changedFields, type EventDocument, type EventInput, eventDocument } from "./event.ts";
import { readEvent, resolveDocument, revisedEvent, type Source, type SourcedEvent } from "./events.ts";

export interface Draft {
  event: SourcedEvent;
  /** The one that it would take the place of. */
  old: SourcedEvent | undefined;
  /** What it would say otherwise than that one; nothing where there is none. */
  changed: (keyof EventDocument)[];
}

/** What `putEvent` would make of an input. Writes nothing; throws a Problem (400) where something in it is not on record. */
export async function draftEvent(db: D1Database, id: string, input: EventInput, names: Names): Promise<Draft> {
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
