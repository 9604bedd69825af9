/** The percolator's postings in a shard's SQLite: one row an index entry, the queries' numbers packed into it. */
import type { PostingStore } from "../percolator/percolator.ts";

export class SqlPostings implements PostingStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  *read(entries: ReadonlySet<string>): Iterable<number> {
    // One bound value carries the whole list: SQLite in a Durable Object binds at most 100.
    const rows = this.#sql.exec<{ queries: ArrayBuffer }>(
      "SELECT queries FROM postings WHERE entry IN (SELECT value FROM json_each(?))",
      JSON.stringify([...entries]),
    );
    for (const { queries } of rows) yield* new Uint32Array(queries);
  }

  add(entry: string, query: number): void {
    this.#write(entry, [...this.#numbers(entry).filter((number) => number !== query), query]);
  }

  remove(entry: string, query: number): void {
    this.#write(
      entry,
      this.#numbers(entry).filter((number) => number !== query),
    );
  }

  #numbers(entry: string): number[] {
    const row = this.#sql
      .exec<{ queries: ArrayBuffer }>("SELECT queries FROM postings WHERE entry = ?", entry)
      .toArray()[0];
    return row ? [...new Uint32Array(row.queries)] : [];
  }

  #write(entry: string, numbers: readonly number[]): void {
    if (numbers.length === 0) this.#sql.exec("DELETE FROM postings WHERE entry = ?", entry);
    else this.#sql.exec("INSERT OR REPLACE INTO postings VALUES (?, ?)", entry, Uint32Array.from(numbers).buffer);
  }
}
