-- What all shards of alerts share. The alerts themselves are in the shards: see src/shard/tables.ts.

-- The shards that exist. Owner: src/alerts/shards.ts.
CREATE TABLE shards (
  number INTEGER PRIMARY KEY,
  opened_at TEXT NOT NULL
);

-- Counters of the rate limits. Owner: src/http/rate-limit.ts.
CREATE TABLE registrations (
  -- What is counted: caller:ADDRESS or host:NAME
  subject TEXT NOT NULL,
  hour TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (subject, hour)
) WITHOUT ROWID;

-- Origins at which an operator was seen: links may name them while PUBLIC_URL is not set. Owner: src/alerts/origins.ts.
CREATE TABLE origins (
  -- Scheme, host and port: https://wire.example
  origin TEXT PRIMARY KEY,
  seen_at TEXT NOT NULL
) WITHOUT ROWID;
