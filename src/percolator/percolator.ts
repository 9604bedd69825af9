/**
 * Finds which of many queries match one text. Each query is filed under its anchors, with its remaining checks. A text
 * reads the rows of its own index entries and runs the checks in them. The work grows with the queries that share an
 * anchor with the text, not with all queries.
 *
 * The result is a list of candidates. The predicate decides and explains each match.
 */
import type { AnalysedText } from "../query/text.ts";
import type { Query } from "../query/tree.ts";
import type { IndexEntries, IndexEntry } from "./index-entry.ts";
import { entriesOf, planOf, type RowLoad } from "./plan.ts";
import { encodeAll, PostingEvaluation, without } from "./posting.ts";
import { TextIndex } from "./text-index.ts";

/** Receives the row of the index entry number `index` of those requested: the units from `from` to `to` (exclusive). */
export type VisitRow = (index: number, units: Uint16Array, from: number, to: number) => void;

/** Storage of the rows: one row for each index entry that queries are filed under. */
export interface PostingStore {
  /** Makes the index entries of the rows. */
  readonly entries: IndexEntries;
  /** Calls `visit` for each requested row that exists, in order. May answer from a cache: see `SqlPostings`. */
  read(entries: readonly IndexEntry[], visit: VisitRow): void;
  /** Appends postings to the row of an index entry. */
  append(entry: IndexEntry, postings: Uint16Array): void;
  /**
   * Replaces the postings of an index entry. The store may keep a long row in several parts; then it calls `change`
   * once for each part. A posting never spans two parts. `change` returns an unchanged part as the same array.
   */
  change(entry: IndexEntry, change: (postings: Uint16Array) => Uint16Array): void;
  /** Returns the lengths of rows in units; 0 for an index entry without a row. */
  loads(entries: readonly IndexEntry[]): number[];
  /** Whether any query was ever filed under the beginning of a word. */
  readonly beginnings: boolean;
}

/** Numbers of queries, in no particular order. Each query is in at most one list, once. */
export interface Candidates {
  /** Queries that match, unless two words have equal hashes. */
  found: number[];
  /**
   * Queries that fail only because of a NOT. They match if two words have equal hashes, so the predicate must decide.
   */
  excluded: number[];
}

export class Percolator {
  readonly #store: PostingStore;

  constructor(store: PostingStore) {
    this.#store = store;
  }

  /** Files a query. Returns the index entries that it is filed under, which `remove` needs. */
  add(query: number, tree: Query): IndexEntry[] {
    const anchors = planOf(tree, this.#store.entries, this.#loads(tree));
    const postings = encodeAll(query, anchors, (entry) => this.#store.loads([entry])[0] ?? 0);
    for (const [i, { reference }] of anchors.entries()) {
      this.#store.append(reference.entry, postings[i] ?? new Uint16Array());
    }
    return [...new Set(anchors.map(({ reference }) => reference.entry))];
  }

  remove(query: number, entries: readonly IndexEntry[]): void {
    for (const entry of entries) this.#store.change(entry, (postings) => without(postings, query));
  }

  /** Finds the queries that may match. Each query that does match is in one of the lists, even if hashes collide. */
  match(text: AnalysedText): Candidates {
    const store = this.#store;
    const index = new TextIndex(text, store.entries, store.beginnings);
    const evaluation = new PostingEvaluation(index);
    const { entries, senses } = index;
    store.read(entries, (i, units, from, to) => {
      evaluation.run(entries[i] as IndexEntry, units, from, to, senses[i] as number);
    });
    return { found: evaluation.found, excluded: evaluation.excluded };
  }

  /**
   * Returns the row lengths of the index entries that a query could be filed under. Reads none if there is no choice.
   */
  #loads(tree: Query): RowLoad {
    const entries = [...new Set(entriesOf(tree, this.#store.entries))];
    if (entries.length <= 1) return () => 0;
    const waiting = this.#store.loads(entries);
    const loads = new Map(entries.map((entry, i) => [entry, waiting[i] ?? 0]));
    return (entry) => loads.get(entry) ?? 0;
  }
}
