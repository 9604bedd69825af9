/** The log: append-only, its numbers without a gap. Whatever follows the record keeps a cursor into it. */

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

/**
 * The statement that appends an entry. It must stand first in the batch (one transaction) that makes the change, so that
 * there is no change without its entry and no number without a change.
 */
export function appendEntry(
  db: D1Database,
  at: string,
  kind: LogKind,
  subject: string,
  revision?: number,
): D1PreparedStatement {
  recent = undefined;
  return db
    .prepare("INSERT INTO log (number, at, kind, subject, revision) SELECT number + 1, ?, ?, ?, ? FROM head")
    .bind(at, kind, subject, revision ?? null);
}

/** In the statements that follow `appendEntry` in its batch: the number of the entry. */
export const THIS_ENTRY = "(SELECT number FROM head)";

/** Where the log ends. */
export interface Head {
  /** The number of the last entry; 0 for an empty log. */
  number: number;
  /** The number of the last entry that changed a name: the version of the vocabulary. */
  names: number;
  /** When the last entry was written; null for an empty log. */
  at: string | null;
}

/** How long a head may be served from memory, in milliseconds: what is read is never staler than this. */
const RECENT = 500;
let recent: { db: D1Database; head: Head; at: number } | undefined;

/** Where the log ended at most half a second ago; after a change by the same isolate, where it ends now. */
export async function readRecentHead(db: D1Database): Promise<Head> {
  if (recent?.db === db && Date.now() - recent.at < RECENT) return recent.head;
  return readHead(db);
}

export async function readHead(db: D1Database): Promise<Head> {
  const at = Date.now();
  const head = await db.prepare("SELECT number, names, at FROM head").first<Head>();
  if (head === null) throw new Error("the record has no head: its migrations were not applied");
  recent = { db, head, at };
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
