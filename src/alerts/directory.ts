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

/**
 * Notes that a WebSub subscription is asked for again, or for the first time: then it is to be in `shard`. Which shard has it; without
 * `shard`, undefined where none does.
 */
export async function claimSubscription(
  db: D1Database,
  { id, nonce }: SubscriptionKey,
  shard?: number,
): Promise<number | undefined> {
  const claim =
    shard === undefined
      ? db.prepare("UPDATE subscriptions SET nonce = ?2 WHERE id = ?1 RETURNING shard").bind(id, nonce)
      : db
          .prepare(
            `INSERT INTO subscriptions (id, nonce, shard) VALUES (?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET nonce = excluded.nonce RETURNING shard`,
          )
          .bind(id, nonce, shard);
  return (await claim.first<number>("shard")) ?? undefined;
}

/** A subscription, and the asking that was the last one its shard knows of. */
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
