/**
 * A stranger who knows a callback and a topic sends requests to the hub in a subscriber's name. The callbacks confirm
 * every request unless a test says otherwise, so only the hub protects their subscribers.
 */

import { env } from "cloudflare:workers";
import { createHmac } from "node:crypto";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startClock } from "../alerts/owner.ts";
import { eventually, ring, rows, stopClock } from "../alerts/support.ts";
import { putEvent, putNames } from "../client.ts";
import type { Received } from "../receiver.ts";
import {
  ask,
  askFor,
  behave,
  callbackAt,
  type Form,
  pushed,
  pushes,
  settledIntent,
  settledPushes,
  shut,
  subscribe,
  subscription,
  topicAt,
  verifications,
} from "../websub/hub.ts";
import { callWith, problemOf } from "./support.ts";

beforeAll(putNames);
afterEach(startClock);

const DAY = 24 * 60 * 60;
const PATH = "/feed.rss";

/**
 * Sends a stranger's request in the name of a callback, from an address of its own, under settings with limits if
 * wanted.
 */
const asStranger = (callback: string, more: Form = {}, address = "203.0.113.1", limit = "0"): Promise<Response> => {
  const form = { "hub.mode": "subscribe", "hub.callback": callback, "hub.topic": topicAt(PATH), ...more };
  const headers = { "content-type": "application/x-www-form-urlencoded", "cf-connecting-ip": address };
  const body = String(new URLSearchParams(form));
  return callWith({ REGISTRATION_LIMIT: limit }, "/hub", { method: "POST", headers, body });
};

const isSignedWith = (secret: string, push: Received | undefined): boolean =>
  push?.headers["x-hub-signature"] ===
  `sha256=${createHmac("sha256", secret)
    .update(push?.body ?? "")
    .digest("hex")}`;

const expiryOf = async (callback: string): Promise<number> => (await subscription(callback, PATH))?.expires_at ?? 0;

/** Returns the push that a new event causes. */
async function nextPush(name: string): Promise<Received | undefined> {
  const before = (await pushes(name)).length;
  await putEvent(`${name}-${before}`, { title: `For ${name}, number ${before}` });
  return (await pushed(name, before + 1)).at(-1);
}

/** Lets a lease end on a stopped clock while a renewal waits, since the callback does not answer. */
async function endLease(name: string, callback: string, renewal: Form = {}): Promise<void> {
  await behave(`${name}.verification`, "drop");
  await asStranger(callback, renewal);
  await eventually(async () => (await verifications(name)).length >= 2);
  stopClock((await expiryOf(callback)) + 1000);
  await ring();
  await eventually(async () => (await subscription(callback, PATH))?.status === "pending");
}

/** Makes the callback answer again and lets the hub ask it. */
async function answerAgain(name: string, callback: string): Promise<void> {
  await behave(`${name}.verification`, "agree");
  vi.setSystemTime(Date.now() + 5000);
  await ring();
  await settledIntent(callback, PATH);
}

describe("a confirmed request of a stranger leaves the secret unchanged", () => {
  const secrets: [name: string, own: Form, strange: Form][] = [
    ["another one", { "hub.secret": "own" }, { "hub.secret": "strange" }],
    ["none", { "hub.secret": "own" }, {}],
    ["an empty one", { "hub.secret": "own" }, { "hub.secret": "" }],
    ["its beginning", { "hub.secret": "own" }, { "hub.secret": "ow" }],
    [
      "another one, for the longest lease",
      { "hub.secret": "own" },
      { "hub.secret": "s", "hub.lease_seconds": "9999999" },
    ],
  ];
  it.each(secrets)("%s", async (which, own, strange) => {
    const name = `secret-${which.replace(/\W+/g, "-")}`;
    const callback = callbackAt(name);
    await subscribe(callback, PATH, own);
    for (let times = 0; times < 3; times++) {
      expect((await asStranger(callback, strange)).status).toBe(202);
      await settledIntent(callback, PATH);
    }
    expect(await verifications(name)).toHaveLength(4);
    expect(isSignedWith("own", await nextPush(name))).toBe(true);
  });

  it("no secret stays no secret", async () => {
    const callback = callbackAt("secretless");
    await subscribe(callback, PATH);
    await asStranger(callback, { "hub.secret": "strange" });
    await settledIntent(callback, PATH);
    expect((await nextPush("secretless"))?.headers).not.toHaveProperty("x-hub-signature");
  });

  it("also if it waits while the lease ends", async () => {
    const callback = callbackAt("lapsed", "gate");
    await behave("lapsed.verification", "agree");
    await subscribe(callback, PATH, { "hub.secret": "own", "hub.lease_seconds": String(DAY) });
    await endLease("lapsed", callback, { "hub.secret": "strange" });
    await answerAgain("lapsed", callback);
    expect(isSignedWith("own", await nextPush("lapsed"))).toBe(true);
  });

  it("the subscriber changes it by ending the subscription first", async () => {
    const callback = callbackAt("changed");
    await subscribe(callback, PATH, { "hub.secret": "first" });
    await askFor("unsubscribe", callback, PATH);
    await eventually(async () => (await subscription(callback, PATH)) === undefined);
    await subscribe(callback, PATH, { "hub.secret": "second" });
    expect(isSignedWith("second", await nextPush("changed"))).toBe(true);
  });
});

describe("a stranger never shortens the lease", () => {
  it.each(["0", "1", "60", "86399", String(2 * DAY)])("to %s seconds", async (lease) => {
    const name = `lease-${lease}`;
    const callback = callbackAt(name);
    await subscribe(callback, PATH, { "hub.lease_seconds": String(20 * DAY) });
    const before = await expiryOf(callback);
    await asStranger(callback, { "hub.lease_seconds": lease });
    await settledIntent(callback, PATH);
    expect(await expiryOf(callback)).toBeGreaterThanOrEqual(before);
    const told = Number((await verifications(name)).at(-1)?.get("hub.lease_seconds"));
    expect(told).toBeGreaterThan(20 * DAY - 600);
    stopClock(Date.now() + 19 * DAY * 1000);
    await ring();
    expect((await subscription(callback, PATH))?.status).toBe("active");
  });

  it("a new lease lasts for at least a day", async () => {
    const callback = callbackAt("shortest");
    await subscribe(callback, PATH, { "hub.lease_seconds": "1" });
    expect((await verifications("shortest"))[0]?.get("hub.lease_seconds")).toBe(String(DAY));
    stopClock(Date.now() + (DAY - 600) * 1000);
    await ring();
    expect((await subscription(callback, PATH))?.status).toBe("active");
  });
});

it("a stranger does not change the topic's link", async () => {
  const callback = callbackAt("writing");
  await subscribe(callback, PATH);
  for (const topic of [`${PATH}?x=1`, `${PATH}?limit=50&q=`]) {
    await asStranger(callback, { "hub.topic": topicAt(topic) });
    await settledIntent(callback, PATH);
  }
  expect(await verifications("writing")).toHaveLength(3);
  expect((await nextPush("writing"))?.headers["link"]).toContain(`<${topicAt(PATH)}>; rel="self"`);
});

it("a stranger does not end a subscription whose callback checks requests", async () => {
  const callback = callbackAt("unended", "only-subscribe");
  await subscribe(callback, PATH);
  await asStranger(callback, { "hub.mode": "unsubscribe" });
  await settledIntent(callback, PATH);
  expect((await verifications("unended")).at(-1)?.get("hub.mode")).toBe("unsubscribe");
  expect(await nextPush("unended")).toBeDefined();
});

it("a stranger does not reset the failures of a callback", async () => {
  const callback = callbackAt("still-failing", "agree", "gate");
  await subscribe(callback, PATH);
  await behave("still-failing", "status-500");
  await nextPush("still-failing");
  const failing = async () => {
    const { id = "" } = (await subscription(callback, PATH)) ?? {};
    const [row] = await rows<{ failing_since: number | null; trouble: string | null }>(
      "SELECT failing_since, trouble FROM receivers WHERE id = ?",
      id,
    );
    return row;
  };
  await eventually(async () => (await failing())?.failing_since !== null);
  const before = await failing();
  await asStranger(callback, { "hub.secret": "strange" });
  await settledIntent(callback, PATH);
  expect(await failing()).toEqual(before);
  await behave("still-failing", "status-204");
  await settledPushes();
});

describe("a stranger does not block the subscriber's own requests", () => {
  /** Strangers from different networks who send every possible request. */
  async function flood(callback: string): Promise<void> {
    for (let i = 0; i < 30; i++) {
      const topic = i % 3 === 0 ? topicAt(PATH) : topicAt(`${PATH}?x=${i}`);
      const form = { "hub.secret": `strange-${i}`, "hub.lease_seconds": String(DAY + i), "hub.topic": topic };
      const mode: Form = i % 2 === 0 ? {} : { "hub.mode": "unsubscribe" };
      await asStranger(callback, { ...form, ...mode }, `2001:db8:${i}::1`);
    }
  }

  it("while the callback does not answer: a renewal is accepted, and verified afterwards", async () => {
    const callback = callbackAt("flooded", "gate");
    await behave("flooded.verification", "agree");
    await subscribe(callback, PATH, { "hub.secret": "own", "hub.lease_seconds": String(DAY) });
    await shut("flooded.verification");
    await flood(callback);
    const renewal = { "hub.mode": "subscribe", "hub.callback": callback, "hub.topic": topicAt(PATH) };
    expect((await ask({ ...renewal, "hub.secret": "own", "hub.lease_seconds": String(30 * DAY) })).status).toBe(202);
    const before = await expiryOf(callback);
    await behave("flooded.verification", "only-subscribe");
    await settledIntent(callback, PATH);
    expect(await expiryOf(callback)).toBeGreaterThan(before + 28 * DAY * 1000);
    expect(isSignedWith("own", await nextPush("flooded"))).toBe(true);
  });

  it("before the subscription has begun", async () => {
    const callback = callbackAt("flooded-first", "gate");
    await flood(callback);
    const asking = { "hub.mode": "subscribe", "hub.callback": callback, "hub.topic": topicAt(PATH) };
    expect((await ask({ ...asking, "hub.secret": "own" })).status).toBe(202);
    await behave("flooded-first.verification", "only-subscribe");
    await settledIntent(callback, PATH);
    expect((await subscription(callback, PATH))?.status).toBe("active");
  });

  it("and not its own unsubscription", async () => {
    const callback = callbackAt("flooded-end", "gate");
    await behave("flooded-end.verification", "agree");
    await subscribe(callback, PATH);
    await shut("flooded-end.verification");
    await flood(callback);
    const end = { "hub.mode": "unsubscribe", "hub.callback": callback, "hub.topic": topicAt(PATH) };
    expect((await ask(end)).status).toBe(202);
    await behave("flooded-end.verification", "only-unsubscribe");
    await eventually(async () => (await subscription(callback, PATH)) === undefined);
  });
});

describe("however many strangers ask, a callback is called", () => {
  const MINUTE = 60 * 1000;
  let now = Math.ceil(Date.now() / (DAY * 1000)) * DAY * 1000;
  beforeEach(() => {
    now += 2 * DAY * 1000;
    stopClock(now);
  });

  /** Lets time pass and runs the alarm. */
  async function pass(milliseconds: number): Promise<void> {
    now += milliseconds;
    vi.setSystemTime(now);
    await ring();
  }

  it.each(["subscribe", "unsubscribe"])("ten times, then once in five minutes, to %s", async (mode) => {
    const name = `pinged-${mode}`;
    // Each request is refused, so it can be sent again and again.
    const callback = callbackAt(name, "gate");
    await behave(`${name}.verification`, "agree");
    await subscribe(callback, PATH);
    await behave(`${name}.verification`, "refuse-404");
    const count = async () => (await verifications(name)).length - 1;
    const askAgain = (i: number) =>
      asStranger(callback, { "hub.mode": mode, "hub.secret": `s${i}` }, `2001:db8:${i}::1`);
    for (let i = 0; i < 10; i++) {
      await askAgain(i);
      await settledIntent(callback, PATH);
    }
    for (let i = 10; i < 40; i++) expect((await askAgain(i)).status).toBe(202);
    await ring();
    expect(await count()).toBe(10);
    await pass(5 * MINUTE);
    await eventually(async () => (await count()) === 11);
    await askAgain(40);
    await pass(MINUTE);
    expect(await count()).toBe(11);
    await pass(4 * MINUTE);
    await eventually(async () => (await count()) === 12);
    await behave(`${name}.verification`, "agree");
  });

  it("soon again after the clock was set back", async () => {
    const callback = callbackAt("pinged-early");
    await subscribe(callback, PATH);
    const { id = "" } = (await subscription(callback, PATH)) ?? {};
    await rows("UPDATE subscriptions SET asked_until = ? WHERE id = ?", now + 100 * DAY * 1000, id);
    await asStranger(callback);
    await pass(5 * MINUTE);
    await settledIntent(callback, PATH);
    expect(await verifications("pinged-early")).toHaveLength(2);
  });
});

describe("limits that others have used up", () => {
  const used = (subject: string, count: number) =>
    env.DB.prepare("UPDATE registrations SET count = ? WHERE subject LIKE ?").bind(count, `${subject}:%`).run();

  it("apply to new subscriptions, not to renewals or unsubscriptions", async () => {
    const callback = callbackAt("bounded", "only-subscribe");
    await subscribe(callback, PATH);
    await asStranger(callbackAt("bounded-first", "refuse-404"), {}, "2001:db8:a::1", "2");
    for (const subject of ["hub-host", "hub-total"]) await used(subject, 1_000_000);
    await problemOf(asStranger(callbackAt("bounded-new"), {}, "2001:db8:b::1", "2"), 429);
    for (const mode of ["subscribe", "unsubscribe"]) {
      expect((await asStranger(callback, { "hub.mode": mode }, "2001:db8:c::1", "2")).status).toBe(202);
      await settledIntent(callback, PATH);
    }
    expect((await subscription(callback, PATH))?.status).toBe("active");
  });

  it("do not apply while a renewal waits after the end of the lease", async () => {
    const callback = callbackAt("bounded-lapsed", "gate");
    await behave("bounded-lapsed.verification", "agree");
    await subscribe(callback, PATH, { "hub.lease_seconds": String(DAY) });
    await endLease("bounded-lapsed", callback);
    await asStranger(callbackAt("bounded-second", "refuse-404"), {}, "2001:db8:d::1", "2");
    for (const subject of ["hub-host", "hub-total"]) await used(subject, 1_000_000);
    expect((await asStranger(callback, { "hub.secret": "own" }, "2001:db8:e::1", "2")).status).toBe(202);
    await answerAgain("bounded-lapsed", callback);
  });

  it("of the caller itself apply to all its requests", async () => {
    const callback = callbackAt("bounded-caller");
    await subscribe(callback, PATH);
    await asStranger(callback, {}, "2001:db8:f::1", "2");
    await used("hub-caller", 1_000_000);
    await problemOf(asStranger(callback, {}, "2001:db8:f::1", "2"), 429);
  });
});
