/** What an operator is told: `GET /api/status`, and lines in the log that can be alerted on. */
import { runInDurableObject } from "cloudflare:test";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import type { ShardStatus } from "../../src/shard/calls.ts";
import { findings } from "../../src/site/status/findings.ts";
import { json, putEvent } from "../client.ts";
import { callbackAt, subscribe } from "../websub/hub.ts";
import { ask, look, patch, registerFor, settings, startClock } from "./owner.ts";
import {
  type Alert,
  addArticle,
  behave,
  call,
  deliveries,
  eventually,
  passTime,
  putNames,
  quiet,
  received,
  register,
  registerConfirmed,
  registerGated,
  ring,
  settled,
  shard,
  shut,
  stopClock,
} from "./support.ts";

const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The log's time never goes back, so that each test has days of its own. */
let day = Math.ceil(Date.now() / DAY) * DAY;

type Lines = { level: string; event: string; [detail: string]: unknown }[];
let log: ReturnType<typeof vi.spyOn>;

beforeAll(async () => {
  await putNames();
  // The first alert opens the shard.
  await registerFor("any", { type: "feed" });
});
beforeEach(() => {
  log = vi.spyOn(console, "error").mockImplementation(() => {});
  day += 20 * DAY;
  stopClock(day);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(startClock);

/** The lines of the log, each of which must be JSON. */
const lines = (event: string): Lines =>
  log.mock.calls
    .map(([line]: unknown[]) => JSON.parse(String(line)))
    .filter((line: Lines[number]) => line.event === event);

type Shard = ShardStatus & { shard: number; lag: number; oldest_pending_seconds: number | null };

/** The status of the one shard. It is good for half a second, so the clock goes on by more than that. */
async function status(): Promise<Shard> {
  vi.setSystemTime(Date.now() + 501);
  const { shards } = await json<{ shards: Shard[] }>(call("GET", "/api/status"));
  const [first] = shards;
  if (first === undefined || shards.length !== 1) throw new Error("one shard was expected");
  return first;
}

describe("the status", () => {
  it("counts alerts by what they are", async () => {
    const before = await status();
    const paused = await registerConfirmed("paused-status", "sparrow");
    await registerConfirmed("active", "sparrow");
    await register("unconfirmed-status", "sparrow", "silent");
    await patch(paused, { status: "paused" });
    const after = await status();
    const more = (key: "alerts" | "active" | "paused" | "unconfirmed") => after[key] - before[key];
    expect([more("alerts"), more("active"), more("unconfirmed"), more("paused")]).toEqual([3, 1, 1, 1]);
  });

  it("tells what waits, since when it is due, and why", async () => {
    await quietShard();
    const [down, slow] = [await registerGated("down-status", "starling"), await registerGated("hangs-up", "starling")];
    await behave("down-status", `retry-after-${HOUR / 1000}`);
    await behave("hangs-up", "drop");
    const since = Date.now();
    await addArticle("Starling.");
    await eventually(async () => (await tried(down)) && (await tried(slow)));
    const due = Date.parse((await deliveries(slow))[0]?.next_attempt_at ?? "");
    vi.setSystemTime(since + 10_000 - 501);
    expect(await status()).toMatchObject({
      pending: 2,
      due: 1,
      retrying: 2,
      oldest_pending_at: new Date(due).toISOString(),
      oldest_pending_seconds: (since + 10_000 - due) / 1000,
      failing: { "status 503": 1, "network error": 1 },
      lag: 0,
    });
    expect(await look(down)).toMatchObject({ trouble: "status 503", failing_since: new Date(since).toISOString() });
    await behave("down-status", "echo");
    await behave("hangs-up", "echo");
    await passTime(since + 2 * HOUR);
    await Promise.all([settled(down, 1), settled(slow, 1)]);
    const after = await status();
    expect(after).toMatchObject({
      pending: 0,
      due: 0,
      retrying: 0,
      oldest_pending_at: null,
      oldest_pending_seconds: null,
    });
    expect(after.failing).toEqual({});
    expect(await look(down)).toMatchObject({ trouble: null, failing_since: null });
  });

  it("counts failing subscriptions by themselves", async () => {
    await quietShard();
    const callback = callbackAt("status-fails", "agree", "gate");
    await behave("hub-status-fails", "status-500");
    await subscribe(callback, "/feed.rss");
    await putEvent("status-fails", { title: "Not taken" });
    await eventually(async () => (await status()).retrying === 1);
    expect(await status()).toMatchObject({ failing: {}, failing_subscriptions: { "status 500": 1 } });
    await behave("hub-status-fails", "status-204");
    await passTime(Date.now() + HOUR);
    expect(await status()).toMatchObject({ failing: {}, failing_subscriptions: {} });
  });

  it("measures what an alert held while it was paused from its release, not from when the message was made", async () => {
    await quietShard();
    const alert = await registerGated("resumed-status", "swift");
    await behave("resumed-status", `retry-after-${HOUR / 1000}`);
    await addArticle("Swift.");
    await eventually(async () => await tried(alert));
    await json(patch(alert, { status: "paused" }));
    vi.setSystemTime(Date.now() + 4 * DAY);
    expect(await status()).toMatchObject({ pending: 0, oldest_pending_seconds: null });
    await shut("resumed-status");
    const resumed = Date.now();
    await json(patch(alert, { status: "active" }));
    vi.setSystemTime(resumed + 10_000 - 501);
    expect(await status()).toMatchObject({ pending: 1, due: 1, oldest_pending_seconds: 10 });
    await behave("resumed-status", "echo");
    await settled(alert, 1);
  });

  it("finds the message that is due the longest beside one that waits for its next attempt, and not an older one", async () => {
    await quietShard();
    const [down, stuck] = [await registerGated("down-long", "heron"), await registerGated("stuck-status", "egret")];
    await behave("down-long", `retry-after-${HOUR / 1000}`);
    await addArticle("Heron.");
    await eventually(async () => await tried(down));
    vi.setSystemTime(Date.now() + 0.5 * HOUR);
    await shut("stuck-status");
    const since = Date.now();
    await addArticle("Egret.");
    await eventually(async () => (await received("stuck-status")).length === 1);
    // The alert is missing among those that are due: nothing would ever pick up its message.
    await runInDurableObject(shard(), (_, { storage }) =>
      storage.sql.exec("UPDATE receivers SET due_at = NULL WHERE id = ?", stuck.id),
    );
    vi.setSystemTime(since + 10 * MINUTE - 501);
    const told = await status();
    expect(told).toMatchObject({ pending: 2, due: 1, retrying: 1, oldest_pending_seconds: 600 });
    const record = { articles: 1, events: 1, names: 1 };
    const inWords = findings({ log: { head: told.cursor, at: null }, record, shards: [told] }, Date.now());
    expect(inWords.find(({ about }) => about === "Pending messages")).toMatchObject({ state: "wrong" });
    await behave("stuck-status", "echo");
    await behave("down-long", "echo");
    await passTime(since + 2 * HOUR);
    await Promise.all([settled(down, 1), settled(stuck, 1)]);
  });

  it("tells how many requests are under way", async () => {
    await quietShard();
    const alert = await registerGated("under-way", "swallow");
    await shut("under-way");
    await addArticle("Swallow.");
    await eventually(async () => (await received("under-way")).length === 1);
    expect(await status()).toMatchObject({ in_flight: 1, due: 1, pending: 1, retrying: 0 });
    await behave("under-way", "echo");
    await settled(alert, 1);
    await eventually(async () => (await status()).in_flight === 0);
  });

  it("tells how far behind the log a shard is", async () => {
    await quietShard();
    const { cursor } = await status();
    await runInDurableObject(shard(), (_, { storage }) => storage.sql.exec("UPDATE state SET cursor = cursor - 1"));
    expect(await status()).toMatchObject({ cursor: cursor - 1, lag: 1 });
    await shard().wake();
    expect(await status()).toMatchObject({ cursor, lag: 0 });
  });

  it("tells how long messages took; what is retried or replayed does not count", async () => {
    await quietShard();
    const { latency: before } = await status();
    const alert = await registerGated("latency", "thrush");
    for (let i = 0; i < 3; i++) {
      await addArticle(`Thrush ${i}.`);
      await settled(alert, i + 1);
    }
    const { latency } = await status();
    expect((latency?.messages ?? 0) - (before?.messages ?? 0)).toBeGreaterThanOrEqual(3);
    await json(ask(alert, "POST", "/deliveries/1/redeliver"), 202);
    await settled(alert, 3);
    expect((await status()).latency?.messages).toBe(latency?.messages);
  });

  it("shows a shard that is broken as such, and the others beside it", async () => {
    await runInDurableObject(shard(), (_, { storage }) => storage.sql.exec("ALTER TABLE state RENAME TO state_away"));
    try {
      vi.setSystemTime(Date.now() + 501);
      const { shards } = await json<{ shards: unknown[] }>(call("GET", "/api/status"));
      expect(shards).toEqual([{ shard: 0, error: "does not answer" }]);
    } finally {
      await runInDurableObject(shard(), (_, { storage }) => storage.sql.exec("ALTER TABLE state_away RENAME TO state"));
    }
    expect(await status()).toMatchObject({ shard: 0, lag: 0 });
  });

  it("is public, and so tells nothing of whose alerts they are", async () => {
    const alert = await registerConfirmed("private-name", "wagtail");
    const text = await (await call("GET", "/api/status")).text();
    for (const secret of [alert.id, alert.query, alert.name, inject("receiver").slice(7)]) {
      expect(text).not.toContain(secret);
    }
  });
});

const tried = async (alert: Alert): Promise<boolean> => ((await deliveries(alert))[0]?.attempts.length ?? 0) > 0;

/** Nothing waits from the tests before. */
async function quietShard(): Promise<void> {
  await passTime(Date.now() + HOUR);
  await quiet();
}

describe("one line of JSON", () => {
  it("for a message that is given up, with what helps to find it and nothing secret", async () => {
    settings({ RETRY_SECONDS: "0,0" });
    const alert = await registerGated("given-up-status", "warbler");
    await behave("given-up-status", "status-500");
    await addArticle("Warbler.");
    await settled(alert, 1);
    const failed = lines("message.failed").filter((line) => line["alert"] === alert.id);
    expect(failed).toEqual([
      {
        level: "error",
        event: "message.failed",
        message: `msg_${alert.id}_1`,
        alert: alert.id,
        sequence: 1,
        type: "article.matched",
        host: new URL(inject("receiver")).host,
        because: "given up after 3 attempts",
      },
    ]);
    for (const [line] of log.mock.calls) {
      expect(line).not.toMatch(/\n/);
      expect(line).not.toContain(alert.token);
      expect(line).not.toContain(alert.secret);
      expect(line).not.toContain("/given-up/");
    }
  });

  it("for an alert that is paused since its receiver is gone", async () => {
    const alert = await registerGated("gone-status", "bunting");
    await behave("gone-status", "status-410");
    await addArticle("Bunting.");
    await settled(alert, 1);
    const of = (event: string) => lines(event).filter((line) => line["alert"] === alert.id);
    expect(of("alert.paused")).toEqual([
      { level: "error", event: "alert.paused", alert: alert.id, because: "the receiver answered 410 Gone" },
    ]);
    expect(of("message.failed")).toMatchObject([{ sequence: 1, because: "the receiver answered 410 Gone" }]);
  });

  it("for an alert that is paused after five days of nothing but failures, and not before", async () => {
    settings({ RETRY_SECONDS: Array.from({ length: 60 }, () => String(HOUR / 250)).join(",") });
    const alert = await registerGated("five-days", "plover");
    await behave("five-days", "status-503");
    await addArticle("Plover.");
    await eventually(async () => await tried(alert));
    const since = (await look(alert)).failing_since ?? "";
    const of = () => lines("alert.paused").filter((line) => line["alert"] === alert.id);
    await passTime(Date.parse(since) + 5 * DAY - 1);
    expect([await look(alert), of()]).toMatchObject([{ status: "active" }, []]);
    await addArticle("Another plover.");
    await eventually(async () => (await deliveries(alert))[1]?.attempts.length === 1);
    await quiet();
    await passTime(Date.parse(since) + 5 * DAY + 6 * HOUR);
    const because = `nothing but failures since ${since}; the last one: status 503`;
    expect(await look(alert)).toMatchObject({ status: "paused", paused_because: because });
    expect(of()).toEqual([{ level: "error", event: "alert.paused", alert: alert.id, because }]);
  });

  it("a message that was given up long ago does not count: one that fails much later begins the five days anew", async () => {
    const alert = await registerGated("given-up-status", "godwit");
    await behave("given-up-status", "status-503");
    await addArticle("Godwit.");
    await eventually(async () => await tried(alert));
    await passTime(Date.now() + DAY);
    expect(await deliveries(alert)).toMatchObject([{ status: "failed" }]);
    for (const days of [10, 20]) {
      const later = Date.now() + days * DAY;
      await passTime(later);
      await addArticle(`Godwit ${days}.`);
      await quiet();
      expect(await look(alert)).toMatchObject({ status: "active", failing_since: new Date(later).toISOString() });
      await passTime(later + DAY);
    }
    // Nothing of it is left to be tried, so that nothing is failing; what became of the last attempt is still told.
    expect(await look(alert)).toMatchObject({ status: "active", failing_since: null, trouble: "status 503" });
  });

  it("a message that arrived in between begins the five days anew", async () => {
    settings({ RETRY_SECONDS: Array.from({ length: 60 }, () => String(HOUR / 250)).join(",") });
    const alert = await registerGated("recovers-status", "dunlin");
    await behave("recovers-status", "status-503");
    await addArticle("Dunlin.");
    await eventually(async () => await tried(alert));
    await passTime(day + 4 * DAY);
    await behave("recovers-status", "echo");
    await addArticle("Another dunlin.");
    await eventually(async () => (await deliveries(alert))[1]?.status === "delivered");
    expect(await look(alert)).toMatchObject({ failing_since: null, trouble: null });
    await passTime(day + 5 * DAY);
    await settled(alert, 2);
    await behave("recovers-status", "status-503");
    await addArticle("A third dunlin.");
    await eventually(async () => (await deliveries(alert))[2]?.attempts.length === 1);
    await quiet();
    await passTime(day + 6 * DAY);
    expect(await look(alert)).toMatchObject({ status: "active", failing_since: expect.stringMatching(/Z$/) });
  });

  it("none for what is delivered, nor for what its owner paused", async () => {
    const alert = await registerConfirmed("quiet", "curlew");
    await addArticle("Curlew.");
    await settled(alert, 1);
    await patch(alert, { status: "paused" });
    await ring();
    expect(log.mock.calls.filter(([line]: unknown[]) => String(line).includes(alert.id))).toEqual([]);
  });

  it("for a confirmation that nobody answers, after four attempts", async () => {
    settings({ RETRY_SECONDS: "0,0,0,0,0,0,0,0,0" });
    await behave("never-there", "status-500");
    const alert = await registerFor("godwit", { type: "webhook", url: `${inject("receiver")}/never-there/gate` });
    await eventually(async () => (await look(alert)).confirmation?.status === "failed");
    const failed = lines("message.failed").filter((line) => line["alert"] === alert.id);
    expect(failed).toMatchObject([{ type: "alert.confirm", sequence: 0, because: "given up after 4 attempts" }]);
    expect(await received("never-there", true)).toHaveLength(4);
    expect(await look(alert)).toMatchObject({ status: "pending" });
  });
});
