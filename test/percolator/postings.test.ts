/** The store in a shard's SQLite. Its cache in the isolate never differs from what is stored. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { Percolator } from "../../src/percolator/percolator.ts";
import { parseQuery } from "../../src/query/grammar.ts";
import { analyse } from "../../src/query/text.ts";
import { SqlPostings } from "../../src/shard/follow/postings.ts";
import { SHARD_CAPACITY } from "../../src/shard/shard.ts";
import { Sql } from "../../src/shard/sql.ts";
import { NO_NAMES } from "../query/vocabulary.ts";

const tree = (query: string) => parseQuery(query, NO_NAMES).tree;
const text = (source: string) => analyse({ title: "", text: source }, NO_NAMES);

let count = 0;
const inObject = (use: (storage: DurableObjectStorage) => void): Promise<void> =>
  runInDurableObject(env.SHARD.getByName(`cache ${++count}`), (_, { storage }) => use(storage));

const keyOf = (name: string): Promise<number[]> =>
  runInDurableObject(env.SHARD.getByName(name), (_, { storage: { sql } }) => [
    ...new Int32Array(sql.exec<{ entry_key: ArrayBuffer }>("SELECT entry_key FROM state").one().entry_key),
  ]);

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

describe("the cache of a shard", () => {
  it("is filled once: the same words, and words without queries, cause no further read", () =>
    inObject((storage) => {
      const { sql, read } = counted(storage.sql);
      const percolator = new Percolator(new SqlPostings(new Sql(sql)));
      percolator.add(1, tree("convoy"));
      read();
      expect(percolator.match(text("a convoy left town")).found).toEqual([1]);
      // One pack per word at most, and the list of requested entries.
      expect(read()).toBeLessThanOrEqual(2 * 4);
      expect(percolator.match(text("town: a convoy left")).found).toEqual([1]);
      expect(read()).toBe(0);
    }));

  it("a new store answers from the first text on", () =>
    inObject(({ sql }) => {
      const before = new Percolator(new SqlPostings(new Sql(sql)));
      before.add(1, tree("convoy -truck"));
      before.add(2, tree("bomb*"));
      const woken = new Percolator(new SqlPostings(new Sql(sql)));
      expect(woken.match(text("a convoy was bombed")).found.sort()).toEqual([1, 2]);
    }));

  it("includes later additions and removals", () =>
    inObject(({ sql }) => {
      const percolator = new Percolator(new SqlPostings(new Sql(sql)));
      expect(percolator.match(text("a convoy")).found).toEqual([]);
      const entries = percolator.add(1, tree("convoy"));
      expect(percolator.match(text("a convoy")).found).toEqual([1]);
      percolator.remove(1, entries);
      expect(percolator.match(text("a convoy")).found).toEqual([]);
    }));

  it("a prefix is searched for once it is added", () =>
    inObject(({ sql }) => {
      const percolator = new Percolator(new SqlPostings(new Sql(sql)));
      expect(percolator.match(text("a bombing")).found).toEqual([]);
      percolator.add(1, tree("bomb*"));
      expect(percolator.match(text("a bombing")).found).toEqual([1]);
    }));

  it("does not include writes that were rolled back", () =>
    inObject((storage) => {
      const percolator = new Percolator(new SqlPostings(new Sql(storage.sql)));
      const kept = percolator.add(1, tree("convoy"));
      expect(percolator.match(text("a convoy, a truck")).found).toEqual([1]);
      const failing = () =>
        storage.transactionSync(() => {
          percolator.add(2, tree("convoy"));
          percolator.add(3, tree("truck"));
          percolator.remove(1, kept);
          throw new Error("rolled back");
        });
      expect(failing).toThrow("rolled back");
      expect(percolator.match(text("a convoy, a truck")).found).toEqual([1]);
    }));
});

describe("the key of the hash", () => {
  it("differs in each shard", async () => {
    const [one, other] = [await keyOf("key 1"), await keyOf("key 2")];
    expect(one).toHaveLength(other.length);
    expect(one.filter((part, i) => part === other[i]).length).toBeLessThan(3);
    // Asking a shard again does not create another key.
    expect(await keyOf("key 1")).toEqual(one);
  });

  it("survives a restart, and so do the filed queries", async () => {
    const shard = env.SHARD.getByName("restarted");
    const file = (sql: SqlStorage): void => {
      new Percolator(new SqlPostings(new Sql(sql))).add(1, tree("convoy -truck"));
    };
    await runInDurableObject(shard, (_, { storage }) => file(storage.sql));
    const before = await keyOf("restarted");
    await evictDurableObject(shard);
    expect(await keyOf("restarted")).toEqual(before);
    await runInDurableObject(shard, (_, { storage: { sql } }) =>
      expect(new Percolator(new SqlPostings(new Sql(sql))).match(text("a convoy")).found).toEqual([1]),
    );
  });
});

describe("many long queries under one word", () => {
  const parts = (sql: SqlStorage) =>
    sql.exec<{ entry: number; part: number }>("SELECT entry, part FROM posting_parts ORDER BY entry, part").toArray();
  const longest = (sql: SqlStorage): number =>
    sql
      .exec<{ bytes: number }>(
        "SELECT max(length(units)) AS bytes FROM (SELECT units FROM postings UNION ALL SELECT units FROM posting_parts)",
      )
      .one().bytes;
  const excluded = Array.from({ length: 30 }, (_, k) => `-"a${k} b"`).join(" ");
  const long = (i: number) => tree(`syria -c${i} ${excluded}`);

  it("are stored in parts; none is left when the queries are gone", () =>
    inObject(({ sql }) => {
      const percolator = new Percolator(new SqlPostings(new Sql(sql)));
      const filed = Array.from({ length: 250 }, (_, i) => percolator.add(i, long(i)));
      const [entry = 0] = filed[0] ?? [];
      expect(parts(sql)).toEqual([1, 2, 3, 4].map((part) => ({ entry, part })));
      for (const [i, entries] of filed.entries()) percolator.remove(i, entries);
      expect(parts(sql)).toEqual([]);
      expect(sql.exec("SELECT pack FROM postings").toArray()).toEqual([]);
    }));

  it("stay far below the row limit at a full shard and delay nobody", () =>
    inObject((storage) => {
      const postings = new SqlPostings(new Sql(storage.sql));
      const percolator = new Percolator(postings);
      storage.transactionSync(() => {
        percolator.add(0, tree("syria"));
        for (let i = 1; i < SHARD_CAPACITY - 1; i++) percolator.add(i, long(i));
        percolator.add(SHARD_CAPACITY - 1, tree("syria NEAR/3 talks"));
      });
      expect(longest(storage.sql)).toBeLessThan(2 ** 17);
      expect(postings.size.bytes).toBeLessThan(2 ** 20);
      const { found } = percolator.match(text("Syria talks"));
      expect(found.sort((a, b) => a - b)).toEqual(Array.from({ length: SHARD_CAPACITY }, (_, i) => i));
    }));
});
