/** The distinct queries of a shard, filed in the percolator. */
import type { IndexEntry } from "../../percolator/index-entry.ts";
import { Percolator } from "../../percolator/percolator.ts";
import { type ParsedQuery, parseQuery } from "../../query/grammar.ts";
import { type MatchReason, match } from "../../query/match.ts";
import type { AnalysedText } from "../../query/text.ts";
import type { Query } from "../../query/tree.ts";
import type { Names } from "../../record/names/read-names.ts";
import type { Sql } from "../sql.ts";
import { SqlPostings } from "./postings.ts";
import { TreeCache } from "./tree-cache.ts";

/**
 * The form in which queries are filed. Raise it when words get other keys, or postings another form: then every shard files its queries
 * anew when it wakes. `test/percolator/filed-by.test.ts` notices.
 */
export const FILED_BY = 2;

export interface Matching {
  query: number;
  found: MatchReason[];
}

export class Queries {
  readonly #sql: Sql;
  readonly #percolator: Percolator;
  readonly #isAsked: (query: number) => boolean;
  readonly #trees = new TreeCache();
  #names: Names;

  /** `isAsked` tells whether any alert or subscription asks a query. */
  constructor(sql: Sql, names: Names, isAsked: (query: number) => boolean) {
    this.#sql = sql;
    this.#names = names;
    this.#isAsked = isAsked;
    this.#percolator = new Percolator(new SqlPostings(sql));
  }

  /** The names by which the queries are read. */
  get names(): Names {
    return this.#names;
  }

  /** The number of a query; one that is new to the shard is filed. */
  file(written: string): number {
    const source = written.trim().replace(/\s+/gu, " ");
    const known = this.#sql.first<{ number: number }>("SELECT number FROM queries WHERE source = ?", source);
    if (known) return known.number;
    const { number } = this.#sql.one<{ number: number }>(
      "INSERT INTO queries (source, canonical) VALUES (?, '') RETURNING number",
      source,
    );
    this.#file(number);
    return number;
  }

  /** Forgets a query that no alert and no subscription asks any more. */
  removeUnused(number: number): void {
    if (this.#isAsked(number)) return;
    this.#percolator.remove(number, this.#filed(number).entries);
    this.#sql.run("DELETE FROM queries WHERE number = ?", number);
    this.#trees.delete(number);
  }

  /** Reads all queries by other names, and files those anew that are now read otherwise. */
  reread(names: Names, broken: (query: number, error: unknown) => void): void {
    this.#names = names;
    this.#trees.clear();
    for (const { number } of this.#sql.all<{ number: number }>("SELECT number FROM queries")) {
      try {
        this.#file(number);
      } catch (error) {
        this.#unfile(number);
        broken(number, error);
      }
    }
  }

  /** A query as it is read now. Throws a QueryError where it cannot be read any more. */
  parsed(number: number): ParsedQuery {
    return parseQuery(this.#source(number), this.#names.vocabulary);
  }

  canonical(number: number): string {
    return this.#sql.one<{ canonical: string }>("SELECT canonical FROM queries WHERE number = ?", number).canonical;
  }

  /**
   * The queries that match a text, in the order of their numbers, and why. The percolator names them and the predicate has the last
   * word. A query that cannot be run is told to `broken` and silences no other.
   */
  matching(text: AnalysedText, broken: (query: number, error: unknown) => void): Matching[] {
    const { found, excluded } = this.#percolator.match(text);
    return [...found, ...excluded]
      .sort((a, b) => a - b)
      .flatMap((query) => {
        try {
          const found = match(this.#tree(query), text);
          return found === undefined ? [] : [{ query, found }];
        } catch (error) {
          broken(query, error);
          return [];
        }
      });
  }

  /** Files a query, where it is not filed in just this form already. */
  #file(number: number): void {
    const { tree, canonical } = this.parsed(number);
    const filed = this.#filed(number);
    const form = fingerprint(`${FILED_BY} ${JSON.stringify(tree)}`);
    if (form === filed.form && canonical === filed.canonical) return;
    let { entries } = filed;
    if (form !== filed.form) {
      this.#percolator.remove(number, entries);
      entries = this.#percolator.add(number, tree);
    }
    this.#sql.run(
      "UPDATE queries SET canonical = ?, form = ?, entries = ? WHERE number = ?",
      ...[canonical, form, JSON.stringify(entries), number],
    );
  }

  /** Takes a query that cannot be read any more out of the percolator; it stays, and is tried again when names change. */
  #unfile(number: number): void {
    this.#percolator.remove(number, this.#filed(number).entries);
    this.#sql.run("UPDATE queries SET form = -1, entries = '[]' WHERE number = ?", number);
  }

  #filed(number: number): { canonical: string; form: number; entries: IndexEntry[] } {
    const row = this.#sql.one<{ canonical: string; form: number; entries: string }>(
      "SELECT canonical, form, entries FROM queries WHERE number = ?",
      number,
    );
    return { ...row, entries: JSON.parse(row.entries) };
  }

  #tree(number: number): Query {
    const known = this.#trees.get(number);
    if (known) return known;
    const source = this.#source(number);
    const { tree } = parseQuery(source, this.#names.vocabulary);
    this.#trees.set(number, tree, source);
    return tree;
  }

  #source(number: number): string {
    return this.#sql.one<{ source: string }>("SELECT source FROM queries WHERE number = ?", number).source;
  }
}

/** A hash of 53 bits. It needs no key, since it only compares two readings of one query. */
export function fingerprint(text: string): number {
  let a = 0x5eed1e55;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return (b >>> 11) * 2 ** 32 + (a >>> 0);
}
