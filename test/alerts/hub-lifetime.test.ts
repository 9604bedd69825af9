/** How long a subscription lasts, and what it outlives. */
import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { putEvent, putNames } from "../client.ts";
import {
  askFor,
  behave,
  callbackAt,
  caughtUp,
  type Kept,
  pushed,
  pushes,
  settledIntent,
  settledPushes,
  shut,
  subscribe,
  subscription,
  verifications,
} from "./hub.ts";
import { startClock } from "./owner.ts";
import { eventually, kill, passTime, ring, rows, shard, stopClock, tick } from "./support.ts";

beforeAll(putNames);
afterEach(startClock);

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;
const PATH = "/feed.json";

/** All that a shard keeps of a callback. */
const kept = (callback: string): Promise<Kept[]> => rows("SELECT * FROM alerts WHERE channel ->> 'url' = ?", callback);

/** A subscription whose callback takes what is distributed as `behave` tells it, and confirms until it is told otherwise. */
async function subscribeGated(name: string, more: Record<string, string> = {}): Promise<string> {
  const callback = callbackAt(name, "gate", "gate");
  await behave(`${name}.verification`, "agree");
  await behave(name, "status-204");
  await subscribe(callback, PATH, more);
  return callback;
}

describe("a lease", () => {
  it("ends: from then on nothing is sent, and it is removed", async () => {
    const callback = callbackAt("over");
    await subscribe(callback, PATH, { "hub.lease_seconds": "600" });
    await putEvent("before-the-end", { title: "Before the lease's end" });
    await pushed("over", 1);
    stopClock((await subscription(callback, PATH))?.expires_at ?? 0);
    await putEvent("after-the-end", { title: "After the lease's end" });
    await caughtUp();
    await ring();
    expect(await pushes("over")).toHaveLength(1);
    expect(await kept(callback)).toEqual([]);
  });

  it("also where the alarm comes late: what waits is not sent", async () => {
    const callback = await subscribeGated("late-alarm", { "hub.lease_seconds": "600" });
    await behave("late-alarm", "status-500");
    await putEvent("late-alarm", { title: "Tried before the lease's end" });
    await pushed("late-alarm", 1);
    stopClock(((await subscription(callback, PATH))?.expires_at ?? 0) + SECOND);
    const before = (await pushes("late-alarm")).length;
    await shard().wake();
    await eventually(async () => (await subscription(callback, PATH)) === undefined);
    expect((await pushes("late-alarm")).length).toBe(before);
  });

  it("that is renewed in time goes on", async () => {
    const callback = callbackAt("renewed-in-time");
    await subscribe(callback, PATH, { "hub.lease_seconds": "600" });
    const first = (await subscription(callback, PATH))?.expires_at ?? 0;
    await subscribe(callback, PATH, { "hub.lease_seconds": "6000" });
    stopClock(first + SECOND);
    await ring();
    await putEvent("after-the-first-lease", { title: "After the first lease" });
    await pushed("renewed-in-time", 1);
  });

  it("that ends while its renewal waits for the callback's word: what there is comes after that word", async () => {
    const callback = await subscribeGated("renewed-late", { "hub.lease_seconds": "600" });
    await behave("renewed-late.verification", "drop");
    await askFor("subscribe", callback, PATH);
    await eventually(async () => (await verifications("renewed-late")).length >= 2);
    stopClock(((await subscription(callback, PATH))?.expires_at ?? 0) + SECOND);
    await ring();
    await eventually(async () => (await subscription(callback, PATH))?.status === "pending");
    await putEvent("renewed-late", { title: "Between two leases" });
    await caughtUp();
    expect(await pushes("renewed-late")).toEqual([]);
    await behave("renewed-late.verification", "agree");
    vi.setSystemTime(Date.now() + 5 * SECOND);
    await ring();
    await pushed("renewed-late", 1);
  });
});

describe("a callback that fails", () => {
  it("is sent the topic again, until it takes it", async () => {
    await subscribeGated("failing");
    await behave("failing", "status-500");
    await putEvent("failing", { title: "Sent more than once" });
    await pushed("failing", 2);
    await behave("failing", "status-204");
    await settledPushes();
    const got = await pushes("failing");
    expect(new Set(got.map(({ body }) => body)).size).toBe(1);
    expect((await rows("SELECT status FROM messages WHERE sequence = 1 AND status <> 'delivered'")).length).toBe(0);
  });

  it("is sent it as it is by then", async () => {
    await subscribeGated("stale");
    await behave("stale", "status-500");
    await putEvent("stale", { title: "First wording" });
    await pushed("stale", 1);
    await putEvent("stale", { title: "Second wording" }, 200);
    await behave("stale", "status-204");
    await settledPushes();
    expect((await pushes("stale")).at(-1)?.body).toContain("Second wording");
  });

  it("may not answer by a redirect", async () => {
    await subscribeGated("moved");
    await behave("moved", "redirect-308");
    await putEvent("moved", { title: "Not to be redirected" });
    await pushed("moved", 2);
    await behave("moved", "status-204");
    await settledPushes();
  });

  it("and says 410 is subscribed no more", async () => {
    const callback = await subscribeGated("gone");
    await behave("gone", "status-410");
    await putEvent("gone", { title: "To nobody any more" });
    await eventually(async () => (await subscription(callback, PATH)) === undefined);
    await ring();
    expect(await kept(callback)).toEqual([]);
    await putEvent("gone-again", { title: "Still to nobody" });
    await caughtUp();
    await settledPushes();
    expect(await pushes("gone")).toHaveLength(1);
  });

  it("for five days is subscribed no more", async () => {
    const callback = await subscribeGated("hopeless", { "hub.lease_seconds": String(30 * 24 * 60 * 60) });
    await behave("hopeless", "status-503");
    const began = Math.ceil(Date.now() / DAY) * DAY;
    stopClock(began);
    await putEvent("hopeless-1", { title: "The first that fails" });
    await caughtUp();
    await passTime(began + 4 * DAY);
    expect((await subscription(callback, PATH))?.status).toBe("active");
    vi.setSystemTime(began + 5 * DAY + DAY / 2);
    await putEvent("hopeless-2", { title: "The last that fails" });
    await eventually(async () => (await subscription(callback, PATH)) === undefined);
  });
});

it("of a burst of changes a callback gets the first at once, and a second later what there is by then", async () => {
  await subscribe(callbackAt("burst"), `${PATH}?q=cascade`);
  stopClock(Date.now() + DAY);
  await putEvent("cascade-1", { title: "Cascade 1" });
  await pushed("burst", 1);
  for (const number of [2, 3, 4, 5]) await putEvent(`cascade-${number}`, { title: `Cascade ${number}` });
  await caughtUp();
  await shard().wake();
  expect(await pushes("burst")).toHaveLength(1);
  vi.setSystemTime(Date.now() + SECOND);
  await ring();
  const [, second] = await pushed("burst", 2);
  expect(JSON.parse(second?.body ?? "{}").items).toHaveLength(5);
});

describe("the shard ends", () => {
  it("while the topic is under way: it is sent again", async () => {
    await subscribeGated("under-way", { "hub.secret": "kept" });
    await shut("under-way");
    await putEvent("under-way", { title: "Under way" });
    await pushed("under-way", 1);
    await kill();
    await behave("under-way", "status-204");
    await ring();
    const [first, second] = await pushed("under-way", 2);
    expect(second?.body).toBe(first?.body);
    expect(second?.headers["x-hub-signature"]).toBe(first?.headers["x-hub-signature"]);
    await settledPushes();
  });

  it("between two attempts: the next one is made", async () => {
    await subscribeGated("between-attempts");
    await behave("between-attempts", "status-500");
    await putEvent("between-attempts", { title: "Between two attempts" });
    await pushed("between-attempts", 1);
    await evictDurableObject(shard());
    await behave("between-attempts", "status-204");
    await pushed("between-attempts", 2);
    await settledPushes();
  });

  it("while the callback is asked: it is asked again", async () => {
    const callback = callbackAt("asked-twice", "gate");
    await askFor("subscribe", callback, PATH);
    await eventually(async () => (await verifications("asked-twice")).length === 1);
    await kill();
    await behave("asked-twice.verification", "agree");
    await ring();
    await eventually(async () => (await subscription(callback, PATH))?.status === "active");
    const challenges = (await verifications("asked-twice")).map((asked) => asked.get("hub.challenge"));
    expect(new Set(challenges).size).toBe(1);
    await settledIntent(callback, PATH);
  });

  it("before it is woken: the cron makes up for it", async () => {
    await subscribeGated("unwoken");
    await kill();
    await putEvent("unwoken", { title: "After a lost wake-up" });
    await tick();
    await pushed("unwoken", 1);
  });
});
