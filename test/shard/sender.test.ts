import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { Receivers } from "../../src/shard/deliver/receivers.ts";
import { Gatherings } from "../../src/shard/outbox/gatherings.ts";
import { Notices } from "../../src/shard/outbox/notices.ts";
import { Outbox } from "../../src/shard/outbox/outbox.ts";
import { Quotas } from "../../src/shard/outbox/quotas.ts";
import { Sender } from "../../src/shard/outbox/sender.ts";
import { SHARD_CAPACITY } from "../../src/shard/shard.ts";
import { Sql } from "../../src/shard/sql.ts";
import { shard } from "../alerts/support.ts";

it("sends one notice to all alerts of a full shard, each with the longest remarks", async () => {
  await runInDurableObject(shard(96), (_, { storage }) => {
    const sql = new Sql(storage.sql);
    sql.run("INSERT INTO queries (number, source, canonical) VALUES (1, 'x', 'x')");
    sql.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO alerts (id, query, channel, status, token_hash, feed_key_hash, secret, origin, since, created_at)
       SELECT 'al_0_' || printf('%016d', i), 1, '{"type":"webhook"}', 'active', '', '', '', '', 0, 0 FROM n`,
      SHARD_CAPACITY,
    );
    sql.run("INSERT INTO receivers (id, host) SELECT id, 'x' FROM alerts");
    sql.run("INSERT INTO numbering (alert) SELECT id FROM alerts");
    sql.run("INSERT INTO quotas (alert, omitted, omitted_since) SELECT id, 999999999, 0 FROM alerts");
    const receivers = new Receivers(sql);
    const outbox = new Outbox(sql, receivers);
    const sender = new Sender(sql, receivers, outbox, new Quotas(sql, 1), new Gatherings(sql));
    const notice = new Notices(sql).write({ type: "alert.test", query: "x", data: {} }, 0);
    const alerts = sql.all<{ id: string }>("SELECT id FROM alerts").map(({ id }) => id);
    storage.transactionSync(() => sender.send(alerts, notice, 5));
    const sent = "SELECT count(*) AS count FROM messages WHERE sequence = 1 AND next_attempt_at = 5";
    const remarked = `${sent} AND remarks ->> '$.omitted.count' = 999999999 AND remarks ->> '$.limit.per_day' = 1`;
    expect(sql.one(remarked)).toEqual({ count: SHARD_CAPACITY });
    expect(sql.one("SELECT count(*) AS count FROM receivers WHERE due_at = 5")).toEqual({ count: SHARD_CAPACITY });
    expect(sql.one("SELECT count(*) AS count FROM numbering WHERE latest = 1")).toEqual({ count: SHARD_CAPACITY });
  });
});
