-- In which shard a WebSub subscription is kept, so that asking again reaches the same one.
CREATE TABLE subscriptions (
  -- The digest of topic and callback.
  id TEXT PRIMARY KEY,
  shard INTEGER NOT NULL,
  -- Of the last asking: a shard that forgets the subscription deletes this row only where nobody has asked since.
  nonce TEXT NOT NULL
) WITHOUT ROWID;
