/** What may be asked of the hub (WebSub, section 5.1), by whom, and how often. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Variables } from "../../src/platform/settings.ts";
import { SHARD_CAPACITY } from "../../src/shard/shard.ts";
import { forgetSubscriptions, type SubscriptionKey } from "../../src/websub/subscription-shards.ts";
import worker from "../../src/worker.ts";
import { startClock } from "../alerts/owner.ts";
import { call, eventually, register, ring, rows, setting, stopClock } from "../alerts/support.ts";
import { count, json, ORIGIN, type ProblemBody, putEvent, putNames } from "../client.ts";
import { IP_ADDRESSES, LOCAL_NAMES, PORTS } from "../delivery/destination-cases.ts";
import { ask, callbackAt, type Form, pushed, pushes, settledPushes, subscribe, subscription, topicAt } from "./hub.ts";

beforeAll(putNames);

const good = (): Form => ({
  "hub.mode": "subscribe",
  "hub.callback": callbackAt("good", "refuse-404"),
  "hub.topic": topicAt("/feed.rss"),
});

/** A good form without some of it. */
const without = (name: string): Form => Object.fromEntries(Object.entries(good()).filter(([key]) => key !== name));

const refused = async (form: Form, status = 400): Promise<ProblemBody> => json<ProblemBody>(ask(form), status);

describe("what is asked is refused, and says where", () => {
  const cases: [name: string, form: () => Form, path: string, message: string | RegExp][] = [
    ["no mode", () => without("hub.mode"), "hub.mode", "subscribe or unsubscribe was expected"],
    ["an empty mode", () => ({ ...good(), "hub.mode": "" }), "hub.mode", "subscribe or unsubscribe was expected"],
    ["another mode", () => ({ ...good(), "hub.mode": "publish" }), "hub.mode", "subscribe or unsubscribe was expected"],
    ["capitals in the mode", () => ({ ...good(), "hub.mode": "Subscribe" }), "hub.mode", /subscribe/],
    ["no callback", () => without("hub.callback"), "hub.callback", "the address to be called was expected"],
    ["a callback that is no URL", () => ({ ...good(), "hub.callback": "callback" }), "hub.callback", /absolute URL/],
    ["another scheme", () => ({ ...good(), "hub.callback": "ftp://x.example/" }), "hub.callback", /https/],
    ["a fragment", () => ({ ...good(), "hub.callback": `${callbackAt("x")}#a` }), "hub.callback", /no fragment/],
    ["this service", () => ({ ...good(), "hub.callback": `${ORIGIN}/hub` }), "hub.callback", "is this service itself"],
    ["no topic", () => without("hub.topic"), "hub.topic", "the address of a feed was expected"],
    ["a topic that is no URL", () => ({ ...good(), "hub.topic": "/feed.rss" }), "hub.topic", /was expected/],
    ["a feed of others", () => ({ ...good(), "hub.topic": "https://x.example/feed.rss" }), "hub.topic", /was expected/],
    ["a page", () => ({ ...good(), "hub.topic": topicAt("/") }), "hub.topic", /no public feed/],
    ["no such format", () => ({ ...good(), "hub.topic": topicAt("/articles.ics") }), "hub.topic", /no public feed/],
    ["the list of feeds", () => ({ ...good(), "hub.topic": topicAt("/feeds.opml") }), "hub.topic", /no public feed/],
    ["an older page", () => ({ ...good(), "hub.topic": topicAt("/feed.rss?before=5") }), "hub.topic", /not change/],
    ["a bad query", () => ({ ...good(), "hub.topic": topicAt("/feed.rss?q=%28") }), "hub.topic", /q: /],
    ["a bad limit", () => ({ ...good(), "hub.topic": topicAt("/feed.rss?limit=201") }), "hub.topic", /200/],
    ["two queries", () => ({ ...good(), "hub.topic": topicAt("/feed.rss?q=a&q=b") }), "hub.topic", /q: given 2 times/],
    ["a long secret", () => ({ ...good(), "hub.secret": "s".repeat(200) }), "hub.secret", /fewer than 200 bytes/],
    ["a secret of many bytes", () => ({ ...good(), "hub.secret": "ä".repeat(100) }), "hub.secret", /200 bytes/],
    ...["ten", "-1", "1.5", "1e9", " 5"].map((lease): (typeof cases)[number] => [
      `a lease of "${lease}"`,
      () => ({ ...good(), "hub.lease_seconds": lease }),
      "hub.lease_seconds",
      "a whole number of seconds was expected",
    ]),
  ];
  it.each(cases)("%s", async (_, form, path, message) => {
    const { errors } = await refused(form());
    expect(errors).toEqual([{ path, message: typeof message === "string" ? message : expect.stringMatching(message) }]);
  });

  it.each(Object.keys(good()))("%s given twice", async (name) => {
    const body = new URLSearchParams([...Object.entries(good()), [name, "x"]]).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const { errors } = await json<ProblemBody>(call("POST", "/hub", body, headers), 400);
    expect(errors).toEqual([{ path: name, message: "given 2 times; give it once" }]);
  });

  it("all of it at once", async () => {
    const { errors = [] } = await refused({ "hub.secret": "s".repeat(200) });
    expect(errors.map(({ path }) => path)).toEqual(["hub.mode", "hub.callback", "hub.topic", "hub.secret"]);
  });

  it("an alert's private feed", async () => {
    const { feed_url } = await register("hub-private-feed", "x", "silent");
    const { errors } = await refused({ ...good(), "hub.topic": feed_url });
    expect(errors).toEqual([{ path: "hub.topic", message: "there is no public feed at this address" }]);
  });

  it("another form of body", async () => {
    expect((await ask(good(), { "content-type": "application/json" })).status).toBe(415);
    expect((await ask(good(), { "content-type": "multipart/form-data" })).status).toBe(415);
    expect((await ask({ ...good(), "hub.secret": "s".repeat(20_000) })).status).toBe(413);
  });

  it("another method", async () => {
    const answer = await call("GET", "/hub");
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("POST");
  });
});

describe("what is asked is accepted", () => {
  it.each<[string, Form, Record<string, string>?]>([
    ["as it is", {}],
    ["with parameters that nobody knows", { "hub.verify": "sync", foo: "bar" }],
    ["with parameters that are empty", { "hub.secret": "", "hub.lease_seconds": "" }],
    ["with a secret of 199 bytes", { "hub.secret": "s".repeat(199) }],
    ["with a charset", {}, { "content-type": "application/x-www-form-urlencoded; charset=UTF-8" }],
    ["for a filtered feed", { "hub.topic": topicAt("/articles.atom?q=aleppo%20OR%20%22safe%20passage%22&limit=5") }],
    ["for a feed with parameters that are passed over", { "hub.topic": topicAt("/feed.ics?utm_source=x&q=%20") }],
  ])("%s", async (_, more, headers) => {
    const answer = await ask({ ...good(), ...more }, headers);
    expect([answer.status, await answer.text()]).toEqual([202, ""]);
  });
});

/** A Worker with other settings. */
const askWith = (settings: Variables, form: Form, address = "192.0.2.1"): Promise<Response> =>
  Promise.resolve(
    worker.fetch(
      new Request(`${ORIGIN}/hub`, {
        method: "POST",
        headers: { "cf-connecting-ip": address, "content-type": "application/x-www-form-urlencoded" },
        body: String(new URLSearchParams(form)),
      }),
      { ...env, ...settings },
      createExecutionContext(),
    ),
  );

describe("an address that may not be called is refused", () => {
  const cases = [...IP_ADDRESSES, ...LOCAL_NAMES, ...PORTS].filter(([, address]) => !/#/.test(address));
  it.each(cases)("%s", async (_, address) => {
    const answer = askWith({ ALLOW_PRIVATE_TARGETS: "false" }, { ...good(), "hub.callback": address });
    const { errors } = await json<ProblemBody>(answer, 400);
    expect(errors).toEqual([{ path: "hub.callback", message: expect.any(String) }]);
  });

  it("and again before every request", async () => {
    const callback = callbackAt("guarded");
    await subscribe(callback, "/feed.rss");
    const id = (await subscription(callback, "/feed.rss"))?.id ?? "";
    const before = await setting("ALLOW_PRIVATE_TARGETS", "false");
    await putEvent("guarded", { title: "Not for a private address" });
    const outcomes = () =>
      rows<{ outcome: string }>("SELECT outcome FROM attempts WHERE receiver = ? AND sequence = 1", id);
    await eventually(async () => (await outcomes()).length > 0);
    await setting("ALLOW_PRIVATE_TARGETS", before);
    expect(await outcomes()).toEqual([{ outcome: "refused" }]);
    expect(await pushes("guarded")).toEqual([]);
    await putEvent("guarded-again", { title: "For a private address" });
    await pushed("guarded", 1);
  });
});

describe("the hub is asked so often in an hour", () => {
  /** It asks nobody, and counts. */
  const nothing = (name: string): Form => ({ ...good(), "hub.mode": "unsubscribe", "hub.callback": callbackAt(name) });
  const times = async (many: number, address: (i: number) => string): Promise<number[]> => {
    const statuses: number[] = [];
    for (let i = 0; i < many; i++) {
      statuses.push((await askWith({ REGISTRATION_LIMIT: "2" }, nothing(`bound-${i}`), address(i))).status);
    }
    return statuses;
  };
  const HOUR = 60 * 60 * 1000;
  let hour = Math.ceil(Date.now() / HOUR) * HOUR;
  const beginHour = (): void => {
    hour += 2 * HOUR;
    stopClock(hour);
  };
  afterAll(startClock);

  it("by one caller, 25 times as often as alerts are registered", async () => {
    beginHour();
    await times(1, () => "192.0.2.7");
    await env.DB.prepare("UPDATE registrations SET count = 49 WHERE subject = 'hub-caller:192.0.2.7'").run();
    expect(await times(2, () => "192.0.2.7")).toEqual([202, 429]);
    expect(await times(1, () => "192.0.2.8")).toEqual([202]);
  });

  it("for one host, 25 times as often", async () => {
    beginHour();
    const statuses = await times(51, (i) => `192.0.2.${i}`);
    expect(statuses.filter((status) => status === 202)).toHaveLength(50);
    expect(statuses.at(-1)).toBe(429);
  });

  it("but whoever uses that up does not keep what stands from being renewed, or ended", async () => {
    await startClock();
    const standing = { ...good(), "hub.callback": callbackAt("renewed-beyond-bounds") };
    await subscribe(callbackAt("renewed-beyond-bounds"), "/feed.rss");
    beginHour();
    await times(51, (i) => `192.0.2.${i}`);
    const counted = () => count("registrations WHERE subject LIKE 'hub-host:%' AND count > 51");
    const statuses: number[] = [];
    for (const form of [{ ...standing, "hub.callback": callbackAt("new-beyond-bounds") }, standing]) {
      statuses.push((await askWith({ REGISTRATION_LIMIT: "2" }, form, "192.0.2.99")).status);
    }
    expect(statuses).toEqual([429, 202]);
    const end = { ...standing, "hub.mode": "unsubscribe" };
    expect((await askWith({ REGISTRATION_LIMIT: "2" }, end, "192.0.2.99")).status).toBe(202);
    expect(await counted()).toBe(1);
  });

  it("in all, and says when to come back", async () => {
    beginHour();
    await times(1, () => "192.0.2.1");
    await env.DB.prepare("UPDATE registrations SET count = 1250 WHERE subject = 'hub-total:'").run();
    const answer = await askWith({ REGISTRATION_LIMIT: "2" }, nothing("bound-total"), "192.0.2.2");
    expect(answer.headers.get("retry-after")).toBe("3600");
    const { detail } = await json<ProblemBody>(Promise.resolve(answer), 429);
    expect(detail).toContain("1250");
  });

  it("which is nothing to those who register alerts", async () => {
    beginHour();
    await times(3, () => "192.0.2.9");
    expect(await count("registrations WHERE subject = 'caller:192.0.2.9'")).toBe(0);
  });
});

describe("a subscription is no alert", () => {
  it("no token opens it, and no call of the alerts' API finds it", async () => {
    const callback = callbackAt("no-alert");
    await subscribe(callback, "/articles.rss?q=unopened");
    const id = (await subscription(callback, "/articles.rss?q=unopened"))?.id ?? "";
    for (const token of ["", "x"]) {
      const answer = await call("GET", `/api/alerts/${id}`, undefined, { authorization: `Bearer ${token}` });
      expect(answer.status).toBe(404);
    }
    expect((await call("GET", `/alerts/${id}.rss?key=`)).status).toBe(404);
    expect((await call("GET", `/alerts/${id}/confirm?code=`)).status).toBe(404);
  });

  it("and its channel cannot be registered as one", async () => {
    const channel = { type: "websub", url: callbackAt("as-alert"), topic: topicAt("/feed.rss") };
    const { errors } = await json<ProblemBody>(call("POST", "/api/alerts", { query: "x", channel }), 400);
    expect(errors?.[0]?.path).toMatch(/^channel/);
  });
});

it("asked again, a subscription is found in the shard that has it, and its place is forgotten with it", async () => {
  const callback = callbackAt("placed");
  await subscribe(callback, "/feed.rss");
  const id = (await subscription(callback, "/feed.rss"))?.id ?? "";
  expect(await count("subscription_shards WHERE id = ? AND shard = 0", id)).toBe(1);
  await subscribe(callback, "/feed.rss", { "hub.lease_seconds": "99" });
  expect(await count("subscription_shards WHERE id = ?", id)).toBe(1);
  await ask({ "hub.mode": "unsubscribe", "hub.callback": callback, "hub.topic": topicAt("/feed.rss") });
  await eventually(async () => (await subscription(callback, "/feed.rss")) === undefined);
  await settledPushes();
  await ring();
  expect(await count("subscription_shards WHERE id = ?", id)).toBe(0);
});

it("begun again before it is taken away, it keeps its place", async () => {
  const callback = callbackAt("kept-place");
  const form = { "hub.callback": callback, "hub.topic": topicAt("/feed.rss?q=kept") };
  await subscribe(callback, "/feed.rss?q=kept");
  const id = (await subscription(callback, "/feed.rss?q=kept"))?.id ?? "";
  await ask({ ...form, "hub.mode": "unsubscribe" });
  await eventually(async () => (await subscription(callback, "/feed.rss?q=kept")) === undefined);
  // What a shard that is late to forget it would do.
  const late = await env.DB.prepare("SELECT id, nonce FROM subscription_shards WHERE id = ?")
    .bind(id)
    .all<SubscriptionKey>();
  await subscribe(callback, "/feed.rss?q=kept");
  await forgetSubscriptions(env.DB, late.results);
  await ring();
  expect(late.results).toHaveLength(1);
  expect(await count("subscription_shards WHERE id = ?", id)).toBe(1);
  expect((await subscription(callback, "/feed.rss?q=kept"))?.status).toBe("active");
});

it("where a shard is full, a new one goes to another, and one that stands is renewed where it is", async () => {
  const callback = callbackAt("before-full");
  await subscribe(callback, "/feed.rss");
  await rows(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - (SELECT count(*) FROM receivers))
     INSERT INTO receivers (id, host) SELECT 'filler_' || i, '' FROM n`,
    SHARD_CAPACITY,
  );
  await subscribe(callback, "/feed.rss", { "hub.lease_seconds": "77" });
  await ask({ ...good(), "hub.callback": callbackAt("after-full") });
  await putEvent("full", { title: "From two shards" });
  await pushed("before-full", 1);
  expect(await count("subscription_shards WHERE shard = 1")).toBe(1);
  await ask({ ...good(), "hub.callback": callbackAt("second-after-full") });
  expect(await count("subscription_shards WHERE shard = 1")).toBe(2);
});
