/**
 * Many queries, one text: which of them match? Each query is filed under its anchors, with what is left to check beside each. A
 * text reads the rows of its own entries and runs the checks in them. The work grows with the queries that share an anchor with
 * the text, not with all there are.
 *
 * It narrows so far that hardly anything is left over, but it narrows: whoever explains a match asks the predicate.
 */
import type { AnalysedText } from "../query/text.ts";
import type { Query } from "../query/tree.ts";
import type { Entry } from "./entry.ts";
import { entriesOf, planOf } from "./plan.ts";
import { concatenate, Evaluation, encodeAll, MOST_UNITS, partsMark, partsOf, postingsOf, without } from "./posting.ts";
import { TextIndex } from "./text-index.ts";

/** Is shown the row of the entry number `index` of those asked for: the units from `from` to `to` (exclusive). */
export type Visit = (index: number, units: Uint16Array, from: number, to: number) => void;

/** Where the rows are kept: one for each entry that queries are filed under. */
export interface PostingStore {
  /** Shows the rows that there are of some entries, in their order. May answer from a cache: see `SqlPostings`. */
  read(entries: readonly Entry[], visit: Visit): void;
  /** Writes a row, or takes it away. */
  write(entry: Entry, row: Uint16Array | undefined): void;
  /** Appends to a row and answers its length, in units. */
  append(entry: Entry, units: Uint16Array): number;
  /** The row as it was written last. */
  get(entry: Entry): Uint16Array | undefined;
  /** How much waits under some entries: see `loadOf`; 0 where there is no row. */
  loads(entries: readonly Entry[]): number[];
  /** Whether any query was ever filed under the beginning of a word. */
  readonly beginnings: boolean;
}

export class Percolator {
  readonly #store: PostingStore;

  constructor(store: PostingStore) {
    this.#store = store;
  }

  /** Files a query; returns the entries that it is filed under, which `remove` needs again. */
  add(query: number, tree: Query): Entry[] {
    const anchors = planOf(tree, this.#loads(tree));
    const postings = encodeAll(query, anchors);
    for (const [i, { reference }] of anchors.entries()) {
      const length = this.#store.append(reference.entry, postings[i] ?? new Uint16Array());
      if (length > MOST_UNITS) this.#cut(reference.entry);
    }
    return [...new Set(anchors.map(({ reference }) => reference.entry))];
  }

  remove(query: number, entries: readonly Entry[]): void {
    for (const entry of entries) this.#removeFrom(entry, query);
  }

  /** The numbers of the queries that match, each once, in no particular order. */
  match(text: AnalysedText): number[] {
    const store = this.#store;
    const index = new TextIndex(text, store.beginnings);
    const evaluation = new Evaluation(index);
    const { entries, senses } = index;
    const continued: number[] = [];
    store.read(entries, (i, units, from, to) => {
      const parts = partsOf(units, from);
      if (parts > 0) continued.push(i, parts);
      evaluation.run(entries[i] as Entry, units, from, to, senses[i] as number);
    });
    for (let i = 0; i < continued.length; i += 2) {
      const [entry, its] = [entries[continued[i] as number] as Entry, senses[continued[i] as number] as number];
      store.read(partEntries(entry, continued[i + 1] as number), (_, units, from, to) =>
        evaluation.run(entry, units, from, to, its),
      );
    }
    return evaluation.found;
  }

  /** How much is filed already under the entries that a query might be filed under; not asked for where there is no choice. */
  #loads(tree: Query): (entry: Entry) => number {
    const entries = [...new Set(entriesOf(tree))];
    if (entries.length <= 1) return () => 0;
    const waiting = this.#store.loads(entries);
    const loads = new Map(entries.map((entry, i) => [entry, waiting[i] ?? 0]));
    return (entry) => loads.get(entry) ?? 0;
  }

  /** Moves what a row holds into a further part of it. */
  #cut(entry: Entry): void {
    const row = this.#store.get(entry);
    if (row === undefined) return;
    const parts = partsOf(row, 0) + 1;
    this.#store.write(partEntry(entry, parts), postingsOf(row).slice());
    this.#store.write(entry, Uint16Array.from(partsMark(parts)));
  }

  /** A query may have two postings under one entry, and these may lie in two parts. A part that is empty goes, and others take its place. */
  #removeFrom(entry: Entry, query: number): void {
    const row = this.#store.get(entry);
    if (row === undefined) return;
    const entries = partEntries(entry, partsOf(row, 0));
    const all = [postingsOf(row), ...entries.map((part) => this.#store.get(part) ?? new Uint16Array())];
    const left = all.map((units) => without(units, query));
    if (left.every((units, i) => units === all[i])) return;
    const [first = new Uint16Array(), ...others] = left;
    const parts = others.filter(({ length }) => length > 0);
    for (const [i, part] of entries.entries()) if (parts[i] !== all[i + 1]) this.#store.write(part, parts[i]);
    const mark = parts.length > 0 ? partsMark(parts.length) : [];
    const whole = concatenate([Uint16Array.from(mark), first]);
    this.#store.write(entry, whole.length > 0 ? whole : undefined);
  }
}

const ENTRIES = 2 ** 47;
/** Further parts of a row are rows of their own, under entries that follow from its entry. */
const partEntry = (entry: Entry, part: number): Entry =>
  Math.sign(entry) * ((Math.abs(entry) + part * 0x9e3779b1) % ENTRIES);
const partEntries = (entry: Entry, parts: number): Entry[] =>
  Array.from({ length: parts }, (_, i) => partEntry(entry, i + 1));
