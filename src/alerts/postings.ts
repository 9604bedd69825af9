/**
 * The percolator's rows in a shard's SQLite. They lie in packs, by their entries' hashes, and a pack that an article has read is kept
 * in the isolate: the first article after a shard has woken reads at most a pack a word, and after some articles none is read any more,
 * not for words either that no query asks for.
 *
 * A pack is a sequence of rows of 16-bit units: three of the entry, one of the row's length, then the row.
 *
 * `read` fills the cache, and a write makes it forget what it changes; so nothing may be read in a transaction that has written before,
 * lest it be rolled back. Matching never writes rows, and filing never reads them this way.
 */
import { type Entry, lowOf, signedUpperOf } from "../percolator/entry.ts";
import type { PostingStore, Visit } from "../percolator/percolator.ts";
import { concatenate, loadOf } from "../percolator/posting.ts";
import { loadIn, RowTable, visitRows } from "../percolator/row-table.ts";

/** How many packs there are; behind them as many for the beginnings of words. */
const PACKS = 4096;
const packOf = (entry: Entry): number => (lowOf(entry) & (PACKS - 1)) + (entry < 0 ? PACKS : 0);

/** Units before each row. */
const HEAD = 4;

/** The cache is given up and begun anew when its rows take more than this. */
const MOST_BYTES = 24 * 2 ** 20;

const NOTHING = new Uint16Array();

export class SqlPostings implements PostingStore {
  readonly #sql: SqlStorage;
  #cache = new RowTable();
  /** By pack: 1 where all its rows are in the cache. */
  readonly #known = new Uint8Array(2 * PACKS);
  #beginnings: boolean;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const { some } = sql
      .exec<{ some: number }>("SELECT EXISTS (SELECT 1 FROM postings WHERE pack >= ?) AS some", PACKS)
      .one();
    this.#beginnings = some > 0;
  }

  get beginnings(): boolean {
    return this.#beginnings;
  }

  /** How many rows there are, and how many bytes they take. Reads them all. */
  get size(): { rows: number; bytes: number } {
    const size = { rows: 0, bytes: 0 };
    for (const [stored] of this.#sql.exec("SELECT units FROM postings").raw<[ArrayBuffer]>()) {
      const units = new Uint16Array(stored);
      for (let at = 0; at < units.length; at += HEAD + lengthAt(units, at)) {
        size.rows++;
        size.bytes += 2 * lengthAt(units, at);
      }
    }
    return size;
  }

  read(entries: readonly Entry[], visit: Visit): void {
    if (this.#cache.bytes > MOST_BYTES) {
      this.#cache = new RowTable();
      this.#known.fill(0);
    }
    const unknown = new Set<number>();
    for (let i = 0; i < entries.length; i++) {
      const pack = packOf(entries[i] as Entry);
      if (this.#known[pack] === 0) unknown.add(pack);
    }
    if (unknown.size > 0) this.#fetch([...unknown]);
    visitRows(this.#cache, entries, visit);
  }

  #fetch(packs: readonly number[]): void {
    for (const units of this.#packs(packs).values()) this.#keep(units);
    for (const pack of packs) this.#known[pack] = 1;
  }

  /** Takes packs for unknown: they are read again. */
  forget(packs: readonly number[]): void {
    for (const pack of packs) this.#known[pack] = 0;
  }

  get(entry: Entry): Uint16Array | undefined {
    const units = this.#pack(packOf(entry));
    const at = find(units, entry);
    return at < 0 ? undefined : units.slice(at + HEAD, at + HEAD + lengthAt(units, at));
  }

  write(entry: Entry, row: Uint16Array | undefined): void {
    this.#replace(entry, () => row ?? NOTHING);
  }

  append(entry: Entry, units: Uint16Array): number {
    return this.#replace(entry, (row) => concatenate([row, units]));
  }

  loads(entries: readonly Entry[]): number[] {
    const unknown = entries.map(packOf).filter((pack) => !this.#known[pack]);
    const packs = unknown.length > 0 ? this.#packs(unknown) : new Map<number, Uint16Array>();
    return entries.map((entry) => {
      const pack = packOf(entry);
      if (this.#known[pack]) return loadIn(this.#cache, entry);
      const units = packs.get(pack) ?? NOTHING;
      const at = find(units, entry);
      return at < 0 ? 0 : loadOf(units, at + HEAD, lengthAt(units, at));
    });
  }

  #packs(packs: readonly number[]): Map<number, Uint16Array> {
    // One bound value carries the whole list: SQLite in a Durable Object binds at most 100.
    const rows = this.#sql
      .exec("SELECT pack, units FROM json_each(?) JOIN postings ON pack = value", JSON.stringify(packs))
      .raw<[number, ArrayBuffer]>();
    const found = new Map<number, Uint16Array>();
    for (const [pack, units] of rows) found.set(pack, new Uint16Array(units));
    return found;
  }

  #pack(pack: number): Uint16Array {
    const [row] = this.#sql.exec<{ units: ArrayBuffer }>("SELECT units FROM postings WHERE pack = ?", pack).toArray();
    return row ? new Uint16Array(row.units) : NOTHING;
  }

  /** Puts the rows of a pack into the cache. */
  #keep(units: Uint16Array): void {
    for (let at = 0; at < units.length; at += HEAD + lengthAt(units, at)) {
      this.#cache.set(entryAt(units, at), units.subarray(at + HEAD, at + HEAD + lengthAt(units, at)));
    }
  }

  /** Writes another row in place of an entry's, none for an empty one; answers its length. */
  #replace(entry: Entry, change: (row: Uint16Array) => Uint16Array): number {
    const pack = packOf(entry);
    const before = this.#pack(pack);
    const found = find(before, entry);
    const at = found < 0 ? before.length : found;
    const end = found < 0 ? at : at + HEAD + lengthAt(before, at);
    const row = change(before.subarray(Math.min(at + HEAD, end), end));
    const head = row.length === 0 ? NOTHING : Uint16Array.of(...unitsOf(entry), row.length);
    const after = concatenate([before.subarray(0, at), head, row, before.subarray(end)]);
    if (after.length === 0) this.#sql.exec("DELETE FROM postings WHERE pack = ?", pack);
    else this.#sql.exec("INSERT OR REPLACE INTO postings VALUES (?, ?)", pack, after.buffer);
    this.forget([pack]);
    this.#cache.delete(entry);
    this.#beginnings ||= entry < 0;
    return row.length;
  }
}

const unitsOf = (entry: Entry): [number, number, number] => {
  const low = lowOf(entry);
  return [low & 0xffff, low >>> 16, signedUpperOf(entry)];
};

const lengthAt = (units: Uint16Array, at: number): number => units[at + 3] ?? 0;

function entryAt(units: Uint16Array, at: number): Entry {
  const high = units[at + 2] ?? 0;
  const entry = (high & 0x7fff) * 2 ** 32 + (((units[at] ?? 0) | ((units[at + 1] ?? 0) << 16)) >>> 0);
  return high & 0x8000 ? -entry : entry;
}

/** Where the head of an entry's row lies in a pack; -1 where there is none. */
function find(units: Uint16Array, entry: Entry): number {
  const [low, middle, high] = unitsOf(entry);
  for (let at = 0; at < units.length; at += HEAD + lengthAt(units, at)) {
    if (units[at] === low && units[at + 1] === middle && units[at + 2] === high) return at;
  }
  return -1;
}
