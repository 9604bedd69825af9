/**
 * The percolator's rows in a shard's SQLite. What an article reads is kept in the isolate, absent rows too, since most words of the
 * next article are those of this one: a shard that has just woken reads a row a word, and soon hardly any.
 *
 * `read` fills the cache and a write takes out what it changes; so nothing may be read in a transaction that has written before, lest
 * it be rolled back. Matching never writes rows, and filing never reads them this way.
 */
import type { Entry } from "../percolator/entry.ts";
import { visitRows } from "../percolator/memory.ts";
import type { PostingStore, Visit } from "../percolator/percolator.ts";
import { RowTable } from "../percolator/row-table.ts";

/** The cache is given up and begun anew when it holds more than this. */
const MOST_BYTES = 24 * 2 ** 20;
const MOST_ROWS = 400_000;

const NO_ROW = new Uint16Array();

export class SqlPostings implements PostingStore {
  readonly #sql: SqlStorage;
  #cache = new RowTable();
  #beginnings: boolean;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#beginnings =
      sql.exec<{ some: number }>("SELECT EXISTS (SELECT 1 FROM postings WHERE entry < 0) AS some").one().some > 0;
  }

  get beginnings(): boolean {
    return this.#beginnings;
  }

  read(entries: readonly Entry[], visit: Visit): void {
    if (this.#cache.bytes > MOST_BYTES || this.#cache.size > MOST_ROWS) this.#cache = new RowTable();
    const unknown = entries.filter((entry) => this.#cache.find(entry) < 0);
    if (unknown.length > 0) this.#fetch(unknown);
    visitRows(this.#cache, entries, visit);
  }

  /** Reads rows into the cache. */
  #fetch(entries: readonly Entry[]): void {
    for (const entry of entries) this.#cache.set(entry, NO_ROW);
    // One bound value carries the whole list: SQLite in a Durable Object binds at most 100.
    const rows = this.#sql
      .exec("SELECT entry, units FROM json_each(?) JOIN postings ON entry = value", JSON.stringify(entries))
      .raw<[number, ArrayBuffer]>();
    for (const [entry, units] of rows) this.#cache.set(entry, new Uint16Array(units));
  }

  get(entry: Entry): Uint16Array | undefined {
    const [row] = this.#sql.exec<{ units: ArrayBuffer }>("SELECT units FROM postings WHERE entry = ?", entry).toArray();
    return row && new Uint16Array(row.units);
  }

  write(entry: Entry, row: Uint16Array | undefined): void {
    this.#changed(entry);
    if (row === undefined) this.#sql.exec("DELETE FROM postings WHERE entry = ?", entry);
    else this.#sql.exec("INSERT OR REPLACE INTO postings VALUES (?, ?)", entry, bytesOf(row));
  }

  append(entry: Entry, units: Uint16Array): number {
    this.#changed(entry);
    const { bytes } = this.#sql
      .exec<{ bytes: number }>(
        `INSERT INTO postings VALUES (?, ?)
         ON CONFLICT (entry) DO UPDATE SET units = CAST(units || excluded.units AS BLOB) RETURNING length(units) AS bytes`,
        ...[entry, bytesOf(units)],
      )
      .one();
    return bytes / 2;
  }

  lengths(entries: readonly Entry[]): number[] {
    const rows = this.#sql
      .exec("SELECT entry, length(units) FROM json_each(?) JOIN postings ON entry = value", JSON.stringify(entries))
      .raw<[number, number]>();
    const lengths = new Map([...rows].map(([entry, bytes]) => [entry, bytes / 2]));
    return entries.map((entry) => lengths.get(entry) ?? 0);
  }

  /** Takes rows out of the cache. */
  forget(entries: readonly Entry[]): void {
    for (const entry of entries) this.#cache.delete(entry);
  }

  #changed(entry: Entry): void {
    this.forget([entry]);
    this.#beginnings ||= entry < 0;
  }
}

/** The bytes of a row alone: it may be a part of a longer array. */
const bytesOf = (row: Uint16Array): ArrayBuffer =>
  row.byteLength === row.buffer.byteLength ? (row.buffer as ArrayBuffer) : row.slice().buffer;
