/** The history of an event: its revisions, and the articles that were added to its sources without a revision. */
import type { EventDocument } from "./event.ts";

/** One revision of an event: its document, and why it was retracted; null if it was not. */
export interface Revision {
  document: EventDocument;
  retracted: string | null;
}

export interface DatedRevision extends Revision {
  /** From 1. */
  revision: number;
  /** When the revision was written, RFC 3339 in UTC. */
  at: string;
}

/** An article that is or was a source of the event. */
export interface HistoricSource {
  id: string;
  title: string;
  /** The language of the title, BCP 47; null if not known. */
  language: string | null;
  /** When it was added to the sources without a revision; null if a revision names it. */
  linked_at: string | null;
  /** When it was last corrected; null if never. */
  corrected_at: string | null;
}

export interface EventHistory {
  /** Newest first. */
  revisions: DatedRevision[];
  /** The articles that the revisions name or that the event rests on, by id, as far as they are on record. */
  sources: ReadonlyMap<string, HistoricSource>;
}

/** Maximum revisions that are compared with the one before. */
export const COMPARED = 50;
/** Maximum length of all revisions that are read, in characters. The newest two are read whatever their length. */
const CHARACTERS = 150_000;
/** Maximum articles that are read. */
const SOURCES = 200;

/** Reads the newest revisions of an event, one more than are compared, and the articles that they name. */
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

/** Reads one revision of an event; undefined if there is none. */
export async function readRevision(db: D1Database, event: string, revision: number): Promise<Revision | undefined> {
  const row = await db
    .prepare("SELECT document, retracted FROM revisions WHERE event = ? AND revision = ?")
    .bind(event, revision)
    .first<{ document: string; retracted: string | null }>();
  return row === null ? undefined : { document: JSON.parse(row.document), retracted: row.retracted };
}
