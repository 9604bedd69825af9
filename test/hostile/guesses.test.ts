/**
 * Guesses of the curators' token by the API and by the sign-in page. One count covers both and refuses only wrong
 * tokens.
 */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { addArticle, article, CURATOR, call, count, event } from "../client.ts";
import { FROM_HERE, session, signIn } from "../site/curator.ts";
import { jsonOf, problemOf } from "./support.ts";

/** Wrong tokens that one caller, and all callers together, may send in an hour. */
const PER_CALLER = 20;
const IN_ALL = 500;

const RIGHT = CURATOR.authorization;
const WRONG = "Bearer guess";

/** Sends a request from an address. */
const from = (address: string, method: string, path: string, authorization?: string, body?: object) =>
  call(path, {
    method,
    headers: { "cf-connecting-ip": address, ...(authorization !== undefined && { authorization }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

const signInFrom = (address: string, token: string) =>
  signIn(token, "/curate", { ...FROM_HERE, "cf-connecting-ip": address });

const CALLS: [title: string, method: string, path: string, body?: object][] = [
  ["POST /api/articles", "POST", "/api/articles", article("guessed")],
  ["PUT /api/articles/{id}", "PUT", "/api/articles/guessed", article("guessed")],
  ["PUT /api/events/{id}", "PUT", "/api/events/guessed", event()],
  ["DELETE /api/events/{id}", "DELETE", "/api/events/guessed", { reason: "Guessed." }],
  ["PUT /api/names/{id}", "PUT", "/api/names/place:guessed", { type: "city", label: "Guessed", spellings: {} }],
];

/** Sends wrong tokens until one caller has reached its limit. */
async function useUp(address: string): Promise<void> {
  const statuses = new Set<number>();
  for (let i = 0; i < PER_CALLER; i++) statuses.add((await from(address, "POST", "/api/articles", WRONG, {})).status);
  expect([...statuses]).toEqual([401]);
}

/** Expects a 429 with the time to retry. */
async function expectTooMany(answer: Promise<Response>): Promise<void> {
  const response = await answer;
  const seconds = Number(response.headers.get("retry-after"));
  expect([seconds > 0, seconds <= 3600]).toEqual([true, true]);
  const { detail } = await problemOf(Promise.resolve(response), 429);
  expect(detail).toMatch(/wrong tokens in an hour; try again in \d+ seconds/);
}

/** Records this many wrong tokens for the current hour, from any caller. */
async function countInAll(many: number): Promise<void> {
  await from("192.0.2.250", "POST", "/api/articles", WRONG, {});
  await env.DB.prepare("UPDATE registrations SET count = ? WHERE subject = 'token-total:'").bind(many).run();
}

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM registrations").run();
});

describe("one caller", () => {
  it.each(CALLS)("is refused after twenty wrong tokens, also by %s", async (_, method, path, body) => {
    await useUp("192.0.2.1");
    await expectTooMany(from("192.0.2.1", method, path, WRONG, body));
    await expectTooMany(from("192.0.2.1", method, path, "Bearer another-guess", body));
  });

  it("has one limit for the API and the sign-in page", async () => {
    for (let i = 0; i < PER_CALLER; i++) {
      const answer = i % 2 === 0 ? from("192.0.2.2", "POST", "/api/articles", WRONG, {}) : signInFrom("192.0.2.2", "x");
      expect((await answer).status).toBe(401);
    }
    await expectTooMany(from("192.0.2.2", "POST", "/api/articles", WRONG, {}));
    const over = await signInFrom("192.0.2.2", "x");
    expect([over.status, over.headers.get("set-cookie")]).toEqual([429, null]);
    expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(over.page).toMatch(/id="token-error">[^<]*wrong tokens in an hour/);
  });

  it("may not guess through public pages either", async () => {
    await addArticle("readable");
    for (const path of ["/api/articles/readable", "/api/articles", "/api/articles?q=readable"]) {
      await env.DB.prepare("DELETE FROM registrations").run();
      for (let i = 0; i < PER_CALLER; i++) {
        const text = await (await from("192.0.2.3", "GET", path, WRONG)).text();
        expect(text).not.toContain("Text of readable");
      }
      await expectTooMany(from("192.0.2.3", "GET", path, WRONG));
      expect((await from("192.0.2.3", "GET", path)).status).toBe(200);
    }
  });

  it.each([
    ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"],
    ["::ffff:192.0.2.4", "192.0.2.4"],
  ])("is one network: %s and %s", async (first, second) => {
    await useUp(first);
    await expectTooMany(from(second, "POST", "/api/articles", WRONG, {}));
  });

  it("may guess again in the next hour", async () => {
    await useUp("192.0.2.5");
    await env.DB.prepare("UPDATE registrations SET hour = '2016-09-22T10'").run();
    expect((await from("192.0.2.5", "POST", "/api/articles", WRONG, {})).status).toBe(401);
  });
});

describe("all callers together", () => {
  it("are refused after five hundred wrong tokens", async () => {
    await countInAll(IN_ALL - 1);
    expect((await from("192.0.2.6", "POST", "/api/articles", WRONG, {})).status).toBe(401);
    await expectTooMany(from("192.0.2.7", "POST", "/api/articles", WRONG, {}));
    expect((await signInFrom("192.0.2.8", "x")).status).toBe(429);
  });

  it("are not counted for a caller over its own limit", async () => {
    await useUp("192.0.2.9");
    for (let i = 0; i < 5; i++) await from("192.0.2.9", "POST", "/api/articles", WRONG, {});
    expect(await count("registrations WHERE subject = 'token-total:' AND count = ?", PER_CALLER)).toBe(1);
  });
});

describe("nobody locks a curator out", () => {
  it("by guesses from the curator's own address", async () => {
    await useUp("192.0.2.10");
    await expectTooMany(from("192.0.2.10", "POST", "/api/articles", WRONG, {}));
    await jsonOf(from("192.0.2.10", "POST", "/api/articles", RIGHT, article("own-address")), 201);
    expect((await signInFrom("192.0.2.10", "curator-token")).status).toBe(303);
  });

  it("by guesses from everywhere", async () => {
    await countInAll(100 * IN_ALL);
    await jsonOf(from("192.0.2.11", "POST", "/api/articles", RIGHT, article("everywhere")), 201);
    expect((await signInFrom("192.0.2.12", "curator-token")).status).toBe(303);
    const page = await call("/curate", { headers: { cookie: await session(), "cf-connecting-ip": "192.0.2.13" } });
    expect(page.status).toBe(200);
  });

  it("a right token, or none, is not counted", async () => {
    for (let i = 0; i < 2 * PER_CALLER; i++) {
      expect((await from("192.0.2.14", "POST", "/api/articles", RIGHT, article("counted"))).status).toBeLessThan(202);
      expect((await from("192.0.2.14", "POST", "/api/articles", undefined, {})).status).toBe(401);
    }
    expect(await count("registrations")).toBe(0);
  });
});
