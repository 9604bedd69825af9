/**
 * Many queries, one text: which of them match? Each query is filed under its anchors; a text asks for the queries filed
 * under its own entries, and the predicate decides on those alone. The work grows with the queries that share an anchor with
 * the text, not with all there are.
 */
import { match, type TermFound } from "../query/match.ts";
import { indexEntriesWithNames } from "../query/narrow.ts";
import type { AnalysedText } from "../query/text.ts";
import type { Query } from "../query/tree.ts";
import { anchorsOf } from "./anchors.ts";

/** Where the queries' numbers are kept: for each index entry, those filed under it. One row an entry. */
export interface PostingStore {
  /** The numbers filed under any of the entries; a number may come more than once. */
  read(entries: ReadonlySet<string>): Iterable<number>;
  add(entry: string, query: number): void;
  remove(entry: string, query: number): void;
}

export interface Percolated {
  query: number;
  found: TermFound[];
}

export class Percolator {
  readonly #store: PostingStore;
  readonly #treeOf: (query: number) => Query;

  /** `treeOf` reads a query by its number; it may throw for a broken one, which then never matches and silences no other. */
  constructor(store: PostingStore, treeOf: (query: number) => Query) {
    this.#store = store;
    this.#treeOf = treeOf;
  }

  /** Files a query; returns its anchors, which `remove` needs again. */
  add(query: number, tree: Query): string[] {
    const anchors = anchorsOf(tree);
    for (const anchor of anchors) this.#store.add(anchor, query);
    return anchors;
  }

  remove(query: number, anchors: readonly string[]): void {
    for (const anchor of anchors) this.#store.remove(anchor, query);
  }

  /** The numbers of the queries that the predicate has to be asked about, each once, in order. */
  candidates(text: AnalysedText): number[] {
    return [...new Set(this.#store.read(indexEntriesWithNames(text)))].sort((a, b) => a - b);
  }

  /** The queries that match, in order of their numbers. A query that cannot be run is told to `broken`. */
  match(text: AnalysedText, broken: (query: number, error: unknown) => void): Percolated[] {
    return this.candidates(text).flatMap((query) => {
      try {
        const found = match(this.#treeOf(query), text);
        return found === undefined ? [] : [{ query, found }];
      } catch (error) {
        broken(query, error);
        return [];
      }
    });
  }
}
