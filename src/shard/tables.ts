import { makeKey } from "../percolator/index-entry.ts";
import type { Env } from "../platform/env.ts";
import { failpoint } from "../platform/failpoint.ts";

/** The tables of a shard, in its Durable Object's SQLite. A version is applied once, in order, and never edited. */

export const VERSIONS: readonly string[] = [
  `
  -- The log entries up to cursor are matched; names is the version of the vocabulary by which the queries are filed.
  CREATE TABLE state (cursor INTEGER NOT NULL, names INTEGER NOT NULL);
  INSERT INTO state VALUES (0, 0);

  -- Each distinct query once, whoever asks it, as it was written: a name that is added later may be read in words that the
  -- canonical form sorts apart. anchors is the JSON list of entries under which it is filed.
  CREATE TABLE queries (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL UNIQUE,
    canonical TEXT NOT NULL,
    anchors TEXT NOT NULL
  );

  -- For each index entry the numbers of the queries filed under it, as 32-bit integers.
  CREATE TABLE postings (entry TEXT PRIMARY KEY, queries BLOB NOT NULL) WITHOUT ROWID;

  CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    query INTEGER NOT NULL REFERENCES queries (number),
    channel TEXT NOT NULL,                 -- JSON
    host TEXT NOT NULL,                    -- that it calls; empty for a feed
    status TEXT NOT NULL,
    paused_because TEXT,
    token_hash TEXT NOT NULL,
    feed_key_hash TEXT NOT NULL,
    secret TEXT NOT NULL,
    origin TEXT NOT NULL,                  -- for the links in its messages
    since INTEGER NOT NULL,                -- it sees the log entries after this one
    latest INTEGER NOT NULL DEFAULT 0,     -- the number of its last message
    challenge TEXT,
    created_at INTEGER NOT NULL,           -- milliseconds of Unix time, here and below
    confirmed_at INTEGER,
    expires_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX alerts_by_query ON alerts (query);
  CREATE INDEX alerts_expiring ON alerts (expires_at) WHERE expires_at IS NOT NULL;

  -- What several messages say alike: one article (or event) found by one query.
  CREATE TABLE notices (
    number INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    query TEXT NOT NULL,                   -- canonical
    article TEXT,
    data TEXT NOT NULL                     -- JSON
  );
  CREATE INDEX notices_by_article ON notices (article) WHERE article IS NOT NULL;

  -- The outbox. Number 0 is the confirmation, which is no message of the alert's own.
  CREATE TABLE messages (
    alert TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    id TEXT NOT NULL,
    notice INTEGER NOT NULL REFERENCES notices (number),
    status TEXT NOT NULL,                  -- pending, delivered, failed
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER,               -- null: held until the alert is confirmed, or done
    PRIMARY KEY (alert, sequence)
  ) WITHOUT ROWID;
  CREATE INDEX messages_due ON messages (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
  CREATE INDEX messages_by_notice ON messages (notice);

  CREATE TABLE attempts (
    alert TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    milliseconds INTEGER NOT NULL,
    PRIMARY KEY (alert, sequence, number)
  ) WITHOUT ROWID;
  `,
  `
  -- The percolator's rows, in packs: see postings.ts.
  DROP TABLE postings;
  CREATE TABLE postings (pack INTEGER PRIMARY KEY, units BLOB NOT NULL);

  -- form: a hash of the tree in which a query is filed; entries: under which, as JSON. -1: not filed yet.
  ALTER TABLE queries DROP COLUMN anchors;
  ALTER TABLE queries ADD COLUMN form INTEGER NOT NULL DEFAULT -1;
  ALTER TABLE queries ADD COLUMN entries TEXT NOT NULL DEFAULT '[]';
  -- By which form of the postings the queries are filed: see queries.ts. 0: by none, so that all are filed when the shard wakes.
  ALTER TABLE state ADD COLUMN filed_by INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- Whose turn it is: when the first message of an alert is due, and how many quick answers its receiver owes until it is not slow.
  ALTER TABLE alerts ADD COLUMN due_at INTEGER;
  ALTER TABLE alerts ADD COLUMN slow INTEGER NOT NULL DEFAULT 0;
  -- Since when nothing but failures came of its messages.
  ALTER TABLE alerts ADD COLUMN failing_since INTEGER;
  -- What became of its last attempt, where that failed.
  ALTER TABLE alerts ADD COLUMN trouble TEXT;
  -- Its receiver asked to be left alone until then.
  ALTER TABLE alerts ADD COLUMN rest_until INTEGER NOT NULL DEFAULT 0;
  -- Messages that its owner asked for on a day, by tests and replays.
  ALTER TABLE alerts ADD COLUMN asked_day INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alerts ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
  -- Secrets that still sign beside the present one: JSON, [{secret, until}].
  ALTER TABLE alerts ADD COLUMN old_secrets TEXT NOT NULL DEFAULT '[]';
  -- Whether any channel of it was ever confirmed: such an alert is not removed for another one that is not.
  ALTER TABLE alerts ADD COLUMN established INTEGER NOT NULL DEFAULT 0;
  -- The number of its oldest message that is kept; those before it are forgotten.
  ALTER TABLE alerts ADD COLUMN oldest INTEGER NOT NULL DEFAULT 1;
  -- The day's messages: the day (days of Unix time), how many it got, and the matches beyond the limit, and since when.
  ALTER TABLE alerts ADD COLUMN day INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alerts ADD COLUMN day_count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alerts ADD COLUMN omitted INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alerts ADD COLUMN omitted_since INTEGER;
  -- When what is gathered for it is sent.
  ALTER TABLE alerts ADD COLUMN digest_at INTEGER;

  -- tries: attempts since its schedule began; late: whether it stands behind the messages that were not tried yet; remarks: JSON.
  ALTER TABLE messages ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE messages ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE messages ADD COLUMN remarks TEXT;
  UPDATE messages SET tries = attempts, late = attempts > 0;
  DROP INDEX messages_due;
  CREATE INDEX messages_due ON messages (alert, late, next_attempt_at) WHERE next_attempt_at IS NOT NULL;

  ALTER TABLE attempts ADD COLUMN answer TEXT;

  -- Which notices a digest of an alert tells; without a sequence those that wait for the next one.
  CREATE TABLE gathered (
    alert TEXT NOT NULL,
    notice INTEGER NOT NULL REFERENCES notices (number),
    sequence INTEGER,
    PRIMARY KEY (alert, notice)
  ) WITHOUT ROWID;
  CREATE INDEX gathered_by_notice ON gathered (notice);

  UPDATE alerts SET established = confirmed_at IS NOT NULL,
    due_at = (SELECT min(next_attempt_at) FROM messages WHERE alert = alerts.id);
  CREATE INDEX alerts_due ON alerts (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX alerts_digests ON alerts (digest_at) WHERE digest_at IS NOT NULL;

  -- trying: the entry that was begun last, how often, and how often that ended in an error; clock: the latest time that was seen.
  ALTER TABLE state ADD COLUMN trying INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE state ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE state ADD COLUMN errors INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE state ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- A WebSub subscription is an alert without a query: no query, and no owner's token, ever finds it as one.
  CREATE TABLE renewed (
    id TEXT PRIMARY KEY,
    query INTEGER REFERENCES queries (number),
    channel TEXT NOT NULL,
    host TEXT NOT NULL,
    status TEXT NOT NULL,
    paused_because TEXT,
    token_hash TEXT NOT NULL,
    feed_key_hash TEXT NOT NULL,
    secret TEXT NOT NULL,
    origin TEXT NOT NULL,
    since INTEGER NOT NULL,
    latest INTEGER NOT NULL DEFAULT 0,
    challenge TEXT,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    expires_at INTEGER,                    -- of a subscription: when its lease ends
    due_at INTEGER,
    slow INTEGER NOT NULL DEFAULT 0,
    failing_since INTEGER,
    trouble TEXT,
    rest_until INTEGER NOT NULL DEFAULT 0,
    asked_day INTEGER NOT NULL DEFAULT 0,
    asked INTEGER NOT NULL DEFAULT 0,
    old_secrets TEXT NOT NULL DEFAULT '[]',
    established INTEGER NOT NULL DEFAULT 0,
    oldest INTEGER NOT NULL DEFAULT 1,
    day INTEGER NOT NULL DEFAULT 0,
    day_count INTEGER NOT NULL DEFAULT 0,
    omitted INTEGER NOT NULL DEFAULT 0,
    omitted_since INTEGER,
    digest_at INTEGER
  ) WITHOUT ROWID;
  INSERT INTO renewed (id, query, channel, host, status, paused_because, token_hash, feed_key_hash, secret, origin, since, latest, challenge,
      created_at, confirmed_at, expires_at, due_at, slow, failing_since, trouble, rest_until, asked_day, asked, old_secrets, established,
      oldest, day, day_count, omitted, omitted_since, digest_at)
    SELECT id, query, channel, host, status, paused_because, token_hash, feed_key_hash, secret, origin, since, latest, challenge,
      created_at, confirmed_at, expires_at, due_at, slow, failing_since, trouble, rest_until, asked_day, asked, old_secrets, established,
      oldest, day, day_count, omitted, omitted_since, digest_at FROM alerts;
  DROP TABLE alerts;
  ALTER TABLE renewed RENAME TO alerts;
  CREATE INDEX alerts_by_query ON alerts (query) WHERE query IS NOT NULL;
  CREATE INDEX alerts_expiring ON alerts (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX alerts_due ON alerts (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX alerts_digests ON alerts (digest_at) WHERE digest_at IS NOT NULL;
  CREATE INDEX subscriptions_by_host ON alerts (host) WHERE query IS NULL;

  -- What a subscription is beside its row of alerts, by whose id it goes.
  CREATE TABLE subscriptions (
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL,                 -- of the feed, in canonical form
    listing TEXT NOT NULL,                 -- events, articles
    query INTEGER REFERENCES queries (number), -- null: all of the listing
    entry INTEGER NOT NULL DEFAULT 0,      -- what is pushed next holds this log entry
    delivered TEXT,                        -- the ETag of what was pushed last
    nonce TEXT NOT NULL                    -- of the last asking
  ) WITHOUT ROWID;
  CREATE INDEX subscriptions_by_listing ON subscriptions (listing, query);
  CREATE INDEX subscriptions_by_query ON subscriptions (query) WHERE query IS NOT NULL;

  -- What was asked for a subscription and waits for its callback's word; of several the first is verified. Nothing of it is true yet.
  CREATE TABLE intents (
    subscription TEXT NOT NULL,
    number INTEGER NOT NULL,
    mode TEXT NOT NULL,                    -- subscribe, unsubscribe
    topic TEXT NOT NULL,                   -- as it was written
    lease INTEGER,                         -- seconds; of a subscription alone
    secret TEXT,
    challenge TEXT NOT NULL,
    PRIMARY KEY (subscription, number)
  ) WITHOUT ROWID;
  `,
  `
  -- The random key of the hash by which queries are filed: see percolator/entry.ts. migrate() draws it once.
  ALTER TABLE state ADD COLUMN entry_key BLOB;

  -- Further parts of the percolator's long rows: see postings.ts. Everything is filed anew with the key.
  CREATE TABLE posting_parts (entry INTEGER NOT NULL, part INTEGER NOT NULL, units BLOB NOT NULL, PRIMARY KEY (entry, part)) WITHOUT ROWID;
  DELETE FROM postings;
  UPDATE queries SET form = -1, entries = '[]';
  UPDATE state SET filed_by = 0;
  `,
  `
  -- How far ahead the callback's verifications are paid for, in milliseconds of Unix time: see subscriptions.ts, verifyAt.
  ALTER TABLE subscriptions ADD COLUMN asked_until INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- How a receiver answers: see pace.ts.
  ALTER TABLE alerts DROP COLUMN slow;
  ALTER TABLE alerts ADD COLUMN took INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alerts ADD COLUMN proven INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alerts ADD COLUMN timeouts INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alerts ADD COLUMN doubted_until INTEGER NOT NULL DEFAULT 0;
  -- Its next digest holds the last match of a day that was not over its limit; the limit ends then.
  ALTER TABLE alerts ADD COLUMN limit_until INTEGER;
  `,
];

/** Brings a shard's tables up to date; all of it or nothing. */
export function migrate(storage: DurableObjectStorage, env: Pick<Env, "FAILPOINT"> = {}): void {
  const { sql } = storage;
  sql.exec("CREATE TABLE IF NOT EXISTS version (number INTEGER NOT NULL)");
  const current = sql.exec<{ number: number }>("SELECT number FROM version").toArray()[0]?.number ?? 0;
  if (current >= VERSIONS.length) return;
  storage.transactionSync(() => {
    for (const statements of VERSIONS.slice(current)) {
      sql.exec(statements);
      failpoint("shard.migrating", env);
    }
    sql.exec("UPDATE state SET entry_key = ? WHERE entry_key IS NULL", makeKey().buffer);
    sql.exec("DELETE FROM version");
    sql.exec("INSERT INTO version VALUES (?)", VERSIONS.length);
  });
}
