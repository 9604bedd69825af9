import { IndexEntries, type IndexEntry } from "./index-entry.ts";
import type { PostingStore, VisitRow } from "./percolator.ts";
import { concatenate } from "./posting.ts";
import { RowTable, visitRows } from "./row-table.ts";

/** Keeps postings in memory, for tests and tools. */
export class MemoryStore implements PostingStore {
  readonly #rows = new RowTable();
  readonly entries: IndexEntries;
  beginnings = false;

  constructor(entries = new IndexEntries()) {
    this.entries = entries;
  }

  /** Number of rows and their size in bytes. */
  get size(): { rows: number; bytes: number } {
    return { rows: this.#rows.size, bytes: this.#rows.bytes };
  }

  read(entries: readonly IndexEntry[], visit: VisitRow): void {
    visitRows(this.#rows, entries, visit);
  }

  append(entry: IndexEntry, postings: Uint16Array): void {
    this.change(entry, (before) => concatenate([before, postings]));
    this.beginnings ||= entry < 0;
  }

  change(entry: IndexEntry, change: (postings: Uint16Array) => Uint16Array): void {
    const row = change(this.#rows.get(entry) ?? new Uint16Array());
    if (row.length === 0) this.#rows.delete(entry);
    else this.#rows.set(entry, row);
  }

  loads(entries: readonly IndexEntry[]): number[] {
    return entries.map((entry) => this.#rows.lengthOf(this.#rows.find(entry)));
  }
}
