import { describe, expect, it } from "vitest";
import { beginSession, hasSession, isFromHere } from "../../src/site/curate/session.ts";
import { wayBack } from "../../src/site/curate/sign-in.tsx";
import { head, ORIGIN } from "../client.ts";
import { FROM_HERE, open, send, session, signIn } from "./curator.ts";

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 60 * 60 * 1000;
const https = { origin: "https://wire.example" };

const cookieOf = async (token: string): Promise<string> => (await beginSession(token, https, NOW)).split(";")[0] ?? "";
const holds = (cookie: string | undefined, token: string, now = NOW): Promise<boolean> =>
  hasSession(new Request(ORIGIN, { headers: cookie === undefined ? {} : { cookie } }), token, now);

describe("a session", () => {
  it("is a cookie for the curators' pages only, which scripts and other sites cannot use", async () => {
    const attributes = (await beginSession("t", https, NOW)).split("; ").slice(1);
    expect(attributes).toEqual(["Max-Age=43200", "Path=/curate", "HttpOnly", "SameSite=Strict", "Secure"]);
    expect(await beginSession("t", { origin: "http://localhost:8787" }, NOW)).not.toContain("Secure");
  });

  it("does not reveal the token", async () => {
    expect(await cookieOf("curator-token")).toMatch(/^curator=\d+\.[0-9a-f]{64}$/);
  });

  it("lasts twelve hours", async () => {
    const cookie = await cookieOf("t");
    expect(await holds(cookie, "t")).toBe(true);
    expect(await holds(cookie, "t", NOW + 12 * HOUR - 1)).toBe(true);
    expect(await holds(cookie, "t", NOW + 12 * HOUR)).toBe(false);
  });

  it("is found among other cookies, also beside a forged one", async () => {
    const cookie = await cookieOf("t");
    expect(await holds(`a=b; ${cookie}; c=d`, "t")).toBe(true);
    expect(await holds(`curator=9999999999.${"0".repeat(64)}; ${cookie}`, "t")).toBe(true);
  });

  it("ends when the token changes", async () => {
    expect(await holds(await cookieOf("t"), "another")).toBe(false);
  });

  it.each<[name: string, forge: (cookie: string) => string | undefined]>([
    ["none", () => undefined],
    ["an empty one", () => "curator="],
    ["a later end under the old signature", (cookie) => cookie.replace(/=\d+/, "=9999999999")],
    ["another signature", (cookie) => cookie.replace(/.$/, (last) => (last === "0" ? "1" : "0"))],
    ["a signature cut short", (cookie) => cookie.slice(0, -2)],
    ["no signature", (cookie) => cookie.replace(/\..*/, ".")],
    ["one in capitals", (cookie) => cookie.toUpperCase()],
    ["one of another name", (cookie) => `x${cookie}`],
    ["one with more behind it", (cookie) => `${cookie}00`],
    ["the token itself", () => "curator=t"],
  ])("%s opens nothing", async (_, forge) => {
    expect(await holds(forge(await cookieOf("t")), "t")).toBe(false);
  });
});

describe("a form counts as sent from this site", () => {
  const here = { origin: ORIGIN, url: new URL(ORIGIN) };
  it.each<[headers: Record<string, string>, from: boolean]>([
    [{ "sec-fetch-site": "same-origin" }, true],
    [{ "sec-fetch-site": "same-origin", origin: "null" }, true],
    [{ "sec-fetch-site": "same-site", origin: "https://other.wire.example" }, false],
    [{ "sec-fetch-site": "cross-site", origin: ORIGIN }, false],
    [{ "sec-fetch-site": "cross-site", origin: "null" }, false],
    [{ "sec-fetch-site": "none" }, false],
    [{}, true],
    [{ origin: "null" }, true],
    [{ origin: ORIGIN }, true],
    [{ origin: "https://evil.example" }, false],
    [{ origin: `${ORIGIN}.evil.example` }, false],
    [{ origin: "http://wire.example" }, false],
  ])("%o: %s", (headers, from) => {
    expect(isFromHere(new Request(ORIGIN, { headers }), here)).toBe(from);
  });
});

it.each([
  [null, "/curate"],
  ["", "/curate"],
  ["/curate/events?article=a", "/curate/events?article=a"],
  ["/curate", "/curate"],
  ["/curated", "/curate"],
  ["/", "/curate"],
  ["https://evil.example/curate", "/curate"],
  ["//evil.example/curate", "/curate"],
  ["/\\evil.example/curate", "/curate"],
  ["\\\\evil.example/curate", "/curate"],
  ["https:evil.example/curate", "/curate"],
  ["/curate/../api/status", "/curate"],
  ["/curate/%2e%2e/api/status", "/curate"],
  ["javascript:alert(1)//curate", "/curate"],
  ["https://here.invalid:444/curate/x", "/curate"],
  ["/curate/x\r\nset-cookie: a=b", "/curate/xset-cookie:%20a=b"],
  ["/curate/session?to=/curate/session", "/curate"],
  ["/curate/sign-out", "/curate"],
])("after signing in, %j leads to %j", (to, way) => {
  expect(wayBack(to)).toBe(way);
});

describe("signing in", () => {
  it("asks for the token, then redirects to the requested page", async () => {
    const asked = await open("/curate/events?article=a");
    expect([asked.status, asked.headers.get("location")]).toEqual([
      303,
      "/curate/session?to=%2Fcurate%2Fevents%3Farticle%3Da",
    ]);
    const form = await open(asked.headers.get("location") ?? "");
    expect(form.status).toBe(200);
    expect(form.page).toContain('value="/curate/events?article=a"');
    const signedIn = await signIn("curator-token", "/curate/events?article=a");
    expect([signedIn.status, signedIn.headers.get("location")]).toEqual([303, "/curate/events?article=a"]);
    const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect((await open("/curate/events?article=a", cookie)).status).toBe(200);
  });

  it.each(["", "wrong", "curator-toke", "curator-token1", "CURATOR-TOKEN"])("refuses the token %j", async (token) => {
    const answer = await signIn(token);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect(answer.page).toMatch(/id="token-error">This is not the curators' token/);
    if (token) expect(answer.page).not.toContain(token);
  });

  it("refuses a form from another site", async () => {
    const { status, headers } = await signIn("curator-token", "/curate", { "sec-fetch-site": "cross-site" });
    expect([status, headers.get("set-cookie")]).toEqual([403, null]);
  });

  it("not with more than twenty wrong tokens in an hour from one caller; a right one is taken all the same", async () => {
    const from = (address: string) => ({ ...FROM_HERE, "cf-connecting-ip": address });
    for (let tries = 0; tries < 20; tries++) expect((await signIn("guess", "/", from("192.0.2.7"))).status).toBe(401);
    const over = await signIn("guess", "/curate", from("192.0.2.7"));
    expect([over.status, over.headers.get("set-cookie")]).toEqual([429, null]);
    expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(over.page).toMatch(/id="token-error">One caller may send 20 wrong tokens in an hour/);
    expect((await signIn("curator-token", "/curate", from("192.0.2.7"))).status).toBe(303);
    expect((await signIn("guess", "/curate", from("192.0.2.8"))).status).toBe(401);
  });

  it("signing out deletes the cookie and redirects to the form", async () => {
    const answer = await send("/curate/sign-out", {}, await session());
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/curate/session"]);
    expect(answer.headers.get("set-cookie")).toMatch(/^curator=; Max-Age=0; Path=\/curate/);
  });
});

describe("without a session", () => {
  const PATHS = [
    "/curate/articles",
    "/curate/articles/any",
    "/curate/events",
    "/curate/events/any",
    "/curate/events/any/retract",
  ];
  it.each(PATHS)("a form sent to %s changes nothing and says how to keep the input", async (path) => {
    const before = await head();
    const answer = await send(path, { title: "T", text: "T", step: "add" });
    expect(answer.status).toBe(401);
    expect(answer.page).toContain("Your session has ended");
    expect(await head()).toBe(before);
  });

  it.each(PATHS)("with a session, a form from another site sent to %s is refused", async (path) => {
    const before = await head();
    const fields = { title: "T", text: "T", step: "add", reason: "R", sure: "yes" };
    for (const headers of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "https://evil.example" },
    ]) {
      expect((await send(path, fields, await session(), headers)).status).toBe(403);
    }
    expect(await head()).toBe(before);
  });

  it.each(["/curate", "/curate/articles", "/curate/session"])("%s is not cached", async (path) => {
    const answer = await open(path, await session());
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.page).toContain('content="noindex"');
    expect(answer.page).not.toContain('rel="canonical"');
  });
});
