/** Stores for the rows of a percolator. */

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { IndexEntries } from "../../src/percolator/index-entry.ts";
import { MemoryStore } from "../../src/percolator/memory-store.ts";
import type { PostingStore } from "../../src/percolator/percolator.ts";
import { SqlPostings } from "../../src/shard/follow/postings.ts";
import { Sql } from "../../src/shard/sql.ts";

/**
 * A hash other than the store's own, and the length in units after which a row is cut into parts, if the store has
 * parts.
 */
interface Options {
  entries?: IndexEntries;
  mostUnits?: number;
}

/** Provides a new store and a count of its rows. */
export type SomeStore = (use: (store: PostingStore, rows: () => number) => void, options?: Options) => Promise<void>;

export const inMemory: SomeStore = async (use, { entries } = {}) => {
  const store = new MemoryStore(entries);
  use(store, () => store.size.rows);
};

let shards = 0;
/** The store of a shard, in a Durable Object's SQLite. */
export const inShard: SomeStore = (use, options) =>
  runInDurableObject(env.SHARD.getByName(`postings ${++shards}`), async (_, { storage: { sql } }) => {
    const store = new SqlPostings(new Sql(sql), options);
    use(store, () => store.size.rows);
  });
