/** The distinct queries of a shard, filed in the percolator. */
import { Percolator } from "../percolator/percolator.ts";
import { parseQuery } from "../query/grammar.ts";
import type { Vocabulary } from "../query/names.ts";
import type { Query } from "../query/tree.ts";
import { SqlPostings } from "./postings.ts";

export class Queries {
  readonly #sql: SqlStorage;
  readonly percolator: Percolator;
  #vocabulary: Vocabulary;
  /** Trees read so far, by number; they hold for one vocabulary. */
  readonly #trees = new Map<number, Query>();

  constructor(sql: SqlStorage, vocabulary: Vocabulary) {
    this.#sql = sql;
    this.#vocabulary = vocabulary;
    this.percolator = new Percolator(new SqlPostings(sql), (number) => this.#tree(number));
  }

  /** The number of a canonical query; one that is new to the shard is filed. */
  file(canonical: string): number {
    const known = this.#sql
      .exec<{ number: number }>("SELECT number FROM queries WHERE canonical = ?", canonical)
      .toArray()[0];
    if (known) return known.number;
    const { tree } = parseQuery(canonical, this.#vocabulary);
    const { number } = this.#sql
      .exec<{ number: number }>("INSERT INTO queries (canonical, anchors) VALUES (?, '[]') RETURNING number", canonical)
      .one();
    this.#file(number, tree);
    return number;
  }

  /** Forgets a query that no alert asks any more. */
  removeUnused(number: number): void {
    const { used } = this.#sql
      .exec<{ used: number }>("SELECT EXISTS (SELECT 1 FROM alerts WHERE query = ?) AS used", number)
      .one();
    if (used) return;
    this.percolator.remove(number, this.#anchors(number));
    this.#sql.exec("DELETE FROM queries WHERE number = ?", number);
    this.#trees.delete(number);
  }

  /** Reads all queries with another vocabulary, and files those anew that are now read otherwise. */
  reread(vocabulary: Vocabulary, broken: (query: number, error: unknown) => void): void {
    this.#vocabulary = vocabulary;
    this.#trees.clear();
    for (const { number } of this.#sql.exec<{ number: number }>("SELECT number FROM queries").toArray()) {
      try {
        this.percolator.remove(number, this.#anchors(number));
        this.#file(number, this.#tree(number));
      } catch (error) {
        broken(number, error);
      }
    }
  }

  canonical(number: number): string {
    return this.#sql.exec<{ canonical: string }>("SELECT canonical FROM queries WHERE number = ?", number).one()
      .canonical;
  }

  #file(number: number, tree: Query): void {
    const anchors = this.percolator.add(number, tree);
    this.#sql.exec("UPDATE queries SET anchors = ? WHERE number = ?", JSON.stringify(anchors), number);
  }

  #anchors(number: number): string[] {
    const { anchors } = this.#sql
      .exec<{ anchors: string }>("SELECT anchors FROM queries WHERE number = ?", number)
      .one();
    return JSON.parse(anchors);
  }

  #tree(number: number): Query {
    const known = this.#trees.get(number);
    if (known) return known;
    const { tree } = parseQuery(this.canonical(number), this.#vocabulary);
    this.#trees.set(number, tree);
    return tree;
  }
}
