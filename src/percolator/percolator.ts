/**
 * Many queries, one text: which of them match? Each query is filed under its anchors, with what is left to check beside each. A
 * text reads the rows of its own entries and runs the checks in them. The work grows with the queries that share an anchor with
 * the text, not with all there are.
 *
 * It narrows so far that hardly anything is left over, but it narrows: whoever explains a match asks the predicate.
 */
import type { AnalysedText } from "../query/text.ts";
import type { Query } from "../query/tree.ts";
import type { Entries, Entry } from "./entry.ts";
import { entriesOf, type Load, planOf } from "./plan.ts";
import { Evaluation, encodeAll, without } from "./posting.ts";
import { TextIndex } from "./text-index.ts";

/** Is shown the row of the entry number `index` of those asked for: the units from `from` to `to` (exclusive). */
export type Visit = (index: number, units: Uint16Array, from: number, to: number) => void;

/** Where the rows are kept: one for each entry that queries are filed under. */
export interface PostingStore {
  /** Makes the entries of its rows. */
  readonly entries: Entries;
  /** Shows the rows that there are of some entries, in their order. May answer from a cache: see `SqlPostings`. */
  read(entries: readonly Entry[], visit: Visit): void;
  /** Appends postings to the row of an entry. */
  append(entry: Entry, postings: Uint16Array): void;
  /**
   * Replaces the postings of an entry. The store may keep a long row in several parts; then it calls `change` once for each part. A posting
   * never spans two parts. An unchanged part is returned as the same array.
   */
  change(entry: Entry, change: (postings: Uint16Array) => Uint16Array): void;
  /** Returns the lengths of rows in units; 0 for an entry without a row. */
  loads(entries: readonly Entry[]): number[];
  /** Whether any query was ever filed under the beginning of a word. */
  readonly beginnings: boolean;
}

/** Numbers of queries, in no particular order. Each query is in one list at most, once. */
export interface Candidates {
  /** Queries that match, unless two words have equal hashes. */
  found: number[];
  /** Queries that fail only because of a NOT. They match if two words have equal hashes, so the predicate must decide. */
  excluded: number[];
}

export class Percolator {
  readonly #store: PostingStore;

  constructor(store: PostingStore) {
    this.#store = store;
  }

  /** Files a query; returns the entries that it is filed under, which `remove` needs again. */
  add(query: number, tree: Query): Entry[] {
    const anchors = planOf(tree, this.#store.entries, this.#loads(tree));
    const postings = encodeAll(query, anchors, (entry) => this.#store.loads([entry])[0] ?? 0);
    for (const [i, { reference }] of anchors.entries()) {
      this.#store.append(reference.entry, postings[i] ?? new Uint16Array());
    }
    return [...new Set(anchors.map(({ reference }) => reference.entry))];
  }

  remove(query: number, entries: readonly Entry[]): void {
    for (const entry of entries) this.#store.change(entry, (postings) => without(postings, query));
  }

  /** Finds the queries that may match. Each query that does match is in one of the lists, even if hashes collide. */
  match(text: AnalysedText): Candidates {
    const store = this.#store;
    const index = new TextIndex(text, store.entries, store.beginnings);
    const evaluation = new Evaluation(index);
    const { entries, senses } = index;
    store.read(entries, (i, units, from, to) => {
      evaluation.run(entries[i] as Entry, units, from, to, senses[i] as number);
    });
    return { found: evaluation.found, excluded: evaluation.excluded };
  }

  /** How much is filed already under the entries that a query might be filed under; not asked for where there is no choice. */
  #loads(tree: Query): Load {
    const entries = [...new Set(entriesOf(tree, this.#store.entries))];
    if (entries.length <= 1) return () => 0;
    const waiting = this.#store.loads(entries);
    const loads = new Map(entries.map((entry, i) => [entry, waiting[i] ?? 0]));
    return (entry) => loads.get(entry) ?? 0;
  }
}
