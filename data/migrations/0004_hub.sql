-- In which shard a WebSub subscription is kept, so that asking again reaches the same one.
CREATE TABLE subscriptions (
  -- The digest of the callback and the canonical address of the feed.
  id TEXT PRIMARY KEY,
  -- The digest of the callback and the topic as it was written at first: by it a subscription is found although its query is read otherwise
  -- by now, or cannot be read any more.
  written TEXT NOT NULL,
  shard INTEGER NOT NULL,
  -- Of the last asking to subscribe: a shard that forgets the subscription deletes this row only where nobody has asked since.
  nonce TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX subscriptions_by_written ON subscriptions (written);
