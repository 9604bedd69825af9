-- What all shards of alerts share. The alerts themselves live in the shards.

CREATE TABLE shards (
  number INTEGER PRIMARY KEY,
  opened_at TEXT NOT NULL
);

-- How often a caller registered, or a host was asked to confirm, in an hour.
CREATE TABLE registrations (
  -- caller:ADDRESS or host:NAME
  subject TEXT NOT NULL,
  hour TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (subject, hour)
) WITHOUT ROWID;
