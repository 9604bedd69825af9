/** The log: append-only, its numbers without a gap. Whatever follows the record keeps a cursor into it. */

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
  /** The id of the article, event or name. */
  subject: string;
  /** Of an event: the revision that the entry brought. */
  revision: number | null;
}

/** What an entry says; the log gives it its number. */
export type NewEntry = Omit<LogEntry, "number" | "revision"> & { revision?: number };

/**
 * Appends an entry and makes the change that it tells of, in one transaction, so that there is no change without its entry
 * and no number without a change. Time never goes back in the log, whichever isolate's clock gave it.
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

/** In the statements of a change: the number of its entry. */
export const THIS_ENTRY = "(SELECT number FROM head)";

/** Beyond every log entry: before it lies all that is on record. */
export const NEWEST = Number.MAX_SAFE_INTEGER;

/** Where the log ends. */
export interface Head {
  /** The number of the last entry; 0 for an empty log. */
  number: number;
  /** The number of the last entry that changed a name: the version of the vocabulary. */
  names: number;
  /** When the last entry was written; null for an empty log. */
  at: string | null;
}

/** For so long a head that was read is good for all, in milliseconds. */
const RECENT = 400;
/** And for so long it still is while one request reads the next one. */
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

/** Where the log ended less than a second ago; undefined where that has to be read. After a change by the same isolate, it has. */
export function recentHead(db: D1Database): Head | undefined {
  const { recent, looked } = heads.of(db);
  if (recent === undefined) return undefined;
  const now = Date.now();
  const age = Math.abs(now - recent.at);
  return age < RECENT || (age < STALE && Math.abs(now - looked) < STALE - RECENT) ? recent.head : undefined;
}

/** The same, read where it has to be. With `atLeast`, a head that has this entry. */
export async function readRecentHead(db: D1Database, atLeast = 0): Promise<Head> {
  const head = recentHead(db);
  if (head !== undefined && head.number >= atLeast) return head;
  heads.of(db).looked = Date.now();
  return readHead(db);
}

export async function readHead(db: D1Database): Promise<Head> {
  const cached = heads.of(db);
  const at = Date.now();
  const { commits } = cached;
  const head = await db.prepare("SELECT number, names, at FROM head").first<Head>();
  if (head === null) throw new Error("the record has no head: its migrations were not applied");
  // A read that began earlier may end later.
  const { recent } = cached;
  if (recent !== undefined && recent.at > at && recent.head.number > head.number) return recent.head;
  if (commits === cached.commits) cached.recent = { head, at };
  return head;
}

/** The entries after a cursor, in order. */
export async function readEntries(db: D1Database, after: number, limit: number): Promise<LogEntry[]> {
  const { results } = await db
    .prepare("SELECT number, at, kind, subject, revision FROM log WHERE number > ? ORDER BY number LIMIT ?")
    .bind(after, limit)
    .all<LogEntry>();
  return results;
}

/** The number of the last entry that was written before a time (RFC 3339 in UTC); 0 where there is none. Reads the entries since then. */
export async function lastEntryBefore(db: D1Database, at: string): Promise<number> {
  const row = await db
    .prepare("SELECT number FROM log WHERE at < ? ORDER BY number DESC LIMIT 1")
    .bind(at)
    .first<{ number: number }>();
  return row?.number ?? 0;
}
