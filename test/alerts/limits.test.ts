/** How often alerts may be registered, and that nobody learns of another's alert. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { forgetRegistrations, networkOf } from "../../src/http/rate-limit.ts";
import worker from "../../src/worker.ts";
import { count, json, type ProblemBody } from "../client.ts";
import { patch, registerFor, startClock, webhookAt } from "./owner.ts";
import {
  type Alert,
  addArticle,
  bearer,
  call,
  ORIGIN,
  putNames,
  register,
  settled,
  stopClock,
  view,
} from "./support.ts";

beforeAll(putNames);
afterEach(startClock);

const HOUR = 60 * 60 * 1000;
const FEED = { query: "x", channel: { type: "feed" } };
/** An hour of the clock for each test, so that none counts for another. */
let hour = Math.ceil(Date.now() / HOUR) * HOUR;
const beginHour = (minutes = 0) => {
  hour += 2 * HOUR;
  stopClock(hour + minutes * 60_000);
};

/** A call of a Worker that lets two register in an hour, from an address. */
const from = (address: string, method: string, path: string, body: unknown, alert?: Alert): Promise<Response> =>
  Promise.resolve(
    worker.fetch(
      new Request(new URL(path, ORIGIN), {
        method,
        headers: { "cf-connecting-ip": address, ...(alert && bearer(alert)) },
        body: JSON.stringify(body),
      }),
      { ...env, REGISTRATION_LIMIT: "2" },
      createExecutionContext(),
    ),
  );

const registerFrom = async (address: string, body: unknown = FEED): Promise<number> =>
  (await from(address, "POST", "/api/alerts", body)).status;

/** What the last of some registrations comes to. */
async function refusedFrom(address: string, body: unknown = FEED): Promise<{ wait: number; problem: ProblemBody }> {
  const response = await from(address, "POST", "/api/alerts", body);
  return { wait: Number(response.headers.get("retry-after")), problem: await json(Promise.resolve(response), 429) };
}

const webhookTo = (path: string, host = inject("receiver")) => ({
  query: "x",
  channel: { type: "webhook", url: `${host}/${path}/silent` },
});

describe("in an hour", () => {
  it("one caller registers twice; then it is told when it may again, in a header and in words", async () => {
    beginHour(50);
    expect([await registerFrom("192.0.2.1"), await registerFrom("192.0.2.1")]).toEqual([201, 201]);
    const alerts = await stored();
    const { wait, problem } = await refusedFrom("192.0.2.1");
    expect(wait).toBe(600);
    expect(problem).toEqual({
      title: "Too many requests",
      status: 429,
      detail: "One caller may register 2 alerts in an hour; try again in 600 seconds",
    });
    expect(await stored()).toBe(alerts);
    expect(await registerFrom("192.0.2.2")).toBe(201);
  });

  it("one host is asked to confirm twice, whoever asks and wherever on it", async () => {
    beginHour();
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push(await registerFrom(`192.0.2.${i}`, webhookTo(`victim-${i}`)));
    expect(statuses).toEqual([201, 201, 429]);
    const { problem } = await refusedFrom("192.0.2.3", webhookTo("victim"));
    expect(problem.detail).toBe("One host may be asked to confirm 2 alerts in an hour; try again in 3600 seconds");
    expect(await registerFrom("192.0.2.4")).toBe(201);
  });

  it("a host is the same one on another port, with a final dot, or in capitals", async () => {
    beginHour();
    const statuses = [];
    for (const [i, host] of ["http://localhost:1", "http://LOCALHOST:2", "http://localhost.:3"].entries()) {
      statuses.push(await registerFrom(`192.0.2.${i}`, webhookTo("victim", host)));
    }
    expect(statuses).toEqual([201, 201, 429]);
  });

  it("all callers together register fifty times", async () => {
    beginHour();
    const statuses = await Promise.all(Array.from({ length: 52 }, (_, i) => registerFrom(`198.51.100.${i}`)));
    expect(statuses.filter((status) => status === 201)).toHaveLength(50);
    const { wait, problem } = await refusedFrom("203.0.113.1");
    expect(problem.detail).toBe(
      "Here all callers together may register 50 alerts in an hour; try again in 3600 seconds",
    );
    expect(wait).toBe(3600);
  });

  it("one caller cannot use up what all share, however often it is refused", async () => {
    beginHour();
    const statuses = await Promise.all(Array.from({ length: 60 }, () => registerFrom("192.0.2.1", webhookTo("all"))));
    expect(statuses.filter((status) => status === 201)).toHaveLength(2);
    expect(await registerFrom("192.0.2.2")).toBe(201);
  });

  it("another channel counts like another alert; another query and a status do not", async () => {
    beginHour();
    const alert = await registerFor("x", { type: "feed" });
    const change = (body: object) => from("192.0.2.1", "PATCH", `/api/alerts/${alert.id}`, body, alert);
    const statuses = [];
    for (const channel of [{ type: "feed", digest: "daily" }, { type: "feed" }, { type: "feed", digest: "hourly" }]) {
      statuses.push((await change({ channel })).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
    expect(await view(alert)).toMatchObject({ channel: { type: "feed" } });
    const refused = await change({ channel: webhookAt("patched"), query: "y" });
    expect([refused.status, Number(refused.headers.get("retry-after"))]).toEqual([429, 3600]);
    expect(await view(alert)).toMatchObject({ query: "x" });
    for (const body of [{ query: "y" }, { status: "paused" }, { status: "active" }]) {
      expect((await change(body)).status).toBe(200);
    }
    expect(await registerFrom("192.0.2.1")).toBe(429);
  });

  it("what is refused as wrong does not count", async () => {
    beginHour();
    for (let i = 0; i < 5; i++) expect(await registerFrom("192.0.2.1", { ...FEED, query: "(" })).toBe(400);
    expect(await registerFrom("192.0.2.1")).toBe(201);
  });

  it("nothing is bounded where the setting is 0", async () => {
    beginHour();
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => (await call("POST", "/api/alerts", FEED)).status),
    );
    expect(statuses).toEqual([201, 201, 201, 201, 201]);
  });
});

it("in the next hour it begins anew, and the hours that are over are forgotten", async () => {
  beginHour(59);
  for (let i = 0; i < 3; i++) await registerFrom("192.0.2.1");
  hour += HOUR;
  vi.setSystemTime(hour);
  expect(await registerFrom("192.0.2.1")).toBe(201);
  vi.setSystemTime(hour + 2 * HOUR);
  await forgetRegistrations(env.DB);
  expect(await count("registrations")).toBe(0);
});

describe("a caller is", () => {
  it.each([
    ["an IPv4 address", "192.0.2.1", "192.0.2.1"],
    ["the /64 of an IPv6 address", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["… with its zeros left out at the end", "2001:db8::1", "2001:db8::/64"],
    ["… in the middle", "2001:db8:1::2:3", "2001:db8:1::/64"],
    ["… at the beginning", "::1", "::/64"],
    ["… all of them", "::", "::/64"],
    ["… in capitals", "2001:DB8:A::1", "2001:db8:a::/64"],
    ["an IPv4 address that is written as IPv6", "::ffff:192.0.2.1", "192.0.2.1"],
    ["what is no address, as it is", "unknown", "unknown"],
  ])("%s", (_, address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

const stored = async (): Promise<number> => {
  const { shards } = await json<{ shards: { alerts: number }[] }>(call("GET", "/api/status"));
  return shards.reduce((sum, { alerts }) => sum + alerts, 0);
};

/** Every call about an alert. */
const CALLS: [method: string, path: string, body?: unknown][] = [
  ["GET", ""],
  ["PATCH", "", { query: "y" }],
  ["DELETE", ""],
  ["GET", "/deliveries"],
  ["POST", "/deliveries/1/redeliver"],
  ["POST", "/deliveries/77/redeliver"],
  ["POST", "/test"],
  ["POST", "/replay", { since: "2016-09-22T10:00:00Z" }],
  ["POST", "/rotate"],
];

describe("what does not exist and what is another's are answered alike", () => {
  let [alert, other] = [{} as Alert, {} as Alert];
  beforeAll(async () => {
    alert = await registerFor("unseen", { type: "feed" });
    other = await register("other-limits", "unseen", "silent");
    await addArticle("Unseen.");
    await settled(alert, 1);
  });

  it.each(CALLS)("%s /api/alerts/{id}%s", async (method, path, body) => {
    const { token } = alert;
    const strangers: [name: string, id: string, headers: Record<string, string>][] = [
      ["another's token", alert.id, bearer(other)],
      ["a token that nobody has", alert.id, bearer({ ...alert, token: "a".repeat(40) })],
      ["no token", alert.id, {}],
      ["an empty token", alert.id, { authorization: "Bearer " }],
      ["the token with something before it", alert.id, { authorization: `Bearer x${token}` }],
      ["the token with something after it", alert.id, { authorization: `Bearer ${token}x` }],
      ["the token cut short", alert.id, { authorization: `Bearer ${token.slice(0, -1)}` }],
      ["the token in capitals", alert.id, { authorization: `Bearer ${token.toUpperCase()}` }],
      ["another scheme", alert.id, { authorization: `Basic ${btoa(`:${token}`)}` }],
      ["no scheme", alert.id, { authorization: token }],
      ["signs that no token has", alert.id, { authorization: `Bearer ${token}!` }],
      ["the curators' token", alert.id, { authorization: "Bearer curator-token" }],
      ["an alert that there is not", "al_0_aaaaaaaaaaaaaaaa", bearer(alert)],
      ["another shard", alert.id.replace("al_0", "al_1"), bearer(alert)],
      ["a shard that cannot be", alert.id.replace("al_0", "al_999999"), bearer(alert)],
      ["no id", "nonsense", bearer(alert)],
      ["an id in capitals", alert.id.toUpperCase(), bearer(alert)],
      ["an id of another form", alert.id.replace("al_0", "al_00"), bearer(alert)],
      ["half an id", alert.id.slice(0, -1), bearer(alert)],
    ];
    const answers = await Promise.all(
      strangers.map(async ([name, id, headers]) => {
        const response = await call(method, `/api/alerts/${id}${path}`, body, headers);
        return {
          name,
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: await response.text(),
        };
      }),
    );
    const [first] = answers;
    expect(first).toMatchObject({ status: 404, body: expect.stringContaining("There is no such alert") });
    for (const answer of answers) expect(answer).toEqual({ ...first, name: answer.name });
    expect(await view(alert)).toMatchObject({ query: "unseen", latest: 1, status: "active" });
  });

  it("the key of a feed", async () => {
    const { pathname, searchParams } = new URL(alert.feed_url);
    const key = searchParams.get("key") ?? "";
    const otherKey = new URL(other.feed_url).searchParams.get("key");
    const paths = [
      pathname,
      `${pathname}?key=`,
      `${pathname}?key=${otherKey}`,
      `${pathname}?key=${key}x`,
      `${pathname}?key=${alert.token}`,
      `${pathname}?KEY=${key}`,
      `/alerts/al_0_aaaaaaaaaaaaaaaa.rss?key=${key}`,
      `/alerts/al_7_aaaaaaaaaaaaaaaa.rss?key=${key}`,
      `/alerts/nonsense.rss?key=${key}`,
    ];
    const answers = await Promise.all(
      paths.map(async (path) => {
        const response = await call("GET", path);
        return [response.status, await response.text()];
      }),
    );
    expect(answers[0]?.[0]).toBe(404);
    expect(new Set(answers.map((answer) => answer.join(" "))).size).toBe(1);
    expect((await call("GET", `${pathname}?key=${key}`)).status).toBe(200);
  });

  it("the code of a confirmation", async () => {
    const paths = [
      `/alerts/${other.id}/confirm`,
      `/alerts/${other.id}/confirm?code=`,
      `/alerts/${other.id}/confirm?code=${"a".repeat(32)}`,
      `/alerts/${alert.id}/confirm?code=`,
      `/alerts/${alert.id}/confirm?code=null`,
      "/alerts/al_0_aaaaaaaaaaaaaaaa/confirm?code=x",
      "/alerts/al_7_aaaaaaaaaaaaaaaa/confirm?code=x",
    ];
    const answers = await Promise.all(
      paths.flatMap((path) =>
        ["GET", "POST"].map(async (method) => {
          const response = await call(method, path);
          return `${response.status} ${await response.text()}`;
        }),
      ),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^404 /);
    expect(await view(other)).toMatchObject({ status: "pending" });
  });

  it("an alert that was removed", async () => {
    const gone = await registerFor("removed-limits", { type: "feed" });
    expect((await call("DELETE", `/api/alerts/${gone.id}`, undefined, bearer(gone))).status).toBe(204);
    const [after, never] = await Promise.all(
      [gone.id, "al_0_aaaaaaaaaaaaaaaa"].map(async (id) => {
        const response = await call("GET", `/api/alerts/${id}`, undefined, bearer(gone));
        return [response.status, await response.text()];
      }),
    );
    expect(after).toEqual(never);
    expect((await patch(gone, { query: "y" })).status).toBe(404);
  });
});
