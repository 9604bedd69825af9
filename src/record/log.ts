/** The log of changes: append-only, with gapless numbers. Whatever follows the record has a cursor into the log. */

import { PerDatabase } from "../platform/cache.ts";

export type LogKind =
  | "article.added"
  | "article.corrected"
  | "event.added"
  | "event.corrected"
  | "event.retracted"
  | "name.changed";

export interface LogEntry {
  number: number;
  at: string;
  kind: LogKind;
  /** The id of the article, event or name that changed. */
  subject: string;
  /** The revision that the entry added; null unless it is about an event. */
  revision: number | null;
}

/** An entry without its number, which the log assigns. */
export type NewEntry = Omit<LogEntry, "number" | "revision"> & { revision?: number };

/**
 * Appends an entry and makes its change in one transaction, so that there is no change without an entry and no entry without a change.
 * If the clock of this isolate is behind, the entry gets the time of the entry before it: time never goes back in the log.
 */
export async function commitEntry(
  db: D1Database,
  { at, kind, subject, revision }: NewEntry,
  change: readonly D1PreparedStatement[],
): Promise<void> {
  const entry = db
    .prepare(
      `INSERT INTO log (number, at, kind, subject, revision)
       SELECT number + 1, max(?, coalesce(at, '')), ?, ?, ? FROM head`,
    )
    .bind(at, kind, subject, revision ?? null);
  try {
    await db.batch([entry, ...change]);
  } finally {
    const cached = heads.of(db);
    cached.recent = undefined;
    cached.commits++;
  }
}

/** SQL for the number of the new entry, for the statements of its change. */
export const THIS_ENTRY = "(SELECT number FROM head)";

/** A number after every log entry: all items on record come before it. */
export const NEWEST = Number.MAX_SAFE_INTEGER;

/** The end of the log. */
export interface Head {
  /** The number of the last entry; 0 for an empty log. */
  number: number;
  /** The number of the last entry that changed a name: the version of the names. */
  names: number;
  /** When the last entry was written; null for an empty log. */
  at: string | null;
}

/** How long a cached head is fresh, in ms. */
const RECENT = 400;
/** How long a cached head is still used while another request reads the head, in ms. */
const STALE = 800;

interface CachedHead {
  /** The head, and when it was read, in ms of Unix time. */
  recent: { head: Head; at: number } | undefined;
  /** When a request last began to read it, in ms of Unix time. */
  looked: number;
  /** Changes that this isolate has made: a head that was read before the last of them may be stale. */
  commits: number;
}

const heads = new PerDatabase((): CachedHead => ({ recent: undefined, looked: 0, commits: 0 }));

/** Returns the cached head, less than a second old; undefined if the head must be read, as after a change by this isolate. */
export function recentHead(db: D1Database): Head | undefined {
  const { recent, looked } = heads.of(db);
  if (recent === undefined) return undefined;
  const now = Date.now();
  const age = Math.abs(now - recent.at);
  return age < RECENT || (age < STALE && Math.abs(now - looked) < STALE - RECENT) ? recent.head : undefined;
}

/** Returns the head of the log, from the cache or from D1. It has the entry `atLeast`. */
export async function readRecentHead(db: D1Database, atLeast = 0): Promise<Head> {
  const head = recentHead(db);
  if (head !== undefined && head.number >= atLeast) return head;
  heads.of(db).looked = Date.now();
  return readHead(db);
}

/** Reads the head of the log from D1. */
export async function readHead(db: D1Database): Promise<Head> {
  const cached = heads.of(db);
  const at = Date.now();
  const { commits } = cached;
  const head = await db.prepare("SELECT number, names, at FROM head").first<Head>();
  if (head === null) throw new Error("the record has no head: its migrations are not applied");
  // An earlier read may end later.
  const { recent } = cached;
  if (recent !== undefined && recent.at > at && recent.head.number > head.number) return recent.head;
  if (commits === cached.commits) cached.recent = { head, at };
  return head;
}

/** Reads the entries after a cursor, in order. */
export async function readEntries(db: D1Database, after: number, limit: number): Promise<LogEntry[]> {
  const { results } = await db
    .prepare("SELECT number, at, kind, subject, revision FROM log WHERE number > ? ORDER BY number LIMIT ?")
    .bind(after, limit)
    .all<LogEntry>();
  return results;
}

/** Returns the number of the last entry before a time (RFC 3339 in UTC), or 0. The query reads all entries since then. */
export async function lastEntryBefore(db: D1Database, at: string): Promise<number> {
  const row = await db
    .prepare("SELECT number FROM log WHERE at < ? ORDER BY number DESC LIMIT 1")
    .bind(at)
    .first<{ number: number }>();
  return row?.number ?? 0;
}
