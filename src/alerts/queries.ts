/** The distinct queries of a shard, filed in the percolator. */
import { anchorsOf } from "../percolator/anchors.ts";
import { Percolator } from "../percolator/percolator.ts";
import { type ParsedQuery, parseQuery } from "../query/grammar.ts";
import type { Vocabulary } from "../query/names.ts";
import type { Query } from "../query/tree.ts";
import type { Names } from "../record/names.ts";
import { SqlPostings } from "./postings.ts";

export class Queries {
  readonly #sql: SqlStorage;
  readonly percolator: Percolator;
  #names: Names;
  /** Trees read so far, by number; they hold for one vocabulary. */
  readonly #trees = new Map<number, Query>();

  constructor(sql: SqlStorage, names: Names) {
    this.#sql = sql;
    this.#names = names;
    this.percolator = new Percolator(new SqlPostings(sql), (number) => this.#tree(number));
  }

  /** The version of the vocabulary by which the queries are read. */
  get version(): number {
    return this.#names.version;
  }

  get vocabulary(): Vocabulary {
    return this.#names.vocabulary;
  }

  /** The number of a query; one that is new to the shard is filed. */
  file(written: string): number {
    const source = written.trim().replace(/\s+/gu, " ");
    const known = this.#sql
      .exec<{ number: number }>("SELECT number FROM queries WHERE source = ?", source)
      .toArray()[0];
    if (known) return known.number;
    const { number } = this.#sql
      .exec<{ number: number }>(
        "INSERT INTO queries (source, canonical, anchors) VALUES (?, '', '[]') RETURNING number",
        source,
      )
      .one();
    this.#file(number);
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

  /** Reads all queries by other names, and files those anew that are now read otherwise. */
  reread(names: Names, broken: (query: number, error: unknown) => void): void {
    this.#names = names;
    this.#trees.clear();
    for (const { number } of this.#sql.exec<{ number: number }>("SELECT number FROM queries").toArray()) {
      try {
        this.#file(number);
      } catch (error) {
        broken(number, error);
      }
    }
  }

  canonical(number: number): string {
    return this.#sql.exec<{ canonical: string }>("SELECT canonical FROM queries WHERE number = ?", number).one()
      .canonical;
  }

  /** Files a query under its anchors, where it is not filed under just these already. */
  #file(number: number): void {
    const { tree, canonical } = this.#parse(number);
    const [before, anchors] = [this.#anchors(number), anchorsOf(tree)];
    if (before.join() !== anchors.join()) {
      this.percolator.remove(number, before);
      this.percolator.add(number, tree);
    } else if (canonical === this.canonical(number)) {
      return;
    }
    this.#sql.exec(
      "UPDATE queries SET canonical = ?, anchors = ? WHERE number = ?",
      ...[canonical, JSON.stringify(anchors), number],
    );
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
    const { tree } = this.#parse(number);
    this.#trees.set(number, tree);
    return tree;
  }

  #parse(number: number): ParsedQuery {
    const { source } = this.#sql.exec<{ source: string }>("SELECT source FROM queries WHERE number = ?", number).one();
    return parseQuery(source, this.#names.vocabulary);
  }
}
