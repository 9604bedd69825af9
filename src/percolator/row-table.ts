/**
 * Rows by entry, in two flat arrays: a hash table with open addressing, and one arena that holds all rows. A row that is written
 * anew goes to the arena's end; when that is full, what is still in use moves to a new one.
 *
 * A `Map` of arrays does the same; it is several times slower to ask and takes three times the memory (DESIGN.md).
 */
import { type Entry, lowOf, signedUpperOf } from "./entry.ts";
import type { Visit } from "./percolator.ts";

/** Units of a slot of the table: lower 32 bits of the entry, the upper ones and 1 (0: free), where its row begins, and its length. */
const SLOT = 4;
/** In place of the upper bits: an entry that was taken away. */
const GONE = -1;

export class RowTable {
  #table = new Int32Array(SLOT * 1024);
  #mask = 1023;
  /** Slots that are not free, those that are gone included. */
  #taken = 0;
  #arena = new Uint16Array(1 << 14);
  #end = 0;
  /** Units of the arena that belong to rows. */
  #live = 0;
  #size = 0;

  /** How many entries it knows. */
  get size(): number {
    return this.#size;
  }

  /** How many bytes its rows take. */
  get bytes(): number {
    return 2 * this.#live;
  }

  /** The array in which all rows lie, until the next one is written. */
  get units(): Uint16Array {
    return this.#arena;
  }

  /** The place of an entry, to be given to `startOf` and `lengthOf`; -1 where it is not known. */
  find(entry: Entry): number {
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

  /** In units; 0 at the place -1. */
  lengthOf(place: number): number {
    return place < 0 ? 0 : (this.#table[place + 3] ?? 0);
  }

  /** A copy of a row; undefined where the entry is not known. */
  get(entry: Entry): Uint16Array | undefined {
    const place = this.find(entry);
    if (place < 0) return undefined;
    const start = this.startOf(place);
    return this.#arena.slice(start, start + this.lengthOf(place));
  }

  set(entry: Entry, row: Uint16Array): void {
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

  delete(entry: Entry): void {
    const place = this.find(entry);
    if (place < 0) return;
    this.#live -= this.lengthOf(place);
    this.#table[place + 1] = GONE;
    this.#table[place + 3] = 0;
    this.#size--;
  }

  #take(entry: Entry): number {
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

  /** Where so many units have room. */
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

/** Shows the rows that a table has of some entries. Nothing may be written meanwhile. */
export function visitRows(rows: RowTable, entries: readonly Entry[], visit: Visit): void {
  const units = rows.units;
  for (let i = 0; i < entries.length; i++) {
    const place = rows.find(entries[i] as Entry);
    if (place < 0) continue;
    const length = rows.lengthOf(place);
    if (length === 0) continue;
    const start = rows.startOf(place);
    visit(i, units, start, start + length);
  }
}
