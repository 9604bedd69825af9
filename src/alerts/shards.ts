/** Which shards there are. They are only ever added; each is a Durable Object named by its number. */
import type { Env } from "../platform/env.ts";
import { report } from "../platform/report.ts";
import type { ShardCalls } from "../shard/calls.ts";
import { shardOf } from "./alert.ts";

export const shardStub = (env: Env, number: number): ShardCalls => env.SHARD.getByName(String(number));

/** The numbers of all shards, in order. */
export async function listShards(db: D1Database): Promise<number[]> {
  const { results } = await db.prepare("SELECT number FROM shards ORDER BY number").all<{ number: number }>();
  return results.map(({ number }) => number);
}

/** The shard that an alert's id names. Only one that was opened: a made-up number must not make a Durable Object. */
export async function stubOf(env: Env, id: string): Promise<ShardCalls | undefined> {
  const shard = shardOf(id);
  const opened = shard !== undefined && (await listShards(env.DB)).includes(shard);
  return opened ? shardStub(env, shard) : undefined;
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

/** By what a WebSub subscription is found: see data/migrations/0004_hub.sql. */
export interface SubscriptionNames {
  /** Absent where the topic cannot be read. */
  id?: string;
  written: string;
}

/** The subscription of a callback and a topic, and its shard; undefined where there is none. */
export async function findSubscription(
  db: D1Database,
  { id, written }: SubscriptionNames,
): Promise<{ id: string; shard: number } | undefined> {
  const found = await db
    .prepare("SELECT id, shard FROM subscriptions WHERE id = ?1 OR written = ?2 ORDER BY written = ?2 DESC LIMIT 1")
    .bind(id ?? null, written)
    .first<{ id: string; shard: number }>();
  return found ?? undefined;
}

/** Notes that a subscription is asked for again, or for the first time: then it is to be in `shard`. Which shard has it. */
export async function claimSubscription(
  db: D1Database,
  { id, nonce }: SubscriptionKey,
  written: string,
  shard: number,
): Promise<number> {
  const claimed = await db
    .prepare(
      `INSERT INTO subscriptions (id, written, nonce, shard) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET nonce = excluded.nonce RETURNING shard`,
    )
    .bind(id, written, nonce, shard)
    .first<number>("shard");
  return claimed ?? shard;
}

/** A subscription, and the asking to subscribe that was the last one its shard knows of. */
export interface SubscriptionKey {
  id: string;
  nonce: string;
}

export async function moveSubscription(db: D1Database, id: string, shard: number): Promise<void> {
  await db.prepare("UPDATE subscriptions SET shard = ? WHERE id = ?").bind(shard, id).run();
}

/** Forgets where subscriptions are that are no more, unless somebody has asked since. */
export async function forgetSubscriptions(db: D1Database, gone: readonly SubscriptionKey[]): Promise<void> {
  await db
    .prepare(
      `DELETE FROM subscriptions WHERE (id, nonce) IN (SELECT value ->> 'id', value ->> 'nonce' FROM json_each(?))`,
    )
    .bind(JSON.stringify(gone))
    .run();
}
