/** Verification of intent (WebSub, section 5.3): nothing begins, changes or ends that the callback did not confirm. */
import { beforeAll, describe, expect, it } from "vitest";
import { eventually, putNames, ring, rows } from "../alerts/support.ts";
import { putEvent } from "../client.ts";
import {
  ask,
  askFor,
  behave,
  callbackAt,
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

const DAY = 24 * 60 * 60;

describe("a callback is asked", () => {
  it("with mode, topic as it was written, challenge and lease; its own parameters stay as they are", async () => {
    const callback = callbackAt("asked", "agree", "status-204", "?own=a%20b+c&own=~");
    const path = "/feed.rss?limit=50&q=AlEpPo%20";
    await subscribe(callback, path);
    const [asked] = await verifications("asked");
    expect(Object.fromEntries(asked ?? [])).toEqual({
      own: "~",
      "hub.mode": "subscribe",
      "hub.topic": topicAt(path),
      "hub.challenge": expect.stringMatching(/^[a-z0-9]{32}$/),
      "hub.lease_seconds": String(10 * DAY),
    });
    expect(asked?.getAll("own")).toEqual(["a b c", "~"]);
  });

  it.each([
    ["absent", undefined, 10 * DAY],
    ["short", "60", DAY],
    ["none", "0", DAY],
    ["a day and a second", String(DAY + 1), DAY + 1],
    ["long", String(30 * DAY), 30 * DAY],
    ["too long", "999999999999999", 30 * DAY],
  ])("for a lease that is %s", async (which, asked, granted) => {
    const name = `lease-${which.replaceAll(" ", "-")}`;
    await askFor("subscribe", callbackAt(name), "/feed.rss", asked === undefined ? {} : { "hub.lease_seconds": asked });
    await eventually(async () => (await verifications(name)).length > 0);
    expect((await verifications(name))[0]?.get("hub.lease_seconds")).toBe(String(granted));
  });

  it("and any status of success will do", () => subscribe(callbackAt("created", "agree-201"), "/feed.rss"));
});

describe("a subscription does not begin", () => {
  it.each([
    "refuse-404",
    "refuse-410",
    "refuse-500",
    "refuse-503",
    "refuse-200",
    "agree-302",
    "agree-404",
    "agree-500",
    "padded",
    "other",
    "json",
  ])("where the callback answers %s; it is asked once", async (verification) => {
    const name = `no-${verification}`;
    const callback = callbackAt(name, verification);
    await askFor("subscribe", callback, "/feed.rss");
    await eventually(async () => (await subscription(callback, "/feed.rss")) === undefined);
    await settledPushes();
    expect(await verifications(name)).toHaveLength(1);
    await putEvent(`event-${name}`, { title: `Whatever the callback of ${name} says` });
    await settledPushes();
    expect(await pushes(name)).toEqual([]);
  });

  it("where there is no answer: it is asked four times, as often as an alert's channel", async () => {
    const callback = callbackAt("dropping", "drop");
    await askFor("subscribe", callback, "/feed.rss");
    await eventually(async () => (await verifications("dropping")).length === 4);
    await eventually(async () => (await subscription(callback, "/feed.rss")) === undefined);
    await settledPushes();
    expect(await verifications("dropping")).toHaveLength(4);
  });

  it("and nothing of it is left", async () => {
    const callback = callbackAt("leftover", "refuse-404");
    await askFor("subscribe", callback, "/feed.rss?q=leftover");
    await eventually(async () => (await subscription(callback, "/feed.rss?q=leftover")) === undefined);
    await ring();
    expect(await rows("SELECT id FROM subscriptions WHERE callback = ?", callback)).toEqual([]);
    expect(await rows("SELECT number FROM queries WHERE source = 'leftover'")).toEqual([]);
  });
});

it("what changes between the asking and the callback's word is distributed after it", async () => {
  const callback = callbackAt("between", "gate");
  await askFor("subscribe", callback, "/feed.rss");
  await eventually(async () => (await verifications("between")).length === 1);
  await putEvent("between", { title: "Between asking and word" });
  await behave("between.verification", "agree");
  const [push] = await pushed("between", 1);
  expect(push?.body).toContain("Between asking and word");
});

describe("a renewal", () => {
  const path = "/feed.json";
  const secretOf = async (callback: string) => (await subscription(callback, path))?.secret;

  it("that is confirmed brings a longer lease, and keeps the secret", async () => {
    const callback = callbackAt("renewed");
    await subscribe(callback, path, { "hub.lease_seconds": String(2 * DAY), "hub.secret": "first" });
    const before = await subscription(callback, path);
    await subscribe(callback, path, { "hub.lease_seconds": String(3 * DAY), "hub.secret": "second" });
    const after = await subscription(callback, path);
    expect(after?.id).toBe(before?.id);
    expect((after?.expires_at ?? 0) - (after?.confirmed_at ?? 0)).toBe(3 * DAY * 1000);
    expect(await secretOf(callback)).toBe("first");
    await subscribe(callback, path);
    expect(await secretOf(callback)).toBe("first");
  });

  it.each(["refuse-404", "other", "drop"])("that is not (%s) changes nothing of what stands", async (verification) => {
    const name = `unrenewed-${verification}`;
    const callback = callbackAt(name, "gate");
    await behave(`${name}.verification`, "agree");
    await subscribe(callback, path, { "hub.lease_seconds": String(2 * DAY), "hub.secret": "first" });
    const before = await subscription(callback, path);
    await behave(`${name}.verification`, verification);
    await askFor("subscribe", callback, path, { "hub.lease_seconds": String(9 * DAY), "hub.secret": "second" });
    await settledIntent(callback, path);
    expect(await subscription(callback, path)).toEqual(before);
    expect(await verifications(name)).toHaveLength(verification === "drop" ? 5 : 2);
    await putEvent(`event-${name}`, { title: `After the renewal of ${name}` });
    expect((await pushed(name, 1))[0]?.headers).toHaveProperty("x-hub-signature");
    // What somebody asked in its name is no trouble of its own.
    expect(await rows("SELECT failing_since, trouble, timeouts FROM receivers WHERE id = ?", before?.id ?? "")).toEqual(
      [{ failing_since: null, trouble: null, timeouts: 0 }],
    );
  });

  it("that waits for its word does not hold up what is distributed with the old secret", async () => {
    const callback = callbackAt("waiting-renewal", "gate");
    await behave("waiting-renewal.verification", "agree");
    await subscribe(callback, path, { "hub.secret": "first" });
    await behave("waiting-renewal.verification", "drop");
    await askFor("subscribe", callback, path, { "hub.secret": "second" });
    await putEvent("waiting-renewal", { title: "While a renewal waits" });
    await pushed("waiting-renewal", 1);
    expect(await secretOf(callback)).toBe("first");
  });
});

describe("what is asked while something else waits for the callback's word is verified after it", () => {
  const modes = async (name: string) => (await verifications(name)).map((asked) => asked.get("hub.mode"));

  /** A callback that is asked whether it wants to subscribe, and has not answered yet. */
  async function asked(name: string, path: string, more: Record<string, string> = {}): Promise<string> {
    const callback = callbackAt(name, "gate");
    await askFor("subscribe", callback, path, more);
    await eventually(async () => (await verifications(name)).length === 1);
    return callback;
  }

  it("an end that it did not ask for leaves it what it asked for", async () => {
    const callback = await asked("kept-beginning", "/feed.rss");
    await askFor("unsubscribe", callback, "/feed.rss");
    await behave("kept-beginning.verification", "only-subscribe");
    await eventually(async () => (await verifications("kept-beginning")).length === 2);
    await settledIntent(callback, "/feed.rss");
    expect(await modes("kept-beginning")).toEqual(["subscribe", "unsubscribe"]);
    expect((await subscription(callback, "/feed.rss"))?.status).toBe("active");
  });

  it("an end that it did ask for is one", async () => {
    const callback = await asked("short-stay", "/feed.rss");
    await askFor("unsubscribe", callback, "/feed.rss");
    await behave("short-stay.verification", "agree");
    await eventually(async () => (await subscription(callback, "/feed.rss")) === undefined);
    expect(await modes("short-stay")).toEqual(["subscribe", "unsubscribe"]);
  });

  it("an end of what did not begin is asked of nobody", async () => {
    const callback = await asked("no-beginning", "/feed.rss");
    await askFor("unsubscribe", callback, "/feed.rss");
    await behave("no-beginning.verification", "refuse-404");
    await eventually(async () => (await subscription(callback, "/feed.rss")) === undefined);
    await settledPushes();
    expect(await modes("no-beginning")).toEqual(["subscribe"]);
  });

  it("another beginning does not take away an end", async () => {
    const callback = callbackAt("kept-end", "gate");
    await behave("kept-end.verification", "agree");
    await subscribe(callback, "/feed.rss");
    await shut("kept-end.verification");
    await askFor("unsubscribe", callback, "/feed.rss");
    await eventually(async () => (await verifications("kept-end")).length === 2);
    await askFor("subscribe", callback, "/feed.rss", { "hub.secret": "another" });
    await behave("kept-end.verification", "only-unsubscribe");
    await eventually(async () => (await subscription(callback, "/feed.rss")) === undefined);
  });

  it("another secret and lease count only where it confirms those", async () => {
    const [first, second] = [String(2 * DAY), String(3 * DAY)];
    const callback = await asked("two-secrets", "/feed.rss", { "hub.secret": "first", "hub.lease_seconds": first });
    await askFor("subscribe", callback, "/feed.rss", { "hub.secret": "second", "hub.lease_seconds": second });
    await behave("two-secrets.verification", "agree-once");
    await eventually(async () => (await verifications("two-secrets")).length === 2);
    await settledIntent(callback, "/feed.rss");
    const { secret, expires_at = 0, confirmed_at = 0 } = (await subscription(callback, "/feed.rss")) ?? {};
    expect([secret, expires_at - confirmed_at]).toEqual(["first", 2 * DAY * 1000]);
    const challenges = (await verifications("two-secrets")).map((verified) => verified.get("hub.challenge"));
    expect(new Set(challenges).size).toBe(2);
  });

  it("the same once more is not", async () => {
    const callback = await asked("twice-the-same", "/feed.rss", { "hub.secret": "same" });
    await askFor("subscribe", callback, "/feed.rss", { "hub.secret": "same" });
    await behave("twice-the-same.verification", "agree");
    await settledIntent(callback, "/feed.rss");
    await settledPushes();
    expect(await verifications("twice-the-same")).toHaveLength(1);
  });

  it("of topics that are written otherwise, five wait at the most; what is written as before is always taken", async () => {
    const callback = await asked("impatient", "/feed.rss?x=0");
    const topics = [1, 2, 3, 4, 5].map((number) => `/feed.rss?x=${number}`);
    for (const topic of topics) await askFor("subscribe", callback, topic);
    const form = { "hub.mode": "unsubscribe", "hub.callback": callback, "hub.topic": topicAt("/feed.rss?x=6") };
    const answer = await ask(form);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(await answer.text()).toContain("What was asked before waits for the callback's word");
    for (const topic of ["/feed.rss?x=0", "/feed.rss"]) {
      await askFor("subscribe", callback, topic, { "hub.secret": "another" });
    }
    await behave("impatient.verification", "agree");
    await eventually(async () => (await verifications("impatient")).length === 8);
    await settledIntent(callback, "/feed.rss?x=0");
  });

  it("the same with another lease or secret joins what waits: it is asked once, for the longest lease", async () => {
    const callback = await asked("joined", "/feed.rss");
    for (const days of [2, 9, 3, 30, 4]) {
      const more = { "hub.lease_seconds": String(days * DAY), "hub.secret": `of ${days} days` };
      await askFor("subscribe", callback, "/feed.rss", more);
    }
    await behave("joined.verification", "agree");
    await eventually(async () => (await verifications("joined")).length === 2);
    await settledIntent(callback, "/feed.rss");
    const leases = (await verifications("joined")).map((verified) => verified.get("hub.lease_seconds"));
    expect(leases).toEqual([String(10 * DAY), String(30 * DAY)]);
  });
});

describe("an end", () => {
  it("that is confirmed is one: nothing is distributed after it", async () => {
    const callback = callbackAt("ended");
    await subscribe(callback, "/feed.rss");
    await askFor("unsubscribe", callback, "/feed.rss");
    await eventually(async () => (await subscription(callback, "/feed.rss")) === undefined);
    const asked = (await verifications("ended")).at(-1);
    expect(asked?.get("hub.mode")).toBe("unsubscribe");
    expect(asked?.get("hub.topic")).toBe(topicAt("/feed.rss"));
    await putEvent("ended", { title: "After the end" });
    await settledPushes();
    expect(await pushes("ended")).toEqual([]);
  });

  it("that is not is none", async () => {
    const callback = callbackAt("unended", "gate");
    await behave("unended.verification", "agree");
    await subscribe(callback, "/feed.rss");
    await behave("unended.verification", "refuse-404");
    await askFor("unsubscribe", callback, "/feed.rss");
    await settledIntent(callback, "/feed.rss");
    await putEvent("unended", { title: "After no end" });
    await pushed("unended", 1);
  });

  it("of one topic leaves the callback's others", async () => {
    const callback = callbackAt("two-topics");
    await subscribe(callback, "/feed.rss");
    await subscribe(callback, "/feed.atom");
    await askFor("unsubscribe", callback, "/feed.rss");
    await eventually(async () => (await subscription(callback, "/feed.rss")) === undefined);
    await putEvent("two-topics", { title: "For one of two topics" });
    const [push] = await pushed("two-topics", 1);
    expect(push?.headers["content-type"]).toMatch(/atom/);
    await settledPushes();
    expect(await pushes("two-topics")).toHaveLength(1);
  });

  it("of what there is not asks nobody", async () => {
    const callback = callbackAt("never-was");
    await askFor("unsubscribe", callback, "/feed.rss");
    await settledPushes();
    expect(await verifications("never-was")).toEqual([]);
  });

  it("and it can begin again", async () => {
    const callback = callbackAt("again");
    await subscribe(callback, "/feed.rss?q=encore");
    await askFor("unsubscribe", callback, "/feed.rss?q=encore");
    await eventually(async () => (await subscription(callback, "/feed.rss?q=encore")) === undefined);
    await subscribe(callback, "/feed.rss?q=encore");
    await putEvent("again", { title: "An encore of the encore" });
    await pushed("again", 1);
  });
});
