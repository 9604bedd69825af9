/** How long a subscription lasts, and what it outlives. */
import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import * as topic from "../../src/feeds/feed-topic.ts";
import { Problem } from "../../src/http/problem.ts";
import { settings, startClock } from "../alerts/owner.ts";
import { eventually, kill, passTime, ring, rows, shard, stopClock, tick } from "../alerts/support.ts";
import { head, ORIGIN, putEvent, putName, putNames } from "../client.ts";
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
  topicAt,
  verifications,
} from "./hub.ts";

beforeAll(putNames);
afterEach(startClock);

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;
const PATH = "/feed.json";

/** All that a shard keeps of a callback. */
const kept = (callback: string): Promise<Kept[]> => rows("SELECT * FROM subscriptions WHERE callback = ?", callback);

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
    await subscribe(callback, PATH, { "hub.lease_seconds": "86400" });
    const first = (await subscription(callback, PATH))?.expires_at ?? 0;
    await subscribe(callback, PATH, { "hub.lease_seconds": "172800" });
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
    // Something is tried all the time: a message that is given up ends the stretch.
    settings({ RETRY_SECONDS: Array.from({ length: 60 }, () => "14400").join(",") });
    const callback = await subscribeGated("hopeless", { "hub.lease_seconds": String(30 * 24 * 60 * 60) });
    await behave("hopeless", "status-503");
    const began = Math.ceil(Date.now() / DAY) * DAY;
    stopClock(began);
    await putEvent("hopeless-1", { title: "The first that fails" });
    await caughtUp();
    await passTime(began + 4 * DAY);
    expect((await subscription(callback, PATH))?.status).toBe("active");
    await putEvent("hopeless-2", { title: "The last that fails" });
    await passTime(began + 5 * DAY + DAY / 2);
    await eventually(async () => (await subscription(callback, PATH)) === undefined);
  });
});

describe("the schedule of a callback that fails goes on", () => {
  const waiting = async (callback: string) => {
    const [message] = await rows<{ id: string; tries: number; status: string; next_attempt_at: number | null }>(
      `SELECT m.id, m.tries, m.status, m.next_attempt_at FROM messages m JOIN subscriptions s ON s.id = m.receiver
       WHERE s.callback = ? AND m.sequence = 1`,
      callback,
    );
    return message;
  };

  it("whatever changes meanwhile, and ends", async () => {
    const callback = await subscribeGated("unrelenting");
    await behave("unrelenting", "status-500");
    stopClock(Date.now() + DAY);
    await putEvent("unrelenting-1", { title: "Unrelenting 1" });
    await eventually(async () => (await waiting(callback))?.tries === 1);
    for (const number of [2, 3, 4]) {
      await putEvent(`unrelenting-${number}`, { title: `Unrelenting ${number}` });
      await caughtUp();
      vi.setSystemTime((await waiting(callback))?.next_attempt_at ?? 0);
      await ring();
      await eventually(async () => (await waiting(callback))?.tries === number);
      expect(await pushes("unrelenting")).toHaveLength(number);
    }
    expect((await waiting(callback))?.status).toBe("failed");
    await putEvent("unrelenting-5", { title: "The next change begins another one" });
    await pushed("unrelenting", 5);
    await behave("unrelenting", "status-204");
  });

  it("a change does not bring the next attempt on", async () => {
    const callback = await subscribeGated("unhurried");
    await behave("unhurried", "status-500");
    stopClock(Date.now() + DAY);
    await putEvent("unhurried-1", { title: "Unhurried 1" });
    await eventually(async () => (await waiting(callback))?.tries === 1);
    const before = await waiting(callback);
    await putEvent("unhurried-2", { title: "Unhurried 2" });
    await caughtUp();
    const after = await waiting(callback);
    expect(after).toEqual({ ...before, id: expect.not.stringContaining(before?.id ?? "") });
    await shard().wake();
    await ring();
    expect(await pushes("unhurried")).toHaveLength(1);
    await behave("unhurried", "status-204");
  });

  it("also where the change comes while an attempt is under way", async () => {
    const callback = await subscribeGated("under-way-fails");
    stopClock(Date.now() + DAY);
    await shut("under-way-fails");
    await putEvent("under-way-fails-1", { title: "Under way and failing 1" });
    await pushed("under-way-fails", 1);
    const before = await waiting(callback);
    await putEvent("under-way-fails-2", { title: "Under way and failing 2" });
    await caughtUp();
    await behave("under-way-fails", "status-500");
    await eventually(async () => (await waiting(callback))?.tries === 1);
    const after = await waiting(callback);
    expect(after?.id).not.toBe(before?.id);
    expect(after?.next_attempt_at).toBeGreaterThan(Date.now());
    await shard().wake();
    expect(await pushes("under-way-fails")).toHaveLength(1);
    await behave("under-way-fails", "status-204");
  });
});

it("while the record cannot be read the topic waits, and no attempt is counted", async () => {
  const callback = await subscribeGated("no-record");
  await behave("no-record", "status-500");
  stopClock(Date.now() + DAY);
  await putEvent("no-record", { title: "Without a record" });
  const message = async () => {
    const id = (await subscription(callback, PATH))?.id ?? "";
    const [found] = await rows<{ tries: number; next_attempt_at: number }>(
      "SELECT tries, next_attempt_at FROM messages WHERE receiver = ? AND sequence = 1 AND status = 'pending'",
      id,
    );
    return found ?? { tries: 0, next_attempt_at: 0 };
  };
  await eventually(async () => (await message()).tries === 1);
  await behave("no-record", "status-204");
  vi.setSystemTime((await message()).next_attempt_at);
  const failing = vi.spyOn(topic, "renderTopic").mockRejectedValue(new Error("D1_ERROR: Too many API requests"));
  await ring();
  await eventually(async () => (await message()).next_attempt_at > Date.now());
  failing.mockRestore();
  expect((await message()).tries).toBe(1);
  expect(await pushes("no-record")).toHaveLength(1);
  vi.setSystemTime((await message()).next_attempt_at);
  await ring();
  await pushed("no-record", 2);
});

describe("what the shard has followed before it is asked", () => {
  const begin = async (name: string, since: number): Promise<string> => {
    const callback = callbackAt(name);
    await shard().askSubscriber(`sub_${name}`, {
      ...{ mode: "subscribe", callback, topic: topicAt(PATH), lease: 600, secret: undefined, origin: ORIGIN },
      ...{ feed: { listing: "events", canonical: PATH, query: undefined }, since, nonce: name },
    });
    await eventually(async () => (await subscription(callback, PATH))?.status === "active");
    return callback;
  };

  it("and after the subscriber was heard, is sent", async () => {
    await putEvent("overtaken", { title: "Overtaken" });
    await caughtUp();
    await begin("overtaken", (await head()) - 1);
    const [push] = await pushed("overtaken", 1);
    expect(push?.body).toContain("Overtaken");
  });

  it("and before, is not", async () => {
    await putEvent("known-before", { title: "Known before" });
    await caughtUp();
    await begin("known-before", await head());
    expect(await rows("SELECT id FROM messages WHERE receiver = 'sub_known-before' AND sequence = 1")).toEqual([]);
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

describe("a subscription whose query can no longer be read", () => {
  /** Subscribes to a filtered feed, and then makes its query unreadable, as a change of the query language would. */
  async function breakQuery(name: string): Promise<string> {
    const callback = callbackAt(name, "gate");
    await behave(`${name}.verification`, "agree");
    await subscribe(callback, `${PATH}?q=${name}`);
    await rows("UPDATE queries SET source = '(((' WHERE source = ?", name);
    await kill();
    return callback;
  }
  const denials = async (name: string) =>
    (await verifications(name)).filter((asked) => asked.get("hub.mode") === "denied");
  const isForgotten = async (callback: string) => {
    await ring();
    const { results } = await env.DB.prepare("SELECT id FROM subscription_shards").all<{ id: string }>();
    const left = await rows<{ id: string }>("SELECT s.id FROM subscriptions s");
    return (await kept(callback)).length === 0 && results.length === left.length;
  };
  /** Names that change, so that all queries are read anew. */
  const changeNames = (label: string) => putName(`place:${label.toLowerCase()}`, { label, spellings: { en: [label] } });

  it("ends when names change, and its callback is told why", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const callback = await breakQuery("unreadnames");
    await changeNames("Unreadtown");
    await tick();
    await eventually(async () => (await denials("unreadnames")).length === 1);
    const [denial] = await denials("unreadnames");
    expect(Object.fromEntries(denial ?? [])).toEqual({
      "hub.mode": "denied",
      "hub.topic": topicAt(`${PATH}?q=unreadnames`),
      "hub.reason": expect.stringMatching(/^its query can no longer be read: /),
    });
    await eventually(() => isForgotten(callback));
    expect(await denials("unreadnames")).toHaveLength(1);
    const lines = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();
    expect(lines.filter((line) => line.includes('"subscription.ended"'))).toHaveLength(1);
  });

  it("ends when its feed cannot be made, and a status of refusal is told again", async () => {
    const callback = callbackAt("unreadfeed", "gate");
    await behave("unreadfeed.verification", "agree");
    await subscribe(callback, `${PATH}?q=unreadfeed`);
    await behave("unreadfeed.verification", "refuse-503");
    await rows("UPDATE subscriptions SET address = '/feed.json?q=%28' WHERE address LIKE '%unreadfeed'");
    await putEvent("unreadfeed", { title: "For unreadfeed" });
    await eventually(async () => (await denials("unreadfeed")).length === 4);
    await settledPushes();
    expect((await denials("unreadfeed"))[0]?.get("hub.reason")).toMatch(/^its query can no longer be read: q: /);
    expect(await pushes("unreadfeed")).toEqual([]);
    await eventually(() => isForgotten(callback));
  });

  it("can begin again while its end is being told", async () => {
    const callback = await breakQuery("unreadagain");
    await behave("unreadagain.verification", "drop");
    await changeNames("Unreadvillage");
    await tick();
    await eventually(async () => (await denials("unreadagain")).length === 1);
    await behave("unreadagain.verification", "agree");
    await rows("UPDATE queries SET source = 'unreadagain' WHERE source = '((('");
    await subscribe(callback, `${PATH}?q=unreadagain`);
    await putEvent("unreadagain", { title: "For unreadagain" });
    await pushed("unreadagain", 1);
  });

  it("while too much is asked of the record it waits, and does not end", async () => {
    await subscribeGated("overasked");
    stopClock(Date.now() + DAY);
    const busy = vi.spyOn(topic, "renderTopic").mockRejectedValue(new Problem(429, "Too many requests", "Busy"));
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    await putEvent("overasked", { title: "For overasked" });
    await eventually(async () => log.mock.calls.some(([line]) => String(line).includes('"topic.unreadable"')));
    busy.mockRestore();
    log.mockRestore();
    vi.setSystemTime(Date.now() + 5 * SECOND);
    await ring();
    await pushed("overasked", 1);
    expect(await denials("overasked")).toEqual([]);
  });
});
