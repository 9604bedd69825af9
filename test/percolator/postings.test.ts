/** The store in a shard's SQLite: what it keeps in the isolate is never other than what is stored. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { SqlPostings } from "../../src/alerts/postings.ts";
import { Percolator } from "../../src/percolator/percolator.ts";
import { parseQuery } from "../../src/query/grammar.ts";
import { analyse } from "../../src/query/text.ts";
import { NO_NAMES } from "../query/vocabulary.ts";

const tree = (query: string) => parseQuery(query, NO_NAMES).tree;
const text = (source: string) => analyse({ title: "", text: source }, NO_NAMES);

let count = 0;
const inObject = (use: (storage: DurableObjectStorage) => void): Promise<void> =>
  runInDurableObject(env.SHARD.getByName(`cache ${++count}`), (_, { storage }) => use(storage));

/** Counts the rows that a percolator reads from SQLite. */
function counted(sql: SqlStorage): { sql: SqlStorage; read: () => number } {
  const cursors: { rowsRead: number }[] = [];
  const exec = (query: string, ...bindings: unknown[]) => {
    const cursor = sql.exec(query, ...bindings);
    cursors.push(cursor);
    return cursor;
  };
  const proxy = new Proxy(sql, { get: (_, property) => (property === "exec" ? exec : Reflect.get(sql, property)) });
  return { sql: proxy, read: () => cursors.splice(0).reduce((sum, { rowsRead }) => sum + rowsRead, 0) };
}

describe("what a shard keeps in memory", () => {
  it("is read once: for the same words again SQLite is not asked, nor for words that nobody asks for", () =>
    inObject((storage) => {
      const { sql, read } = counted(storage.sql);
      const percolator = new Percolator(new SqlPostings(sql));
      percolator.add(1, tree("convoy"));
      read();
      expect(percolator.match(text("a convoy left town"))).toEqual([1]);
      // Of each word a pack at most, and the list that asked for them.
      expect(read()).toBeLessThanOrEqual(2 * 4);
      expect(percolator.match(text("town: a convoy left"))).toEqual([1]);
      expect(read()).toBe(0);
    }));

  it("a store that was just opened answers from the first text on", () =>
    inObject(({ sql }) => {
      const before = new Percolator(new SqlPostings(sql));
      before.add(1, tree("convoy -truck"));
      before.add(2, tree("bomb*"));
      const woken = new Percolator(new SqlPostings(sql));
      expect(woken.match(text("a convoy was bombed")).sort()).toEqual([1, 2]);
    }));

  it("knows what was added and removed since it was read", () =>
    inObject(({ sql }) => {
      const percolator = new Percolator(new SqlPostings(sql));
      expect(percolator.match(text("a convoy"))).toEqual([]);
      const entries = percolator.add(1, tree("convoy"));
      expect(percolator.match(text("a convoy"))).toEqual([1]);
      percolator.remove(1, entries);
      expect(percolator.match(text("a convoy"))).toEqual([]);
    }));

  it("a prefix that is added is looked for from then on", () =>
    inObject(({ sql }) => {
      const percolator = new Percolator(new SqlPostings(sql));
      expect(percolator.match(text("a bombing"))).toEqual([]);
      percolator.add(1, tree("bomb*"));
      expect(percolator.match(text("a bombing"))).toEqual([1]);
    }));

  it("is not what a transaction wrote that was rolled back", () =>
    inObject((storage) => {
      const percolator = new Percolator(new SqlPostings(storage.sql));
      const kept = percolator.add(1, tree("convoy"));
      expect(percolator.match(text("a convoy, a truck"))).toEqual([1]);
      const failing = () =>
        storage.transactionSync(() => {
          percolator.add(2, tree("convoy"));
          percolator.add(3, tree("truck"));
          percolator.remove(1, kept);
          throw new Error("rolled back");
        });
      expect(failing).toThrow("rolled back");
      expect(percolator.match(text("a convoy, a truck"))).toEqual([1]);
    }));
});
