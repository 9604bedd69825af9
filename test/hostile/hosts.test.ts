/** A `Host` header chosen by a stranger. No link names it, unless an operator was seen there. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import type { Env } from "../../src/platform/env.ts";
import worker from "../../src/worker.ts";
import { eventually, received } from "../alerts/support.ts";
import { addArticle, article, CURATOR, call, count, ORIGIN } from "../client.ts";
import { FROM_HERE, session } from "../site/curator.ts";
import { callbackAt, verifications } from "../websub/hub.ts";
import { jsonOf, problemOf, type Registered } from "./support.ts";

const EVIL = "https://evil.example";

interface Asking {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

const at = async (origin: string, path: string, init: Asking = {}, settings: Partial<Env> = {}): Promise<Response> =>
  worker.fetch(
    new Request(origin + path, { redirect: "manual", ...init }),
    { ...env, ...settings },
    createExecutionContext(),
  );

const webhook = (name: string) => ({ type: "webhook", url: `${inject("receiver")}/${name}/silent` });

const register = (origin: string, channel: object, settings: Partial<Env> = {}): Promise<Response> =>
  at(origin, "/api/alerts", { method: "POST", body: JSON.stringify({ query: "aleppo", channel }) }, settings);

/** Returns the confirmation link that a webhook receiver got. */
async function confirmUrlAt(name: string): Promise<string> {
  await eventually(async () => (await received(name, true)).length > 0);
  return JSON.parse((await received(name, true)).at(-1)?.body ?? "{}").data.confirm_url;
}

beforeAll(() => addArticle("hosts"));
beforeEach(async () => {
  await env.DB.prepare("DELETE FROM origins WHERE origin <> ?").bind(ORIGIN).run();
});

describe("at an origin where no operator was seen yet", () => {
  it.each([EVIL, "http://wire.example", "https://wire.example:8443", "https://wire.example.evil.example"])(
    "an alert that must confirm is refused, and the answer names the setting: %s",
    async (origin) => {
      const name = `host-${origin.replace(/\W+/g, "-")}`;
      const { detail } = await problemOf(register(origin, webhook(name)), 503);
      expect(detail).toContain("PUBLIC_URL");
      expect(detail).toContain(`${origin}/curate`);
      expect(await received(name, true)).toEqual([]);
    },
  );

  it("a refusal is not counted against the caller or the host", async () => {
    await problemOf(register(EVIL, webhook("host-uncounted"), { REGISTRATION_LIMIT: "5" }), 503);
    expect(await count("registrations")).toBe(0);
  });

  it("bad input is still reported", async () => {
    await problemOf(register(EVIL, { type: "webhook", url: "ftp://x.example/" }), 400);
  });

  it("the form on the page is refused as well", async () => {
    const body = new URLSearchParams({ query: "aleppo", ...webhook("host-form") });
    const headers = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
    expect((await at(EVIL, "/alerts", { method: "POST", headers, body: String(body) })).status).toBe(503);
    expect(await received("host-form", true)).toEqual([]);
  });

  it("a private feed can be registered, but not changed to another channel", async () => {
    const { id, token } = await jsonOf<Registered>(register(EVIL, { type: "feed" }), 201);
    const change = {
      method: "PATCH",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ channel: webhook("host-changed") }),
    };
    await problemOf(at(EVIL, `/api/alerts/${id}`, change), 503);
    await jsonOf(at(ORIGIN, `/api/alerts/${id}`, change), 200);
    expect(await confirmUrlAt("host-changed")).toMatch(new RegExp(`^${ORIGIN}/alerts/`));
  });

  it("nobody can subscribe to its feeds", async () => {
    const form = { "hub.mode": "subscribe", "hub.callback": callbackAt("host"), "hub.topic": `${EVIL}/feed.rss` };
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const asking = { method: "POST", headers, body: String(new URLSearchParams(form)) };
    await problemOf(at(EVIL, "/hub", asking), 503);
    expect(await verifications("host")).toEqual([]);
  });

  it("a wrong token, no token or a forged session is not an operator", async () => {
    const post = (headers: Record<string, string>) =>
      at(EVIL, "/api/articles", { method: "POST", headers, body: JSON.stringify(article("forged")) });
    await post({});
    await post({ authorization: "Bearer wrong" });
    await at(EVIL, "/curate", { headers: { cookie: `curator=9999999999.${"0".repeat(64)}` } });
    await at(EVIL, "/api/articles", { headers: { authorization: "Bearer wrong" } });
    await problemOf(register(EVIL, webhook("host-forged")), 503);
  });
});

describe("links are sent", () => {
  const OWN = "https://own.example";
  const seen: [name: string, see: () => Promise<Response>][] = [
    ["by a call of the API", () => at(OWN, "/api/articles", { headers: CURATOR })],
    [
      "by signing in",
      () =>
        at(OWN, "/curate/session", {
          method: "POST",
          headers: { ...FROM_HERE, "content-type": "application/x-www-form-urlencoded" },
          body: "token=curator-token",
        }),
    ],
    ["on a page", async () => at(OWN, "/curate", { headers: { cookie: await session() } })],
  ];
  it.each(seen)("once an operator was seen there, %s", async (how, see) => {
    const name = `host-seen${how.replace(/\W+/g, "-")}`;
    await problemOf(register(OWN, webhook(name)), 503);
    expect((await see()).status).toBeLessThan(400);
    await jsonOf(register(OWN, webhook(name)), 201);
    expect(await confirmUrlAt(name)).toMatch(/^https:\/\/own\.example\/alerts\//);
    await problemOf(register(EVIL, webhook(`${name}-evil`)), 503);
    expect(await count("origins WHERE origin = ?", OWN)).toBe(1);
  });

  it("if PUBLIC_URL is set, whatever the host", async () => {
    await jsonOf(register(EVIL, webhook("host-public"), { PUBLIC_URL: "https://public.example/" }), 201);
    expect(await confirmUrlAt("host-public")).toMatch(/^https:\/\/public\.example\/alerts\//);
    expect(await count("origins WHERE origin = ?", EVIL)).toBe(0);
  });

  it.each([
    "http://localhost:8787",
    "http://127.0.0.1:8787",
    "http://[::1]:8787",
    "http://127.9.9.9",
    "http://a.localhost",
  ])("on this machine, as npm start is reached: %s", async (origin) => {
    const name = `host-local-${origin.replace(/\W+/g, "-")}`;
    await jsonOf(register(origin, webhook(name)), 201);
    expect((await confirmUrlAt(name)).startsWith(`${origin}/alerts/`)).toBe(true);
    await at(origin, "/api/articles", { headers: CURATOR });
    expect(await count("origins WHERE origin = ?", origin)).toBe(0);
  });

  it.each([
    "https://localhost.evil.example",
    "https://127.0.0.1.evil.example",
    "https://notlocalhost",
    "https://127.1.evil.example",
  ])("but not where a name only looks like this machine: %s", async (origin) => {
    await problemOf(register(origin, webhook("host-looks-local")), 503);
  });

  it("reading needs no operator", async () => {
    for (const path of ["/feed.rss", "/", "/api/events"]) expect((await at(EVIL, path)).status).toBe(200);
    expect((await call("/feed.rss")).status).toBe(200);
  });
});
