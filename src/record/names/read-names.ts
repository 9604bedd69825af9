/** The names on record, as one vocabulary. */
import { RecordCache } from "../../platform/cache.ts";
import { makeVocabulary, readName, type Vocabulary } from "../../query/names.ts";
import { splitWords } from "../../query/words.ts";
import { commitEntry, type Head, THIS_ENTRY } from "../log.ts";
import { type NameInput, type NameKind, type NameRecord, queryName } from "./name.ts";

export interface Names {
  /** The number of the log entry that last changed a name. */
  version: number;
  vocabulary: Vocabulary;
  records: ReadonlyMap<string, NameRecord>;
}

const cachedNames = new RecordCache<Names>({ entries: 1 });

/** Returns the names at a head of the log, or later. */
export const readNames = (db: D1Database, { names }: Head): Promise<Names> =>
  cachedNames.at(db, names, "", () => readAllNames(db, names));

async function readAllNames(db: D1Database, version: number): Promise<Names> {
  const { results } = await db.prepare("SELECT document FROM names ORDER BY id").all<{ document: string }>();
  const records = results.map(({ document }): NameRecord => JSON.parse(document));
  return {
    version,
    vocabulary: makeVocabulary(records.map(queryName)),
    records: new Map(records.map((record) => [record.id, record])),
  };
}

/** Puts a name on record. Answers whether that changed anything, and if it is new. */
export async function putName(db: D1Database, id: string, input: NameInput): Promise<"created" | "changed" | "same"> {
  const document = JSON.stringify({ id, ...input });
  const old = await db.prepare("SELECT document FROM names WHERE id = ?").bind(id).first<string>("document");
  if (old === document) return "same";
  await commitEntry(db, { at: new Date().toISOString(), kind: "name.changed", subject: id }, [
    db
      .prepare(
        `INSERT INTO names (id, log, document) VALUES (?1, ${THIS_ENTRY}, ?2)
         ON CONFLICT (id) DO UPDATE SET log = excluded.log, document = excluded.document`,
      )
      .bind(id, document),
  ]);
  return old === null ? "created" : "changed";
}

/** The slug of a name of one kind, given its slug or any of its spellings; undefined where there is no such name. */
export function resolveName(names: Names, kind: NameKind, written: string): string | undefined {
  if (names.records.has(`${kind}:${written}`)) return written;
  const words = splitWords(written);
  const found = readName(names.vocabulary, words, (end) => end === words.length, kind);
  return found?.ids[0]?.slice(kind.length + 1);
}

/** How a name is shown: its label, or the words themselves where no such name is on record. */
export const labelOf = (names: Names, id: string): string =>
  names.records.get(id)?.label ?? id.slice(id.indexOf(":") + 1);
