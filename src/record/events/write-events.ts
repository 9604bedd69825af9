/** Events in D1: adding, correcting and retracting. */
import { notFound, Problem } from "../../http/problem.ts";
import { indexEntries } from "../../query/narrow.ts";
import { analyse } from "../../query/text.ts";
import { fileNamesOfEvent } from "../articles/linked-names.ts";
import { commitEntry, type LogKind, THIS_ENTRY } from "../log.ts";
import type { Names } from "../names/read-names.ts";
import { Overtaken, untilSettled } from "../overtaken.ts";
import { fileEntries } from "../search/full-text.ts";
import { resolveDocument, revisedEvent } from "./draft-event.ts";
import { changedFields, type Event, type EventDocument, type EventInput, eventDocument, eventNames } from "./event.ts";
import { fileNames } from "./event-names.ts";
import { eventMatchable } from "./event-text.ts";
import { readEvent, type SourcedEvent } from "./read-events.ts";

export interface EventPut {
  event: SourcedEvent;
  outcome: "created" | "corrected" | "same";
}

/**
 * Puts an event on record: adds it, or corrects it if it differs. The old revision stays on record. A retracted event is restored. `seen` is the
 * revision that the caller edited, 0 for none; the default is the present one. Throws a Problem (409) if the event has another revision, or
 * if another request changes it at the same time.
 */
export async function putEvent(
  db: D1Database,
  id: string,
  input: EventInput,
  names: Names,
  seen?: number,
): Promise<EventPut> {
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

const saysTheSame = (old: SourcedEvent, event: Event, document: EventDocument): boolean =>
  old.retracted === null &&
  old.mode === event.mode &&
  old.published_at === event.published_at &&
  changedFields(old, document).length === 0;

/**
 * Retracts an event. It stays on record with the reason. Retracting it again with the same reason changes nothing. `seen` as in `putEvent`.
 * Throws a Problem (404) if there is no such event.
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

/** Throws a Problem (409) if the event has changed since the caller read it, so that no change is overwritten unseen. */
function refuseLostRace(id: string, from: number, now: SourcedEvent | undefined): void {
  if (from === revisionOf(now)) return;
  throw new Problem(409, "Conflict", `Event "${id}" was changed by another request in between; read it and try again`);
}

/**
 * Writes a new revision, its log entry, its links and its indexes in one transaction. If `log` is 0, the event gets the number of the new entry.
 */
async function commit(db: D1Database, names: Names, kind: LogKind, event: Event): Promise<void> {
  const { id, log, revision, mode, published_at, updated_at, retracted, ...document } = event;
  const row = [revision, mode, published_at, updated_at, JSON.stringify(document), retracted];
  const statements = [
    // Fails the batch if another request has written the same revision.
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
