/** What the hub keeps, how much of it, and what it costs a shard that has many subscriptions. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { sha256 } from "../../src/platform/digest.ts";
import { readDocuments } from "../../src/record/events/read-events.ts";
import { Receivers } from "../../src/shard/deliver/receivers.ts";
import { Queries } from "../../src/shard/follow/queries.ts";
import { Notices } from "../../src/shard/outbox/notices.ts";
import { Outbox } from "../../src/shard/outbox/outbox.ts";
import { Retention } from "../../src/shard/outbox/retention.ts";
import { Sql } from "../../src/shard/sql.ts";
import { HOST_CAPACITY, Subscriptions } from "../../src/websub/shard/subscriptions.ts";
import { Topics } from "../../src/websub/shard/topics.ts";
import { Verifications } from "../../src/websub/shard/verifications.ts";
import { startClock } from "../alerts/owner.ts";
import { eventually, register, ring, rows, shard, stopClock } from "../alerts/support.ts";
import { call, count, json, type ProblemBody, putEvent, putName, putNames, vocabulary } from "../client.ts";
import {
  ask,
  askFor,
  callbackAt,
  caughtUp,
  pushed,
  pushes,
  settledIntent,
  settledPushes,
  subscribe,
  subscription,
  topicAt,
  verifications,
} from "./hub.ts";

beforeAll(putNames);
afterEach(startClock);

const DAY = 24 * 60 * 60 * 1000;

/** How many subscriptions a callback has, whatever their topics. */
const countOf = async (callback: string): Promise<number> =>
  (await rows("SELECT id FROM subscriptions WHERE callback = ? AND status <> 'ended'", callback)).length;

describe("of one callback and one feed there is one subscription", () => {
  it("however the topic is written; it bears the writing that was confirmed first", async () => {
    const callback = callbackAt("one-feed");
    await subscribe(callback, "/feed.rss?x=1");
    for (const path of ["/feed.rss?x=2", "/feed.rss?limit=50&q="]) {
      await askFor("subscribe", callback, path);
      await settledIntent(callback, "/feed.rss?x=1");
    }
    expect(await countOf(callback)).toBe(1);
    const topics = (await verifications("one-feed")).map((asked) => asked.get("hub.topic"));
    expect(topics).toEqual(["/feed.rss?x=1", "/feed.rss?x=2", "/feed.rss?limit=50&q="].map(topicAt));
    await putEvent("one-feed", { title: "Once, please" });
    const [push] = await pushed("one-feed", 1);
    await settledPushes();
    expect(push?.headers["link"]).toContain(`<${topicAt("/feed.rss?x=1")}>; rel="self"`);
    expect(await pushes("one-feed")).toHaveLength(1);
    await askFor("unsubscribe", callback, "/feed.rss?x=3");
    await eventually(async () => (await countOf(callback)) === 0);
  });

  it("but another query, number of items or format is another feed", async () => {
    const callback = callbackAt("four-feeds");
    for (const path of ["/feed.rss", "/feed.rss?q=x", "/feed.rss?limit=5", "/feed.atom"]) {
      await subscribe(callback, path);
    }
    expect(await countOf(callback)).toBe(4);
  });

  it("also where a name has changed meanwhile how the query is read", async () => {
    const callback = callbackAt("reread");
    const path = "/feed.json?q=zinc%20plaza";
    const self = async () => (await json<{ feed_url: string }>(call(path))).feed_url;
    const before = await self();
    await subscribe(callback, path);
    await putName("place:zinc-plaza", { label: "Zinc Plaza", spellings: { en: ["Zinc Plaza"] } });
    await eventually(async () => (await self()) !== before);
    await subscribe(callback, path, { "hub.lease_seconds": "99" });
    expect(await countOf(callback)).toBe(1);
  });

  it("which has an end although its query cannot be read any more", async () => {
    const callback = callbackAt("unreadable");
    const form = { "hub.mode": "unsubscribe", "hub.callback": callback, "hub.topic": topicAt("/feed.rss?q=%28") };
    const { errors } = await json<ProblemBody>(ask(form), 400);
    expect(errors?.[0]?.path).toBe("hub.topic");
    await subscribe(callback, "/feed.rss?q=readable");
    // As if that had been asked for while it could be read.
    const written = `sub_${(await sha256(`${callback}\n${form["hub.topic"]}`)).slice(0, 40)}`;
    const id = (await subscription(callback, "/feed.rss?q=readable"))?.id ?? "";
    await env.DB.prepare("UPDATE subscription_shards SET written = ? WHERE id = ?").bind(written, id).run();
    expect((await ask(form)).status).toBe(202);
    await eventually(async () => (await countOf(callback)) === 0);
    expect((await verifications("unreadable")).at(-1)?.get("hub.topic")).toBe(form["hub.topic"]);
  });
});

/** Rows as those of so many subscriptions, none of which is due or over. */
async function fill(many: number, host: string, listing: string, source: string): Promise<void> {
  const names = await vocabulary();
  await runInDurableObject(shard(), (_, { storage: { sql } }) => {
    const query = new Queries(new Sql(sql), names, () => true).file(source);
    sql.exec(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
       INSERT INTO subscriptions (id, status, callback, host, topic, origin, address, listing, query, since, nonce, delivered, expires_at)
       SELECT 'fill_' || i, 'active', '', ?2, '', '', '/feed.rss', ?3, ?4, 0, '', 'W/"x"', ?5 FROM n`,
      ...[many, host, listing, query, Date.now() + 1000 * DAY],
    );
    sql.exec("INSERT INTO receivers (id, host) SELECT id, host FROM subscriptions WHERE id LIKE 'fill_%'");
  });
}

async function clear(): Promise<void> {
  await rows("DELETE FROM subscriptions WHERE id LIKE 'fill_%'");
  await rows("DELETE FROM receivers WHERE id LIKE 'fill_%'");
}

it("the callbacks of one host may have so many in a shard; those that stand are renewed", async () => {
  const stands = callbackAt("before-many");
  await subscribe(stands, "/feed.rss");
  const { host } = new URL(stands);
  const [{ n } = { n: 0 }] = await rows<{ n: number }>("SELECT count(*) AS n FROM subscriptions WHERE host = ?", host);
  await fill(HOST_CAPACITY - n, host, "articles", "manyfold");
  const callback = callbackAt("too-many");
  const form = { "hub.mode": "subscribe", "hub.callback": callback, "hub.topic": topicAt("/feed.rss") };
  const { detail } = await json<ProblemBody>(ask(form), 429);
  expect(detail).toBe(`Callbacks of ${host} have ${HOST_CAPACITY} subscriptions, and may have no more`);
  expect(await countOf(callback)).toBe(0);
  await subscribe(stands, "/feed.rss", { "hub.lease_seconds": "77" });
  const places = await count("subscription_shards");
  await clear();
  expect(places).toBe((await rows("SELECT id FROM subscriptions")).length);
  await subscribe(callback, "/feed.rss");
});

/** A database that counts the rows that its statements read. */
function counting(sql: SqlStorage): { sql: SqlStorage; read: () => number } {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  const exec = (statement: string, ...bindings: SqlStorageValue[]) => {
    const cursor = sql.exec(statement, ...bindings);
    cursors.push(cursor);
    return cursor;
  };
  return {
    sql: new Proxy(sql, { get: (_, key) => (key === "exec" ? exec : Reflect.get(sql, key)) }),
    read: () => cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
  };
}

describe("among two thousand subscriptions a shard reads but a few rows", () => {
  const MANY = 2_000;
  const FEW = 100;

  /** Rows that some work on the tables of the shard reads. */
  const rowsReadBy = (
    work: (subscriptions: Subscriptions, queries: Queries, topics: Topics) => void,
  ): Promise<number> =>
    vocabulary().then((names) =>
      runInDurableObject(shard(), (_, { storage }) => {
        const { sql: counted, read } = counting(storage.sql);
        const sql = new Sql(counted);
        const receivers = new Receivers(sql);
        const parts = { receivers, outbox: new Outbox(sql, receivers), notices: new Notices(sql) };
        const subscriptions = new Subscriptions(sql, parts);
        const queries = new Queries(sql, names, (query) => subscriptions.asks(query));
        work(subscriptions, queries, new Topics(sql, subscriptions, new Verifications(sql, subscriptions, parts)));
        return read();
      }),
    );

  beforeAll(async () => {
    await fill(MANY, "fill.example", "events", "multitude");
    return clear;
  });

  it("where none has ended", async () => {
    const now = Date.now();
    expect(await rowsReadBy((subscriptions) => subscriptions.expire(now))).toBeLessThan(FEW);
  });

  it("for a change that is in no topic of theirs; where it may be in any, all of them", async () => {
    await putEvent("solitude", { title: "Solitude" });
    await caughtUp();
    const events = await readDocuments(env.DB, ["solitude"]);
    expect(events).toHaveLength(1);
    const touch = (unsure: object) =>
      rowsReadBy((_, queries, topics) => {
        topics.announce({ events, articles: [], ...unsure }, 0, queries, Date.now());
      });
    expect(await touch({})).toBeLessThan(FEW);
    expect(await touch({ unsure: "events" })).toBeGreaterThan(MANY);
  });

  it("when a query is forgotten", async () => {
    const read = await rowsReadBy((_, queries) => queries.removeUnused(queries.file("solitary")));
    expect(read).toBeLessThan(FEW);
    expect(await rows("SELECT number FROM queries WHERE source = 'solitary'")).toEqual([]);
  });
});

it("what was pushed long ago does not keep the forgetting of old messages going", async () => {
  await subscribe(callbackAt("long-ago"), "/feed.rss");
  await putEvent("long-ago", { title: "Long ago" });
  await pushed("long-ago", 1);
  await settledPushes();
  const more = await runInDurableObject(shard(), (_, { storage: { sql } }) => {
    sql.exec("UPDATE notices SET at = 0");
    const part = new Sql(sql);
    const retention = new Retention(part, new Notices(part), (work) => work());
    return retention.deleteOld(Date.now(), { age: 35 * DAY, held: 30 * DAY, messages: 100, alerts: 1 });
  });
  expect(more).toBe(false);
});

it("a lease ends in the run of the alarm in which an alert expires", async () => {
  const callback = callbackAt("beside-alert");
  stopClock(Date.now() + 2 * DAY);
  const { id } = await register("hub-beside-alert", "unconfirmed", "silent");
  await subscribe(callback, "/feed.rss", { "hub.lease_seconds": String(DAY / 1000) });
  vi.setSystemTime(Date.now() + DAY);
  await ring();
  expect(
    await rows(
      "SELECT id FROM alerts WHERE id = ? UNION SELECT id FROM subscriptions WHERE callback = ?",
      id,
      callback,
    ),
  ).toEqual([]);
});
