import { Entries, type Entry } from "./entry.ts";
import type { PostingStore, Visit } from "./percolator.ts";
import { concatenate } from "./posting.ts";
import { RowTable, visitRows } from "./row-table.ts";

/** Postings in memory, for tests and tools. */
export class MemoryStore implements PostingStore {
  readonly #rows = new RowTable();
  readonly entries: Entries;
  beginnings = false;

  constructor(entries = new Entries()) {
    this.entries = entries;
  }

  /** How many rows there are, and how many bytes they take. */
  get size(): { rows: number; bytes: number } {
    return { rows: this.#rows.size, bytes: this.#rows.bytes };
  }

  read(entries: readonly Entry[], visit: Visit): void {
    visitRows(this.#rows, entries, visit);
  }

  append(entry: Entry, postings: Uint16Array): void {
    this.change(entry, (before) => concatenate([before, postings]));
    this.beginnings ||= entry < 0;
  }

  change(entry: Entry, change: (postings: Uint16Array) => Uint16Array): void {
    const row = change(this.#rows.get(entry) ?? new Uint16Array());
    if (row.length === 0) this.#rows.delete(entry);
    else this.#rows.set(entry, row);
  }

  loads(entries: readonly Entry[]): number[] {
    return entries.map((entry) => this.#rows.lengthOf(this.#rows.find(entry)));
  }
}
