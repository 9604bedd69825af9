/** The shards. Each is a Durable Object named by its number. Shards are only ever added. */
import type { Env } from "../platform/env.ts";
import { report } from "../platform/report.ts";
import { shardOf } from "./alert.ts";

type ShardOf<Namespace> = Namespace extends DurableObjectNamespace<infer Shard> ? Shard : never;
/**
 * The operations of a shard, with the types of its class. They take and return plain data, so that the platform's own types for a stub, which allow
 * for disposable results and pipelined calls, add nothing.
 */
export type ShardStub = Omit<ShardOf<Bindings["SHARD"]>, keyof DurableObject | keyof Rpc.DurableObjectBranded>;

export const shardStub = (env: Env, number: number): ShardStub => env.SHARD.getByName(String(number));

/** Returns the numbers of all shards, in order. */
export async function listShards(db: D1Database): Promise<number[]> {
  const { results } = await db.prepare("SELECT number FROM shards ORDER BY number").all<{ number: number }>();
  return results.map(({ number }) => number);
}

/** Returns the shard that an alert's id names, if it was opened: a made-up number must not create a Durable Object. */
export async function stubOf(env: Env, id: string): Promise<ShardStub | undefined> {
  const shard = shardOf(id);
  const opened = shard !== undefined && (await listShards(env.DB)).includes(shard);
  return opened ? shardStub(env, shard) : undefined;
}

/** Opens a shard. Opening it twice has no further effect. */
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
