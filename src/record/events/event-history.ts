/** What became of an event since it came onto the wire: its revisions, and what came to its sources by itself. */
import type { EventDocument } from "./event.ts";

/** What an event said in one of its revisions, and why it was retracted then, if it was. */
export interface Revision {
  document: EventDocument;
  retracted: string | null;
}

export interface DatedRevision extends Revision {
  /** From 1. */
  revision: number;
  /** When it was written, RFC 3339 in UTC. */
  at: string;
}

/** An article that the event rests on, or did. */
export interface HistoricSource {
  id: string;
  title: string;
  /** Of the title, BCP 47; null where it is not known. */
  language: string | null;
  /** When it came to the event's sources by itself; null where a revision names it. */
  linked_at: string | null;
  /** When it was last corrected; null where it never was. */
  corrected_at: string | null;
}

export interface EventHistory {
  /** Newest first; each says what the one after it in the list has become. */
  revisions: DatedRevision[];
  /** All articles that these name or that the event rests on, by id, as far as they are on record. */
  sources: ReadonlyMap<string, HistoricSource>;
}

/** So many revisions are compared with the one before, */
export const COMPARED = 50;
/** as far as they are not longer than this together, in characters. The newest two always are told of. */
const CHARACTERS = 150_000;
const SOURCES = 200;

/** The newest revisions of an event, one more than are compared, and the articles that they name. */
export async function readHistory(db: D1Database, event: string): Promise<EventHistory> {
  const { results } = await db
    .prepare(
      `SELECT revision, at, document, retracted FROM (
         SELECT *, sum(length(document)) OVER newest AS size, row_number() OVER newest AS place FROM (
           SELECT revision, at, document, retracted FROM revisions WHERE event = ? ORDER BY revision DESC LIMIT ?)
         WINDOW newest AS (ORDER BY revision DESC))
       WHERE size <= ? OR place <= 2 ORDER BY revision DESC`,
    )
    .bind(event, COMPARED + 1, CHARACTERS)
    .all<Omit<DatedRevision, "document"> & { document: string }>();
  const revisions = results.map((row): DatedRevision => ({ ...row, document: JSON.parse(row.document) }));
  const named = new Set(revisions.flatMap(({ document }) => document.articles));
  return { revisions, sources: await readSources(db, event, [...named]) };
}

async function readSources(
  db: D1Database,
  event: string,
  named: readonly string[],
): Promise<Map<string, HistoricSource>> {
  const { results } = await db
    .prepare(
      `SELECT id, title, iif(EXISTS (SELECT 1 FROM json_each(ours) WHERE value = 'title'), 'en', language) AS language,
         iif(corrected, updated_at, NULL) AS corrected_at,
         iif(EXISTS (SELECT 1 FROM links WHERE event = ?1 AND article = id AND listed = 0)
           AND NOT EXISTS (SELECT 1 FROM links WHERE event = ?1 AND article = id AND listed = 1), added_at, NULL) AS linked_at
       FROM articles
       WHERE id IN (SELECT value FROM json_each(?2)) OR id IN (SELECT article FROM links WHERE event = ?1)
       ORDER BY log DESC LIMIT ?3`,
    )
    .bind(event, JSON.stringify(named), SOURCES)
    .all<HistoricSource>();
  return new Map(results.map((source) => [source.id, source]));
}

export async function readRevision(db: D1Database, event: string, revision: number): Promise<Revision | undefined> {
  const row = await db
    .prepare("SELECT document, retracted FROM revisions WHERE event = ? AND revision = ?")
    .bind(event, revision)
    .first<{ document: string; retracted: string | null }>();
  return row === null ? undefined : { document: JSON.parse(row.document), retracted: row.retracted };
}
