-- Origins at which an operator was seen: those that links may name while PUBLIC_URL is not set. Written by src/alerts/origins.ts alone.
CREATE TABLE origins (
  -- Scheme, host and port: https://wire.example
  origin TEXT PRIMARY KEY,
  seen_at TEXT NOT NULL
) WITHOUT ROWID;
