/**
 * The percolator's rows in a shard's SQLite. They lie in packs, by their entries' hashes, and a pack that an article has read is kept
 * in the isolate: the first article after a shard has woken reads at most a pack a word, and after some articles none is read any more,
 * not for words either that no query asks for.
 *
 * A pack is a sequence of rows of 16-bit units: three for the entry, one for the row's length, then the row. The highest bit of the length
 * marks a long row. A long row has further parts of up to 32 KB in `posting_parts`, by entry and part number. So adding a query does not
 * rewrite all earlier ones, no entry touches another's parts, and a pack stays far below SQLite's limit of 2 MB.
 *
 * `read` fills the cache, and a write makes it forget what it changes; so nothing may be read in a transaction that has written before,
 * lest it be rolled back. Matching never writes rows, and filing never reads them this way.
 */
import { IndexEntries, type IndexEntry, keyedHash, lowOf, signedUpperOf } from "../../percolator/index-entry.ts";
import type { PostingStore, VisitRow } from "../../percolator/percolator.ts";
import { concatenate } from "../../percolator/posting.ts";
import { RowTable, visitRows } from "../../percolator/row-table.ts";
import type { Sql } from "../sql.ts";

/** How many packs there are; behind them as many for the beginnings of words. */
const PACKS = 4096;
const packOf = (entry: IndexEntry): number => (lowOf(entry) & (PACKS - 1)) + (entry < 0 ? PACKS : 0);

/** Units before each row. */
const HEAD = 4;
/** Flag in the length of a row: the row has further parts. */
const LONG = 0x8000;
/** Maximum units of a row in a pack. Units that would exceed it move to a part of their own. */
const MOST_UNITS = 16_384;

/** The cache is given up and begun anew when its rows take more than this. */
const MOST_BYTES = 24 * 2 ** 20;

const NOTHING = new Uint16Array();

/** The part of a row that is in a pack, and whether it has further parts. */
interface Row {
  units: Uint16Array;
  long: boolean;
}

/** Settings for tests: the hash, and the maximum units of a part. */
interface Options {
  entries?: IndexEntries;
  mostUnits?: number;
}

export class SqlPostings implements PostingStore {
  readonly entries: IndexEntries;
  readonly #sql: Sql;
  readonly #mostUnits: number;
  #cache = new RowTable();
  /** By pack: 1 where all its rows are in the cache. */
  readonly #known = new Uint8Array(2 * PACKS);
  #beginnings: boolean;

  constructor(sql: Sql, { entries = readEntries(sql), mostUnits = MOST_UNITS }: Options = {}) {
    this.#sql = sql;
    this.entries = entries;
    this.#mostUnits = mostUnits;
    this.#beginnings = sql.exists("SELECT 1 FROM postings WHERE pack >= ? LIMIT 1", PACKS);
  }

  get beginnings(): boolean {
    return this.#beginnings;
  }

  /** How many rows and further parts there are, and how many bytes they take. Reads them all. */
  get size(): { rows: number; bytes: number } {
    const size = this.#sql.one<{ rows: number; bytes: number }>(
      "SELECT count(*) AS rows, coalesce(sum(length(units)), 0) AS bytes FROM posting_parts",
    );
    for (const [stored] of this.#sql.tuples<[ArrayBuffer]>("SELECT units FROM postings")) {
      const pack = new Uint16Array(stored);
      for (let at = 0; at < pack.length; at = endAt(pack, at)) {
        size.rows++;
        size.bytes += 2 * lengthAt(pack, at);
      }
    }
    return size;
  }

  read(entries: readonly IndexEntry[], visit: VisitRow): void {
    if (this.#cache.bytes > MOST_BYTES) {
      this.#cache = new RowTable();
      this.#known.fill(0);
    }
    const unknown = new Set<number>();
    for (let i = 0; i < entries.length; i++) {
      const pack = packOf(entries[i] as IndexEntry);
      if (this.#known[pack] === 0) unknown.add(pack);
    }
    if (unknown.size > 0) this.#fetch([...unknown]);
    visitRows(this.#cache, entries, visit);
  }

  /** Takes packs for unknown: they are read again. */
  forget(packs: readonly number[]): void {
    for (const pack of packs) this.#known[pack] = 0;
  }

  append(entry: IndexEntry, postings: Uint16Array): void {
    this.#replace(entry, ({ units, long }) => {
      if (units.length === 0 || units.length + postings.length <= this.#mostUnits)
        return { units: concatenate([units, postings]), long };
      this.#addPart(entry, units);
      return { units: postings, long: true };
    });
  }

  change(entry: IndexEntry, change: (postings: Uint16Array) => Uint16Array): void {
    this.#replace(entry, ({ units, long }) => ({
      units: change(units),
      long: long && this.#changeParts(entry, change),
    }));
  }

  loads(entries: readonly IndexEntry[]): number[] {
    const unknown = entries.map(packOf).filter((pack) => !this.#known[pack]);
    const packs = new Map(unknown.length > 0 ? this.#packs(unknown) : []);
    return entries.map((entry) => {
      const pack = packOf(entry);
      if (this.#known[pack]) return this.#cache.lengthOf(this.#cache.find(entry));
      const units = packs.get(pack) ?? NOTHING;
      const at = find(units, entry);
      return at < 0 ? 0 : lengthAt(units, at) + (isLong(units, at) ? this.#lengthOfParts(entry) : 0);
    });
  }

  #fetch(packs: readonly number[]): void {
    const long = new Map<IndexEntry, Uint16Array[]>();
    for (const [, units] of this.#packs(packs)) {
      for (let at = 0; at < units.length; at = endAt(units, at)) {
        const row = units.subarray(at + HEAD, endAt(units, at));
        if (isLong(units, at)) long.set(entryAt(units, at), [row]);
        else this.#cache.set(entryAt(units, at), row);
      }
    }
    if (long.size > 0) this.#fetchParts(long);
    for (const pack of packs) this.#known[pack] = 1;
  }

  /** Reads the further parts of long rows, given the first ones, and caches the whole rows. */
  #fetchParts(rows: ReadonlyMap<IndexEntry, Uint16Array[]>): void {
    const parts = this.#sql.tuples<[number, ArrayBuffer]>(
      "SELECT entry, units FROM json_each(?) JOIN posting_parts ON entry = value",
      JSON.stringify([...rows.keys()]),
    );
    for (const [entry, units] of parts) rows.get(entry)?.push(new Uint16Array(units));
    for (const [entry, all] of rows) this.#cache.set(entry, concatenate(all));
  }

  *#packs(packs: readonly number[]): Generator<[pack: number, units: Uint16Array]> {
    // One bound value carries the whole list: SQLite in a Durable Object binds at most 100.
    const rows = this.#sql.tuples<[number, ArrayBuffer]>(
      "SELECT pack, units FROM json_each(?) JOIN postings ON pack = value",
      JSON.stringify(packs),
    );
    for (const [pack, units] of rows) yield [pack, new Uint16Array(units)];
  }

  #pack(pack: number): Uint16Array {
    const row = this.#sql.first<{ units: ArrayBuffer }>("SELECT units FROM postings WHERE pack = ?", pack);
    return row ? new Uint16Array(row.units) : NOTHING;
  }

  #addPart(entry: IndexEntry, units: Uint16Array): void {
    this.#sql.run(
      "INSERT INTO posting_parts SELECT ?1, coalesce(max(part), 0) + 1, ?2 FROM posting_parts WHERE entry = ?1",
      ...[entry, units.slice().buffer],
    );
  }

  /** Changes the further parts of a row and deletes those that become empty. Returns whether any part is left. */
  #changeParts(entry: IndexEntry, change: (postings: Uint16Array) => Uint16Array): boolean {
    let left = false;
    const parts = this.#sql.tuples<[number, ArrayBuffer]>(
      "SELECT part, units FROM posting_parts WHERE entry = ?",
      entry,
    );
    for (const [part, stored] of [...parts]) {
      const before = new Uint16Array(stored);
      const after = change(before);
      left ||= after.length > 0;
      if (after === before) continue;
      const where = [entry, part];
      if (after.length === 0) this.#sql.run("DELETE FROM posting_parts WHERE entry = ? AND part = ?", ...where);
      else
        this.#sql.run(
          "UPDATE posting_parts SET units = ? WHERE entry = ? AND part = ?",
          after.slice().buffer,
          ...where,
        );
    }
    return left;
  }

  #lengthOfParts(entry: IndexEntry): number {
    return this.#sql.one<{ units: number }>(
      "SELECT coalesce(sum(length(units)), 0) / 2 AS units FROM posting_parts WHERE entry = ?",
      entry,
    ).units;
  }

  /** Writes another row in place of an entry's, none for one that is empty and has no further parts. */
  #replace(entry: IndexEntry, change: (row: Row) => Row): void {
    const pack = packOf(entry);
    const before = this.#pack(pack);
    const found = find(before, entry);
    const at = found < 0 ? before.length : found;
    const end = found < 0 ? at : endAt(before, at);
    const { units, long } = change({
      units: before.subarray(Math.min(at + HEAD, end), end),
      long: found >= 0 && isLong(before, at),
    });
    const isRow = units.length > 0 || long;
    const head = isRow ? Uint16Array.of(...unitsOf(entry), units.length | (long ? LONG : 0)) : NOTHING;
    const after = concatenate([before.subarray(0, at), head, units, before.subarray(end)]);
    if (after.length === 0) this.#sql.run("DELETE FROM postings WHERE pack = ?", pack);
    else this.#sql.run("INSERT OR REPLACE INTO postings VALUES (?, ?)", pack, after.buffer);
    this.forget([pack]);
    this.#cache.delete(entry);
    this.#beginnings ||= entry < 0;
  }
}

/** Reads the key that `migrate` drew for the shard. */
function readEntries(sql: Sql): IndexEntries {
  const { entry_key } = sql.one<{ entry_key: ArrayBuffer }>("SELECT entry_key FROM state");
  return new IndexEntries(keyedHash(new Int32Array(entry_key)));
}

const unitsOf = (entry: IndexEntry): [number, number, number] => {
  const low = lowOf(entry);
  return [low & 0xffff, low >>> 16, signedUpperOf(entry)];
};

const lengthAt = (pack: Uint16Array, at: number): number => (pack[at + 3] ?? 0) & ~LONG;
const isLong = (pack: Uint16Array, at: number): boolean => ((pack[at + 3] ?? 0) & LONG) !== 0;
/** Returns the end of the row whose head is at a position of a pack. The next row begins there. */
const endAt = (pack: Uint16Array, at: number): number => at + HEAD + lengthAt(pack, at);

function entryAt(pack: Uint16Array, at: number): IndexEntry {
  const high = pack[at + 2] ?? 0;
  const entry = (high & 0x7fff) * 2 ** 32 + (((pack[at] ?? 0) | ((pack[at + 1] ?? 0) << 16)) >>> 0);
  return high & 0x8000 ? -entry : entry;
}

/** Returns the position of an entry's row in a pack, or -1 if it has none. */
function find(pack: Uint16Array, entry: IndexEntry): number {
  const [low, middle, high] = unitsOf(entry);
  for (let at = 0; at < pack.length; at = endAt(pack, at)) {
    if (pack[at] === low && pack[at + 1] === middle && pack[at + 2] === high) return at;
  }
  return -1;
}
