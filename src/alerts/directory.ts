/** Which shards there are. They are only ever added; each is a Durable Object named by its number. */
import type { Env } from "../env.ts";
import type { ShardCalls } from "./calls.ts";
import { report } from "./report.ts";

export const shardStub = (env: Env, number: number): ShardCalls => env.SHARD.getByName(String(number));

/** The numbers of all shards, in order. */
export async function listShards(db: D1Database): Promise<number[]> {
  const { results } = await db.prepare("SELECT number FROM shards ORDER BY number").all<{ number: number }>();
  return results.map(({ number }) => number);
}

/** Opens a shard. Two requests that open the same one open it once. */
export async function openShard(db: D1Database, number: number): Promise<void> {
  await db
    .prepare("INSERT OR IGNORE INTO shards (number, opened_at) VALUES (?, ?)")
    .bind(number, new Date().toISOString())
    .run();
}

/** Wakes every shard. Best effort: the cron repeats it every minute, and each shard reads on from its cursor. */
export async function wakeShards(env: Env): Promise<void> {
  const shards = await listShards(env.DB);
  const outcomes = await Promise.allSettled(shards.map((number) => shardStub(env, number).wake()));
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.status === "rejected") {
      report("wake.failed", { shard: shards[i], error: String(outcome.reason) });
    }
  }
}
