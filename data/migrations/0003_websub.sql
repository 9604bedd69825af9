-- The shard of each WebSub subscription, so that a repeated request reaches the same shard. Owner: src/websub/subscription-shards.ts.
CREATE TABLE subscription_shards (
  -- Digest of the callback and the canonical address of the feed.
  id TEXT PRIMARY KEY,
  -- Digest of the callback and the topic as it was written at first. By it a subscription is found after its query has become unreadable, or
  -- is read otherwise.
  written TEXT NOT NULL,
  shard INTEGER NOT NULL,
  -- Random text of the last request to subscribe. A shard that removes the subscription deletes this row only if nobody has asked since.
  nonce TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX subscription_shards_by_written ON subscription_shards (written);
