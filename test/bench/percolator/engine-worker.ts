/**
 * The percolator as a shard runs it: in a Durable Object, on its SQLite, with the tables of a shard. Only the rest of the shard
 * (alerts, messages) is left out.
 */
import { DurableObject } from "cloudflare:workers";
import { SqlPostings } from "../../../src/alerts/postings.ts";
import { migrate } from "../../../src/alerts/tables.ts";
import type { Entry } from "../../../src/percolator/entry.ts";
import { Percolator } from "../../../src/percolator/percolator.ts";
import { parseQuery } from "../../../src/query/grammar.ts";
import { makeVocabulary } from "../../../src/query/names.ts";
import { type AnalysedText, analyse } from "../../../src/query/text.ts";

const NO_NAMES = makeVocabulary([]);
/** The clock ticks in milliseconds here: what is timed is repeated for so long. */
const LEAST_MS = 25;

export class Engine extends DurableObject {
  #postings: SqlPostings;
  #percolator: Percolator;
  readonly #articles: AnalysedText[] = [];
  /** The entries looked up in SQLite, and the rows that it says to have read for them, since they were last reset. */
  #fetched: Entry[] = [];
  #cursors: { rowsRead: number }[] = [];

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    migrate(ctx.storage);
    this.#postings = new SqlPostings(this.#watched());
    this.#percolator = new Percolator(this.#postings);
  }

  #watched(): SqlStorage {
    const { sql } = this.ctx.storage;
    return new Proxy(sql, {
      get: (_, property) => {
        if (property !== "exec") return Reflect.get(sql, property);
        return (query: string, ...bindings: unknown[]) => {
          const cursor = sql.exec(query, ...bindings);
          if (query.startsWith("SELECT entry, units")) {
            this.#fetched.push(...JSON.parse(String(bindings[0])));
            this.#cursors.push(cursor);
          }
          return cursor;
        };
      },
    });
  }

  /** Files queries under the numbers from `from` on, and tells how long that took without their reading, in milliseconds each. */
  add(from: number, queries: readonly string[]): number {
    const trees = queries.map((query) => parseQuery(query, NO_NAMES).tree);
    const start = performance.now();
    this.ctx.storage.transactionSync(() => {
      for (const [i, tree] of trees.entries()) this.#percolator.add(from + i, tree);
    });
    return (performance.now() - start) / queries.length;
  }

  addArticles(texts: readonly string[]): void {
    for (const text of texts) this.#articles.push(analyse({ title: "", text }, NO_NAMES));
  }

  sizes(): { rows: number; bytes: number; disk: number } {
    const { sql } = this.ctx.storage;
    const sums = sql.exec<{ rows: number; bytes: number }>(
      "SELECT count(*) AS rows, sum(length(units)) AS bytes FROM postings",
    );
    return { ...sums.one(), disk: sql.databaseSize };
  }

  /** As a shard is that was just woken: nothing is read yet. */
  wake(): void {
    this.#postings = new SqlPostings(this.#watched());
    this.#percolator = new Percolator(this.#postings);
  }

  /**
   * Matches an article, and tells how long that takes and what is read for it. Each repetition begins with those rows in the cache
   * that the articles before have brought, and without those that this one is the first to ask for.
   */
  match(article: number): { matches: number[]; ms: number; rowsRead: number } {
    const text = this.#articles[article];
    if (text === undefined) throw new Error(`there is no article ${article}`);
    [this.#fetched, this.#cursors] = [[], []];
    const matches = this.#percolator.match(text);
    const rowsRead = this.#cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0);
    const fetched = this.#fetched;
    const tick = performance.now();
    let start = tick;
    while (start === tick) start = performance.now();
    let runs = 0;
    let end = start;
    while (end - start < LEAST_MS) {
      this.#postings.forget(fetched);
      [this.#fetched, this.#cursors] = [[], []];
      this.#percolator.match(text);
      runs++;
      end = performance.now();
    }
    return { matches, ms: (end - start) / runs, rowsRead };
  }
}

interface Env {
  ENGINE: DurableObjectNamespace<Engine>;
}

export default {
  async fetch(request: Request, { ENGINE }: Env): Promise<Response> {
    const engine = ENGINE.getByName("engine");
    const call: Call = await request.json();
    switch (call.do) {
      case "add":
        return Response.json(await engine.add(call.from, call.queries));
      case "articles":
        return Response.json((await engine.addArticles(call.texts)) ?? null);
      case "match":
        return Response.json(await engine.match(call.article));
      default:
        return Response.json((await engine[call.do]()) ?? null);
    }
  },
};

export type Call =
  | { do: "add"; from: number; queries: readonly string[] }
  | { do: "articles"; texts: readonly string[] }
  | { do: "match"; article: number }
  | { do: "sizes" | "wake" };
