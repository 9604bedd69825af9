/** The candidates of a search: what the index finds is read and analysed step by step, within bounds, newest on the wire first. */
import type { ParsedQuery } from "../../query/grammar.ts";
import { nameBySpellings, narrow } from "../../query/narrow.ts";
import type { Steps } from "../../query/steps.ts";
import { type AnalysedText, analysing, lengthOf, type Matchable } from "../../query/text.ts";
import { termsOf } from "../../query/tree.ts";
import type { Names } from "../names/read-names.ts";
import { findCandidates, type IndexCandidate, type IndexTable } from "./full-text.ts";
import { SEARCHES } from "./turns.ts";

export interface Page {
  /** Only items that came onto the wire before this log entry. */
  before: number;
  limit: number;
  /** Only items that are in feeds: no silent ones. */
  feed: boolean;
}

/** Limits of one search, so that it does not hold up the other requests of the isolate. */
export interface Bounds {
  /** Candidates that one step reads, if their texts have at most `STEP_BYTES` together. */
  step: number;
  /** Maximum steps. */
  steps: number;
  /** Maximum text that is searched, in UTF-16 code units. A query of more than four terms gets less. */
  text: number;
}

/** Maximum bytes of text that one step reads. The index query returns the lengths beforehand. */
export const STEP_BYTES = 2_000_000;

/** A kind of items that can be searched. */
export interface Searchable<T extends { log: number }> {
  table: IndexTable;
  read: (db: D1Database, rows: readonly number[], page: Pick<Page, "before" | "feed">) => Promise<T[]>;
  matchable: (item: T, names: Names) => Matchable;
  /** Returns the part of an item that a page keeps, and the length of its text in UTF-16 code units. */
  keep: (item: T) => { item: T; length: number };
}

/**
 * Calls `visit` with each candidate, newest on the wire first, until `visit` returns true. The candidates are all items that match and some
 * that do not. Returns the log entry before which the search did not look; undefined if it saw all candidates. Takes one of the turns of searches
 * and throws their Problem (429).
 */
export async function walkCandidates<T extends { log: number }>(
  db: D1Database,
  names: Names,
  { tree }: ParsedQuery,
  page: Pick<Page, "before" | "feed">,
  bounds: Bounds,
  { table, read, matchable }: Searchable<T>,
  visit: CandidateVisit<T>,
): Promise<number | undefined> {
  const narrowing = narrow(tree, nameBySpellings(names.vocabulary, table === "article_index"));
  if (narrowing === undefined) throw new Error("a query without a required term cannot be searched for");
  // The cost of a match grows with the query's terms, so a query of 32 terms is matched against less text than one of four.
  const terms = termsOf(tree).length;
  const weight = Math.max(1, terms / 4);
  return SEARCHES.take(async (pace) => {
    let { before } = page;
    let looked = 0;
    for (let steps = 0; steps < bounds.steps; ) {
      const candidates = await findCandidates(db, table, narrowing, before, bounds.step);
      for (const rows of batches(candidates)) {
        if (steps++ === bounds.steps) return before;
        for (const item of await read(db, rows, page)) {
          const text = await pace.finish(analysing(matchable(item, names), names.vocabulary));
          looked += weight * lengthOf(text);
          const seen = visit(item, text);
          if ((typeof seen === "boolean" ? seen : await pace.finish(seen)) || looked > bounds.text) return item.log;
          if (pace.spend(matchCost(terms, text))) await pace.pause();
        }
        before = rows.at(-1) ?? 0;
      }
      if (candidates.length < bounds.step) return undefined;
    }
    return before;
  });
}

/** Looks at an item and returns true to end the search: at once, or in steps if it matches the text many times. */
export type CandidateVisit<T> = (item: T, text: AnalysedText) => boolean | Steps<boolean>;

/** Returns the cost of matching, as code units that can be analysed in the same time: 16 terms take about as long as the analysis. */
export const matchCost = (terms: number, text: AnalysedText): number => (terms * lengthOf(text)) / 16;

/** Splits rows into parts of at most `STEP_BYTES` of text, or of one row. The order stays. */
export function batches(candidates: readonly IndexCandidate[]): number[][] {
  const parts: number[][] = [];
  let left = 0;
  for (const { row, bytes } of candidates) {
    const last = parts.at(-1);
    if (last !== undefined && bytes <= left) last.push(row);
    else parts.push([row]);
    left = (last !== undefined && bytes <= left ? left : STEP_BYTES) - bytes;
  }
  return parts;
}
