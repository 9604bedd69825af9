/**
 * The tables of a shard, in the SQLite of its Durable Object. Each table has one owner: only that file or folder writes it, and
 * `test/shard/owners.node.test.ts` checks this. Times are in milliseconds of Unix time.
 */
import { makeKey } from "../percolator/index-entry.ts";
import type { Env } from "../platform/env.ts";
import { failpoint } from "../platform/failpoint.ts";
import { Sql } from "./sql.ts";

const FOLLOW = `
  -- Owner: src/shard/follow/follower.ts. One row.
  CREATE TABLE state (
    cursor INTEGER NOT NULL DEFAULT 0,       -- the log entries up to this one are matched
    names INTEGER NOT NULL DEFAULT 0,        -- version of the vocabulary by which the queries are filed
    filed_by INTEGER NOT NULL DEFAULT 0,     -- FILED_BY of the code that filed the queries; 0: none yet
    trying INTEGER NOT NULL DEFAULT 0,       -- log entry that was tried last
    tries INTEGER NOT NULL DEFAULT 0,        -- how often that entry was tried
    errors INTEGER NOT NULL DEFAULT 0,       -- how many of these tries ended in an error
    entry_key BLOB NOT NULL                  -- random key of the hash by which the queries are filed: see percolator/index-entry.ts
  );

  -- Owner: src/shard/follow/queries.ts. Each distinct query once, whoever asks it.
  CREATE TABLE queries (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL UNIQUE,             -- as it was written: names that are added later may change how it is read
    canonical TEXT NOT NULL,
    form INTEGER NOT NULL DEFAULT -1,        -- hash of the syntax tree that is filed; -1: not filed
    entries TEXT NOT NULL DEFAULT '[]'       -- index entries under which the query is filed, as JSON
  );

  -- Owner: src/shard/follow/postings.ts, which describes the packs and the parts of long rows.
  CREATE TABLE postings (pack INTEGER PRIMARY KEY, units BLOB NOT NULL);
  CREATE TABLE posting_parts (
    entry INTEGER NOT NULL,
    part INTEGER NOT NULL,
    units BLOB NOT NULL,
    PRIMARY KEY (entry, part)
  ) WITHOUT ROWID;
`;

const REGISTRY = `
  -- Owner: src/shard/registry/. What its owner asked for, and whether its channel has confirmed.
  CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    query INTEGER NOT NULL REFERENCES queries (number),
    channel TEXT NOT NULL,                   -- JSON
    -- Properties of the channel. Null if the JSON is broken, so that one broken alert does not stop the messages to all others.
    type TEXT AS (iif(json_valid(channel), channel ->> 'type', NULL)),
    url TEXT AS (iif(json_valid(channel), channel ->> 'url', NULL)),
    digest TEXT AS (iif(json_valid(channel), channel ->> 'digest', NULL)),
    status TEXT NOT NULL,                    -- pending, active, paused
    paused_because TEXT,
    token_hash TEXT NOT NULL,
    feed_key_hash TEXT NOT NULL,
    secret TEXT NOT NULL,                    -- signs the messages
    old_secrets TEXT NOT NULL DEFAULT '[]',  -- secrets that still sign beside it, as JSON: [{secret, until}]
    origin TEXT NOT NULL,                    -- of the links in its messages
    since INTEGER NOT NULL,                  -- the alert sees the log entries after this one
    challenge TEXT,                          -- that its channel was asked to confirm
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,                    -- when its present channel confirmed
    established INTEGER NOT NULL DEFAULT 0,  -- 1: some channel of it has confirmed
    expires_at INTEGER                       -- end of the wait for a confirmation
  ) WITHOUT ROWID;
  CREATE INDEX alerts_by_query ON alerts (query);
  CREATE INDEX alerts_expiring ON alerts (expires_at) WHERE expires_at IS NOT NULL;
`;

const DELIVER = `
  -- Owner: src/shard/deliver/receivers.ts. How the delivery to each alert and each WebSub subscription stands. Alerts that are feeds have a row too.
  CREATE TABLE receivers (
    id TEXT PRIMARY KEY,                     -- of the alert or the subscription
    host TEXT NOT NULL,                      -- empty for a feed
    due_at INTEGER,                          -- when its first message is due; null: none waits
    rest_until INTEGER NOT NULL DEFAULT 0,   -- no request is sent before
    took INTEGER NOT NULL DEFAULT 0,         -- this column and the next three: see Manner in receiver-pace.ts
    proven INTEGER NOT NULL DEFAULT 0,
    timeouts INTEGER NOT NULL DEFAULT 0,
    doubted_until INTEGER NOT NULL DEFAULT 0,
    failing_since INTEGER,                   -- since then every attempt has failed
    trouble TEXT                             -- outcome of its last attempt, if that failed
  ) WITHOUT ROWID;
  CREATE INDEX receivers_due ON receivers (due_at) WHERE due_at IS NOT NULL;
`;

const OUTBOX = `
  -- Owner: src/shard/outbox/notices.ts. What several messages have in common: one article or event that one query found.
  CREATE TABLE notices (
    number INTEGER PRIMARY KEY,              -- in the order of their times
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    query TEXT NOT NULL,                     -- canonical; empty if the receiver is no alert
    article TEXT,
    data TEXT NOT NULL                       -- JSON
  );
  CREATE INDEX notices_by_article ON notices (article) WHERE article IS NOT NULL;

  -- Owner: src/shard/outbox/. Number 0 asks for a confirmation. An alert's messages are numbered from 1. A WebSub subscription has one, number 1.
  CREATE TABLE messages (
    receiver TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    id TEXT NOT NULL,
    notice INTEGER NOT NULL REFERENCES notices (number),
    status TEXT NOT NULL,                    -- pending, delivered, failed
    attempts INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,        -- attempts since its retry schedule began
    late INTEGER NOT NULL DEFAULT 0,         -- 1: sent after the messages that were not tried yet
    next_attempt_at INTEGER,                 -- null: held, or done
    remarks TEXT,                            -- JSON: see Remarks
    PRIMARY KEY (receiver, sequence)
  ) WITHOUT ROWID;
  CREATE INDEX messages_due ON messages (receiver, late, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
  CREATE INDEX messages_by_notice ON messages (notice);

  -- Owner: src/shard/outbox/.
  CREATE TABLE attempts (
    receiver TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,                          -- of the answer; null: there was none
    milliseconds INTEGER NOT NULL,
    answer TEXT,                             -- beginning of the answer's body, without secrets
    PRIMARY KEY (receiver, sequence, number)
  ) WITHOUT ROWID;

  -- Owner: src/shard/outbox/. The numbers of an alert's messages.
  CREATE TABLE numbering (
    alert TEXT PRIMARY KEY,
    latest INTEGER NOT NULL DEFAULT 0,       -- last number given
    oldest INTEGER NOT NULL DEFAULT 1        -- first number that is kept; older messages are deleted
  ) WITHOUT ROWID;

  -- Owner: src/shard/outbox/. The notices that the digests of an alert tell.
  CREATE TABLE gathered (
    alert TEXT NOT NULL,
    notice INTEGER NOT NULL REFERENCES notices (number),
    sequence INTEGER,                        -- number of the digest; null: waits for the next one
    PRIMARY KEY (alert, notice)
  ) WITHOUT ROWID;
  CREATE INDEX gathered_by_notice ON gathered (notice);

  -- Owner: src/shard/outbox/. The alerts for which something is gathered.
  CREATE TABLE digests (
    alert TEXT PRIMARY KEY,
    due_at INTEGER NOT NULL                  -- when the next digest is sent
  ) WITHOUT ROWID;
  CREATE INDEX digests_due ON digests (due_at);

  -- Owner: src/shard/outbox/quotas.ts. Days are numbered from 1970-01-01 (UTC).
  CREATE TABLE quotas (
    alert TEXT PRIMARY KEY,
    day INTEGER NOT NULL DEFAULT 0,          -- that day_count counts
    day_count INTEGER NOT NULL DEFAULT 0,    -- messages and gathered notices of that day
    omitted INTEGER NOT NULL DEFAULT 0,      -- matches over the limit that no message has mentioned yet
    omitted_since INTEGER,                   -- time of the first of them
    limit_until INTEGER,                     -- the next digest reaches the limit, which ends then
    asked_day INTEGER NOT NULL DEFAULT 0,    -- that asked counts
    asked INTEGER NOT NULL DEFAULT 0         -- messages that the owner requested on that day: tests and replays
  ) WITHOUT ROWID;
`;

const WEBSUB = `
  -- Owner: src/websub/shard/
  CREATE TABLE subscriptions (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,                    -- pending, active, ended
    ended_because TEXT,
    callback TEXT NOT NULL,
    host TEXT NOT NULL,                      -- of the callback
    topic TEXT NOT NULL,                     -- address of the feed, as the subscriber wrote it
    secret TEXT,
    origin TEXT NOT NULL,                    -- of the links in what is sent
    address TEXT NOT NULL,                   -- path and parameters of the feed, in canonical form
    listing TEXT NOT NULL,                   -- events, articles
    query INTEGER REFERENCES queries (number), -- null: everything in the listing
    since INTEGER NOT NULL,                  -- the subscription sees the log entries after this one
    entry INTEGER NOT NULL DEFAULT 0,        -- the next content holds this log entry
    delivered TEXT,                          -- ETag of the last content that was delivered
    confirmed_at INTEGER,
    established INTEGER NOT NULL DEFAULT 0,  -- 1: its callback has confirmed it
    expires_at INTEGER NOT NULL,             -- end of the lease, or of the wait for a confirmation
    nonce TEXT NOT NULL,                     -- of the last request to subscribe: see subscription_shards in D1
    asked_until INTEGER NOT NULL DEFAULT 0   -- verifications are paid for until then: see verifyAt
  ) WITHOUT ROWID;
  CREATE INDEX subscriptions_by_listing ON subscriptions (listing, query);
  CREATE INDEX subscriptions_by_query ON subscriptions (query) WHERE query IS NOT NULL;
  CREATE INDEX subscriptions_by_host ON subscriptions (host);
  CREATE INDEX subscriptions_expiring ON subscriptions (expires_at);

  -- Owner: src/websub/shard/intents.ts. Requests for a subscription that its callback has not confirmed yet; the first is being verified.
  CREATE TABLE intents (
    subscription TEXT NOT NULL,
    number INTEGER NOT NULL,
    mode TEXT NOT NULL,                      -- subscribe, unsubscribe, denied
    topic TEXT NOT NULL,                     -- as it was written
    lease INTEGER,                           -- seconds; null unless the mode is subscribe
    secret TEXT,
    challenge TEXT NOT NULL,
    PRIMARY KEY (subscription, number)
  ) WITHOUT ROWID;
`;

/** A version is applied once, in order, and never edited after a deployment. Its steps are one transaction. */
export type Version = readonly string[];
export const VERSIONS: readonly Version[] = [[FOLLOW, REGISTRY, DELIVER, OUTBOX, WEBSUB]];

/** Brings the tables up to date, in one transaction. Throws if they are of a newer version than this code knows. */
export function migrate(
  storage: DurableObjectStorage,
  env: Pick<Env, "FAILPOINT"> = {},
  versions: readonly Version[] = VERSIONS,
): void {
  const sql = new Sql(storage.sql);
  // Owner: src/shard/tables.ts
  sql.run("CREATE TABLE IF NOT EXISTS version (number INTEGER NOT NULL)");
  const current = sql.first<{ number: number }>("SELECT number FROM version")?.number ?? 0;
  if (current > versions.length) {
    throw new Error(`the tables have version ${current}, and this code knows ${versions.length}: deploy newer code`);
  }
  if (current === versions.length) return;
  storage.transactionSync(() => {
    for (const step of versions.slice(current).flat()) {
      sql.run(step);
      failpoint("shard.migrating", env);
    }
    if (current === 0) sql.run("INSERT INTO state (entry_key) VALUES (?)", makeKey().buffer);
    sql.run("DELETE FROM version");
    sql.run("INSERT INTO version VALUES (?)", versions.length);
  });
}
