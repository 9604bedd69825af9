/** The table `subscription_shards` of D1: which shard has a WebSub subscription. */

/** By what a WebSub subscription is found: see data/migrations/0003_websub.sql. */
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
    .prepare(
      "SELECT id, shard FROM subscription_shards WHERE id = ?1 OR written = ?2 ORDER BY written = ?2 DESC LIMIT 1",
    )
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
      `INSERT INTO subscription_shards (id, written, nonce, shard) VALUES (?, ?, ?, ?)
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
  await db.prepare("UPDATE subscription_shards SET shard = ? WHERE id = ?").bind(shard, id).run();
}

/** Forgets where subscriptions are that are no more, unless somebody has asked since. */
export async function forgetSubscriptions(db: D1Database, gone: readonly SubscriptionKey[]): Promise<void> {
  await db
    .prepare(
      `DELETE FROM subscription_shards WHERE (id, nonce) IN (SELECT value ->> 'id', value ->> 'nonce' FROM json_each(?))`,
    )
    .bind(JSON.stringify(gone))
    .run();
}
