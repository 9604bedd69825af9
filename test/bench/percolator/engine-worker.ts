/**
 * The percolator as a shard runs it: in a Durable Object, on its SQLite, with the tables of a shard. Only the rest of the shard
 * (alerts, messages) is left out.
 */
import { DurableObject } from "cloudflare:workers";
import { Percolator } from "../../../src/percolator/percolator.ts";
import { parseQuery } from "../../../src/query/grammar.ts";
import { makeVocabulary } from "../../../src/query/names.ts";
import { analyse } from "../../../src/query/text.ts";
import { SqlPostings } from "../../../src/shard/follow/postings.ts";
import { Sql } from "../../../src/shard/sql.ts";
import { migrate } from "../../../src/shard/tables.ts";
import { timed } from "../clock.ts";

const NO_NAMES = makeVocabulary([]);

export class Engine extends DurableObject {
  readonly #postings: SqlPostings;
  readonly #percolator: Percolator;
  /** The packs looked up in SQLite, and the rows that it says to have read for them, since they were last reset. */
  #fetched: number[] = [];
  #cursors: { rowsRead: number }[] = [];

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    migrate(ctx.storage);
    this.#postings = new SqlPostings(new Sql(this.#watched()));
    this.#percolator = new Percolator(this.#postings);
  }

  #watched(): SqlStorage {
    const { sql } = this.ctx.storage;
    return new Proxy(sql, {
      get: (_, property) => {
        if (property !== "exec") return Reflect.get(sql, property);
        return (query: string, ...bindings: unknown[]) => {
          const cursor = sql.exec(query, ...bindings);
          if (query.startsWith("SELECT pack, units")) {
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

  sizes(): { rows: number; bytes: number; disk: number } {
    return { ...this.#postings.size, disk: this.ctx.storage.sql.databaseSize };
  }

  /** Matches an article that is met for the first time; `ms` is what that takes, and `rowsRead` what SQLite says to have read. */
  meet(article: string): { ms: number; rowsRead: number } {
    const text = analyse({ title: "", text: article }, NO_NAMES);
    [this.#fetched, this.#cursors] = [[], []];
    this.#percolator.match(text);
    const rowsRead = this.#cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0);
    const fetched = this.#fetched;
    const ms = timed(() => {
      this.#postings.forget(fetched);
      [this.#fetched, this.#cursors] = [[], []];
      this.#percolator.match(text);
    });
    return { ms, rowsRead };
  }

  match(article: string): { matches: number[]; ms: number } {
    const text = analyse({ title: "", text: article }, NO_NAMES);
    return { matches: this.#percolator.match(text).found, ms: timed(() => this.#percolator.match(text)) };
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
      case "meet":
        return Response.json(await engine.meet(call.article));
      case "match":
        return Response.json(await engine.match(call.article));
      default:
        return Response.json(await engine.sizes());
    }
  },
};

export type Call =
  | { do: "add"; from: number; queries: readonly string[] }
  | { do: "meet" | "match"; article: string }
  | { do: "sizes" };
