/** Where a percolator may keep its rows. */

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { SqlPostings } from "../../src/alerts/postings.ts";
import { MemoryStore } from "../../src/percolator/memory.ts";
import type { PostingStore } from "../../src/percolator/percolator.ts";

/** Lends a store of its own, and how many rows there are in it. */
export type SomeStore = (use: (store: PostingStore, rows: () => number) => void) => Promise<void>;

export const inMemory: SomeStore = async (use) => {
  const store = new MemoryStore();
  use(store, () => store.size.rows);
};

let shards = 0;
/** The store that a shard uses, in a Durable Object's SQLite. */
export const inShard: SomeStore = (use) =>
  runInDurableObject(env.SHARD.getByName(`postings ${++shards}`), async (_, { storage: { sql } }) => {
    const store = new SqlPostings(sql);
    use(store, () => store.size.rows);
  });
