import { createExecutionContext, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, inject, it } from "vitest";
import type { Env } from "../../src/platform/env.ts";
import { SHARD_CAPACITY } from "../../src/shard/shard.ts";
import worker from "../../src/worker.ts";
import { bearer, call, ORIGIN, putNames, register, shard, view } from "./support.ts";

const WEBHOOK = { type: "webhook", url: `${inject("receiver")}/registration/silent` };

async function alertsStored(): Promise<number> {
  const status: { shards: { alerts: number }[] } = await (await call("GET", "/api/status")).json();
  return status.shards.reduce((sum, { alerts }) => sum + alerts, 0);
}

/** Calls the Worker with other settings than the tests' own. */
const callWith = async (
  settings: Partial<Env>,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> => {
  const request = new Request(`${ORIGIN}/api/alerts`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  return worker.fetch(request, { ...env, ...settings }, createExecutionContext());
};

beforeAll(putNames);

describe("a registration", () => {
  it("answers 201 with what is shown this once", async () => {
    const response = await call("POST", "/api/alerts", { query: "Aleppo  Ceasefire", channel: WEBHOOK });
    expect(response.status).toBe(201);
    const body: Record<string, unknown> = await response.json();
    expect(response.headers.get("location")).toBe(`${ORIGIN}/api/alerts/${body["id"]}`);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(body).toMatchObject({ query: "aleppo ceasefire", status: "pending" });
    expect(body["id"]).toMatch(/^al_0_[a-z0-9]{16}$/);
    expect(body["token"]).toMatch(/^[a-z0-9]{40}$/);
    expect(body["secret"]).toMatch(/^whsec_/);
    expect(body["feed_url"]).toMatch(new RegExp(`^${ORIGIN}/alerts/${body["id"]}\\.rss\\?key=[0-9a-f]{40}$`));
    expect(body["reading"]).toEqual([
      { text: "aleppo", means: "place:aleppo", names: ["place:aleppo"] },
      { text: "ceasefire", means: "topic:ceasefire", names: ["topic:ceasefire"] },
    ]);
  });

  it("of a private feed is active at once", async () => {
    const response = await call("POST", "/api/alerts", { query: "convoy", channel: { type: "feed" } });
    expect(await response.json()).toMatchObject({ status: "active" });
  });

  it("keeps neither token nor key in the clear", async () => {
    const { id, token, feed_url } = await register("hashed", "convoy", "silent");
    const rows = await runInDurableObject(shard(), (_, { storage }) =>
      JSON.stringify(storage.sql.exec("SELECT * FROM alerts WHERE id = ?", id).toArray()),
    );
    expect(rows).toContain(id);
    expect(rows).not.toContain(token);
    expect(rows).not.toContain(new URL(feed_url).searchParams.get("key"));
  });
});

/** All that is refused: test/hostile. */
describe("bad input is refused, and nothing is stored", () => {
  const cases: [name: string, body: unknown, status: number, path: string, message: RegExp][] = [
    ["no JSON", "{", 400, "", /not JSON/],
    ["an unknown field", { query: "x", channel: WEBHOOK, color: 1 }, 400, "color", /no such field/],
    ["a bad query", { query: "-aleppo", channel: WEBHOOK }, 400, "query", /required/],
    ["a bad URL", { query: "x", channel: { type: "webhook", url: "bot" } }, 400, "channel.url", /absolute URL/],
    ["too long a body", " ".repeat(17_000), 413, "", /at most 16384 bytes/],
  ];
  it.each(cases)("%s", async (_, body, status, path, message) => {
    const before = await alertsStored();
    const response = await call("POST", "/api/alerts", body);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem: { status: number; errors: { path: string; message: string }[] } = await response.json();
    expect(problem.status).toBe(status);
    expect(problem.errors.map((error) => error.path)).toContain(path);
    expect(problem.errors.find((error) => error.path === path)?.message).toMatch(message);
    expect(await alertsStored()).toBe(before);
  });
});

describe("registrations are bounded in an hour", () => {
  const from = (address: string) => ({ "cf-connecting-ip": address });
  const limited = { REGISTRATION_LIMIT: "2" };

  it("for one caller", async () => {
    const feed = { query: "x", channel: { type: "feed" } };
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await callWith(limited, feed, from("192.0.2.1"))).status);
    expect(statuses).toEqual([201, 201, 429]);
    const refused = await callWith(limited, feed, from("192.0.2.1"));
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      status: 429,
      detail: expect.stringMatching(/2 alerts in an hour; try again in \d+ s/),
    });
    expect((await callWith(limited, feed, from("192.0.2.2"))).status).toBe(201);
  });

  it("an IPv6 caller is its network: the other addresses in it are no way around", async () => {
    const feed = { query: "x", channel: { type: "feed" } };
    const statuses = [];
    for (const address of ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3", "2001:db8:0:1::1"]) {
      statuses.push((await callWith(limited, feed, from(address))).status);
    }
    expect(statuses).toEqual([201, 201, 429, 201]);
  });

  it("for one host that is asked to confirm", async () => {
    const statuses = [];
    for (let i = 0; i < 3; i++) {
      const body = { query: "x", channel: { type: "webhook", url: `${inject("receiver")}/victim-${i}/silent` } };
      statuses.push((await callWith(limited, body, from(`192.0.2.${i + 10}`))).status);
    }
    expect(statuses).toEqual([201, 201, 429]);
  });
});

describe("the token", () => {
  it("opens its alert, and says so the same to everybody else", async () => {
    const alert = await register("token", "convoy", "silent");
    expect(await view(alert)).toMatchObject({ id: alert.id, query: "convoy", status: "pending", latest: 0 });
    const other = await register("other-token", "convoy", "silent");
    const answers = await Promise.all([
      call("GET", `/api/alerts/${alert.id}`),
      call("GET", `/api/alerts/${alert.id}`, undefined, bearer(other)),
      call("GET", "/api/alerts/al_0_aaaaaaaaaaaaaaaa", undefined, bearer(alert)),
      call("GET", "/api/alerts/al_77_aaaaaaaaaaaaaaaa", undefined, bearer(alert)),
      call("GET", "/api/alerts/nonsense", undefined, bearer(alert)),
      call("DELETE", `/api/alerts/${alert.id}`, undefined, bearer(other)),
      call("GET", `/api/alerts/${alert.id}/deliveries`, undefined, bearer(other)),
    ]);
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    expect(new Set(texts).size).toBe(1);
    expect(await view(alert)).toMatchObject({ id: alert.id });
  });
});

it("a full shard sends the next alert to a new one", async () => {
  await runInDurableObject(shard(), (_, { storage }) => {
    storage.sql.exec(
      `INSERT INTO receivers (id, host)
       WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       SELECT 'filler_' || i, '' FROM n`,
      SHARD_CAPACITY,
    );
  });
  const response = await call("POST", "/api/alerts", { query: "convoy", channel: { type: "feed" } });
  expect(await response.json()).toMatchObject({ id: expect.stringMatching(/^al_1_/) });
});
