import type { Entry } from "./entry.ts";
import type { PostingStore, Visit } from "./percolator.ts";
import { concatenate } from "./posting.ts";
import { loadIn, RowTable, visitRows } from "./row-table.ts";

/** Postings in memory, for tests and tools. */
export class MemoryStore implements PostingStore {
  readonly #rows = new RowTable();
  beginnings = false;

  /** How many rows there are, and how many bytes they take. */
  get size(): { rows: number; bytes: number } {
    return { rows: this.#rows.size, bytes: this.#rows.bytes };
  }

  read(entries: readonly Entry[], visit: Visit): void {
    visitRows(this.#rows, entries, visit);
  }

  get(entry: Entry): Uint16Array | undefined {
    return this.#rows.get(entry);
  }

  write(entry: Entry, row: Uint16Array | undefined): void {
    if (row === undefined) this.#rows.delete(entry);
    else this.#rows.set(entry, row);
    this.beginnings ||= entry < 0;
  }

  append(entry: Entry, units: Uint16Array): number {
    const before = this.#rows.get(entry);
    const row = before === undefined ? units : concatenate([before, units]);
    this.write(entry, row);
    return row.length;
  }

  loads(entries: readonly Entry[]): number[] {
    return entries.map((entry) => loadIn(this.#rows, entry));
  }
}
