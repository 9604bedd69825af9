/**
 * Keeps rows by index entry in two flat arrays: a hash table with open addressing, and one arena with all rows. A
 * changed row is written to the end of the arena. When the arena is full, the live rows move to a new one.
 *
 * A `Map` of arrays is several times slower to read and takes three times the memory (docs/percolator.md).
 */
import { type IndexEntry, lowOf, signedUpperOf } from "./index-entry.ts";
import type { VisitRow } from "./percolator.ts";

/**
 * Units of a slot: lower 32 bits of the index entry, its upper bits plus 1 (0 if free), start of its row, length of its
 * row.
 */
const SLOT = 4;
/** Marks a deleted index entry, in place of the upper bits. */
const GONE = -1;

export class RowTable {
  #table = new Int32Array(SLOT * 1024);
  #mask = 1023;
  /** Slots that are not free, including deleted ones. */
  #taken = 0;
  #arena = new Uint16Array(1 << 14);
  #end = 0;
  /** Units of the arena that belong to live rows. */
  #live = 0;
  #size = 0;

  /** Number of index entries. */
  get size(): number {
    return this.#size;
  }

  /** Size of all rows in bytes. */
  get bytes(): number {
    return 2 * this.#live;
  }

  /** The array that contains all rows. Valid until the next write. */
  get units(): Uint16Array {
    return this.#arena;
  }

  /** Returns the place of an index entry, for `startOf` and `lengthOf`; -1 if it is unknown. */
  find(entry: IndexEntry): number {
    const table = this.#table;
    const [low, high] = [lowOf(entry), signedUpperOf(entry) + 1];
    for (let i = low & this.#mask; ; i = (i + 1) & this.#mask) {
      const at = SLOT * i;
      const there = table[at + 1];
      if (there === high && table[at] === low) return at;
      if (there === 0) return -1;
    }
  }

  startOf(place: number): number {
    return this.#table[place + 2] ?? 0;
  }

  /** Returns the length of a row in units; 0 for place -1. */
  lengthOf(place: number): number {
    return place < 0 ? 0 : (this.#table[place + 3] ?? 0);
  }

  /** Returns a copy of a row; undefined if the index entry is unknown. */
  get(entry: IndexEntry): Uint16Array | undefined {
    const place = this.find(entry);
    if (place < 0) return undefined;
    const start = this.startOf(place);
    return this.#arena.slice(start, start + this.lengthOf(place));
  }

  set(entry: IndexEntry, row: Uint16Array): void {
    let place = this.find(entry);
    if (place < 0) place = this.#take(entry);
    this.#live -= this.lengthOf(place);
    this.#table[place + 3] = 0;
    const start = this.#reserve(row.length);
    this.#arena.set(row, start);
    this.#table[place + 2] = start;
    this.#table[place + 3] = row.length;
    this.#live += row.length;
  }

  delete(entry: IndexEntry): void {
    const place = this.find(entry);
    if (place < 0) return;
    this.#live -= this.lengthOf(place);
    this.#table[place + 1] = GONE;
    this.#table[place + 3] = 0;
    this.#size--;
  }

  #take(entry: IndexEntry): number {
    if (2 * this.#taken >= this.#mask) this.#rehash();
    this.#taken++;
    this.#size++;
    const place = this.#free(this.#table, lowOf(entry));
    this.#table[place] = lowOf(entry);
    this.#table[place + 1] = signedUpperOf(entry) + 1;
    this.#table[place + 3] = 0;
    return place;
  }

  #free(table: Int32Array, low: number): number {
    let i = low & this.#mask;
    while (table[SLOT * i + 1] !== 0) i = (i + 1) & this.#mask;
    return SLOT * i;
  }

  #rehash(): void {
    const old = this.#table;
    const capacity = 1 << (34 - Math.clz32(this.#size + 256));
    this.#mask = capacity - 1;
    const table = new Int32Array(SLOT * capacity);
    for (let at = 0; at < old.length; at += SLOT) {
      const high = old[at + 1] ?? 0;
      if (high === 0 || high === GONE) continue;
      const place = this.#free(table, old[at] ?? 0);
      table.set(old.subarray(at, at + SLOT), place);
    }
    this.#table = table;
    this.#taken = this.#size;
  }

  /** Returns the start of free space for `length` units. */
  #reserve(length: number): number {
    if (this.#end + length > this.#arena.length) this.#compact(length);
    const start = this.#end;
    this.#end += length;
    return start;
  }

  #compact(more: number): void {
    const table = this.#table;
    const arena = new Uint16Array(Math.max(1 << 14, Math.ceil(1.5 * (this.#live + more))));
    let end = 0;
    for (let at = 0; at < table.length; at += SLOT) {
      const length = table[at + 3] ?? 0;
      if (length === 0) continue;
      const start = table[at + 2] ?? 0;
      arena.set(this.#arena.subarray(start, start + length), end);
      table[at + 2] = end;
      end += length;
    }
    this.#arena = arena;
    this.#end = end;
  }
}

/** Calls `visit` for each row that the table has. The table must not be changed meanwhile. */
export function visitRows(rows: RowTable, entries: readonly IndexEntry[], visit: VisitRow): void {
  const units = rows.units;
  for (let i = 0; i < entries.length; i++) {
    const place = rows.find(entries[i] as IndexEntry);
    if (place < 0) continue;
    const length = rows.lengthOf(place);
    if (length === 0) continue;
    const start = rows.startOf(place);
    visit(i, units, start, start + length);
  }
}
