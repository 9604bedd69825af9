/** Names in D1: reading all of them as one vocabulary. */
import { RecordCache } from "../../platform/cache.ts";
import { makeVocabulary, readName, type Vocabulary } from "../../query/names.ts";
import { splitWords } from "../../query/words.ts";
import type { Head } from "../log.ts";
import { type NameKind, type NameRecord, queryName } from "./name.ts";

export interface Names {
  /** The number of the log entry that last changed a name. The names may be newer, never older. */
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

/** Returns the slug of a name of a kind, given the slug or any spelling; undefined if there is no such name. */
export function resolveName(names: Names, kind: NameKind, written: string): string | undefined {
  if (names.records.has(`${kind}:${written}`)) return written;
  const words = splitWords(written);
  const found = readName(names.vocabulary, words, (end) => end === words.length, kind);
  return found?.ids[0]?.slice(kind.length + 1);
}

/** Returns the label of a name, or the slug if the name is not on record. */
export const labelOf = (names: Names, id: string): string =>
  names.records.get(id)?.label ?? id.slice(id.indexOf(":") + 1);
