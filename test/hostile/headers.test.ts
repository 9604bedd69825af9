/** Headers of requests: identity, origin and preferences of the caller. */
import { beforeAll, describe, expect, it } from "vitest";
import { addArticle, CURATOR, call, ORIGIN } from "../client.ts";
import { callWith, expectProblem, jsonOf, problemOf, type Registered } from "./support.ts";

const BODY = JSON.stringify({ query: "aleppo", channel: { type: "feed" } });
const register = (headers: Record<string, string> = {}, path = "/api/alerts") =>
  jsonOf<Registered>(call(path, { method: "POST", body: BODY, headers }), 201);

let alert: Registered;
let other: Registered;

beforeAll(async () => {
  alert = await register();
  other = await register();
  await addArticle("headers");
});

const show = (authorization: string | undefined, more: Record<string, string> = {}) =>
  call(`/api/alerts/${alert.id}`, { headers: { ...(authorization !== undefined && { authorization }), ...more } });

/** `TOKEN` stands for the alert's token, `OTHER` for the token of another alert. */
const filled = (text: string): string => text.replace("TOKEN", alert.token).replace("OTHER", other.token);

describe("an alert's token", () => {
  const refused: [name: string, authorization: string | undefined][] = [
    ["none", undefined],
    ["an empty header", ""],
    ["a token without a scheme", "TOKEN"],
    ["a scheme without a token", "Bearer"],
    ["a scheme and a blank", "Bearer "],
    ["another scheme", "Basic TOKEN"],
    ["a similar scheme", "BearerX TOKEN"],
    ["a scheme twice", "Bearer Bearer TOKEN"],
    ["no space", "BearerTOKEN"],
    ["a tab between", "Bearer\tTOKEN"],
    ["a colon between", "Bearer: TOKEN"],
    ["an equals sign between", "Bearer=TOKEN"],
    ["two tokens", "Bearer TOKEN TOKEN"],
    ["two tokens, as two headers make them", "Bearer TOKEN, Bearer TOKEN"],
    ["a wrong one first, as two headers make it", "Bearer x, Bearer TOKEN"],
    ["a token in quotation marks", 'Bearer "TOKEN"'],
    ["a token as a parameter", "Bearer token=TOKEN"],
    ["a token with padding", "Bearer TOKEN="],
    ["a token with more", "Bearer TOKENx"],
    ["a token percent-encoded", "Bearer %TOKEN"],
    ["the token of another alert", "Bearer OTHER"],
    ["the curators' token", CURATOR.authorization],
    ["the id", "Bearer al_0_aaaaaaaaaaaaaaaa"],
    ["a letter beyond ASCII", "Bearer \u00e9TOKEN"],
    ["eight thousand characters", `Bearer ${"a".repeat(8_000)}`],
    ["sixty thousand characters", `Bearer ${"a".repeat(60_000)}`],
    ["many blanks, and no token", `Bearer${" ".repeat(8_000)}`],
    ["SQL", "Bearer ' OR '1'='1"],
    ["a JSON Web Token of no algorithm", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."],
  ];
  it.each(refused)("%s: 404, as for an alert that does not exist", async (_, authorization) => {
    const said = await problemOf(show(authorization === undefined ? undefined : filled(authorization)), 404);
    const unknown = call("/api/alerts/al_0_aaaaaaaaaaaaaaaa", { headers: { authorization: `Bearer ${alert.token}` } });
    expect(said).toEqual(await problemOf(unknown, 404));
  });

  it("in capitals is wrong", async () => {
    await problemOf(show(`Bearer ${alert.token.toUpperCase()}`), 404);
  });

  it("cut short is wrong", async () => {
    await problemOf(show(`Bearer ${alert.token.slice(0, -1)}`), 404);
  });

  it.each([`?token=TOKEN`, `?authorization=Bearer%20TOKEN`, `?access_token=TOKEN`])(
    "in the URL is ignored: %s",
    (parameters) => expectProblem(call(`/api/alerts/${alert.id}${filled(parameters)}`), 404),
  );

  it.each(["x-authorization", "proxy-authorization", "x-api-key", "cookie"])(
    "in another header is ignored: %s",
    (name) => expectProblem(call(`/api/alerts/${alert.id}`, { headers: { [name]: `Bearer ${alert.token}` } }), 404),
  );

  // RFC 9110, section 11.1: the scheme is case-insensitive. RFC 6750, section 2.1: one or more spaces.
  it.each(["Bearer TOKEN", "bearer TOKEN", "BEARER TOKEN", "Bearer   TOKEN", "  Bearer TOKEN  "])(
    "may be written %j",
    async (written) => {
      expect(await jsonOf(show(filled(written)), 200)).toMatchObject({ id: alert.id });
    },
  );

  it("is required by every call", async () => {
    const calls: [method: string, path: string, body?: string][] = [
      ["GET", ""],
      ["PATCH", "", '{"status":"paused"}'],
      ["DELETE", ""],
      ["GET", "/deliveries"],
      ["POST", "/deliveries/1/redeliver"],
      ["POST", "/replay", '{"since":"2016-09-01T00:00:00Z"}'],
      ["POST", "/test"],
      ["POST", "/rotate"],
    ];
    for (const [method, path, body] of calls) {
      for (const token of ["x", other.token]) {
        const init = { method, headers: { authorization: `Bearer ${token}` }, ...(body !== undefined && { body }) };
        await problemOf(call(`/api/alerts/${alert.id}${path}`, init), 404);
      }
    }
    expect(await jsonOf(show(`Bearer ${alert.token}`), 200)).toMatchObject({ status: "active", latest: 0 });
  });
});

describe("the curators' token", () => {
  const refused: [name: string, authorization: string | undefined][] = [
    ["none", undefined],
    ["an empty one", "Bearer "],
    ["without a scheme", "curator-token"],
    ["under another scheme", "Basic curator-token"],
    ["with padding", "Bearer curator-token="],
    ["in capitals", "Bearer CURATOR-TOKEN"],
    ["twice", "Bearer curator-token, Bearer curator-token"],
    ["its beginning", "Bearer curator-toke"],
    ["an alert's", "Bearer TOKEN"],
    ["undefined", "Bearer undefined"],
    ["null", "Bearer null"],
  ];
  it.each(refused)("%s: 401", async (_, authorization) => {
    const headers = authorization === undefined ? {} : { authorization: filled(authorization) };
    const body = JSON.stringify({ title: "Forged", text: "Forged.", published_at: null });
    const response = await call("/api/articles", { method: "POST", body, headers });
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    await problemOf(Promise.resolve(response), 401);
  });

  it("without a configured token none is right", async () => {
    for (const token of ["", "undefined", "curator-token"]) {
      const init = { method: "POST", body: "{}", headers: { authorization: `Bearer ${token}` } };
      await problemOf(callWith({ CURATOR_TOKEN: "" }, "/api/articles", init), 401);
    }
  });
});

describe("links ignore headers", () => {
  const headers: [name: string, value: string][] = [
    ["x-forwarded-host", "evil.example"],
    ["x-forwarded-proto", "http"],
    ["x-forwarded-port", "8080"],
    ["x-forwarded-server", "evil.example"],
    ["x-forwarded-prefix", "/evil"],
    ["x-forwarded-for", "127.0.0.1"],
    ["x-original-host", "evil.example"],
    ["x-host", "evil.example"],
    ["forwarded", "for=127.0.0.1;host=evil.example;proto=http"],
    ["x-original-url", "/api/status"],
    ["x-rewrite-url", "/api/status"],
    ["host", "evil.example"],
    ["origin", "https://evil.example"],
    ["referer", "https://evil.example/"],
    ["x-forwarded-host", "evil.example\t, wire.example"],
  ];
  it.each(headers)("%s: %s", async (name, value) => {
    const response = await call("/api/alerts", { method: "POST", body: BODY, headers: { [name]: value } });
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toMatch(/^https:\/\/wire\.example\/api\/alerts\/al_/);
    expect((await response.json<Registered>()).feed_url).toMatch(/^https:\/\/wire\.example\/alerts\/al_/);
    const feed = await (await call("/feed.rss", { headers: { [name]: value } })).text();
    expect(feed).toContain(`href="${ORIGIN}/feed.rss"`);
    expect(feed).not.toContain("evil");
  });

  it("links use PUBLIC_URL", async () => {
    const init = { method: "POST", body: BODY, headers: { "x-forwarded-host": "evil.example" } };
    const registered = await jsonOf<Registered>(
      callWith({ PUBLIC_URL: "https://public.example" }, "/api/alerts", init),
      201,
    );
    expect(registered.feed_url).toMatch(/^https:\/\/public\.example\/alerts\//);
  });
});

describe("the method is that of the request", () => {
  it.each(["x-http-method-override", "x-http-method", "x-method-override", "_method"])(
    "whatever %s says",
    async (name) => {
      const { id, token } = await register({ [name]: "DELETE" });
      const headers = { authorization: `Bearer ${token}`, [name]: "DELETE" };
      expect(await jsonOf(call(`/api/alerts/${id}?${name}=DELETE`, { headers }), 200)).toMatchObject({ id });
      expect(await jsonOf(call(`/api/alerts/${id}`, { headers }), 200)).toMatchObject({ id });
    },
  );

  it.each(["PUT", "DELETE", "OPTIONS", "PROPFIND", "PURGE", "patch"])("%s is not allowed here", async (method) => {
    const response = await call("/api/alerts", { method });
    expect(response.headers.get("allow")).toBe("POST");
    await problemOf(Promise.resolve(response), 405);
  });
});

describe("request headers do not change the API", () => {
  const cases: [name: string, headers: Record<string, string>][] = [
    ["a condition that always holds", { "if-none-match": "*" }],
    ["a condition on a tag", { "if-none-match": 'W/"x", "y"' }],
    ["a condition that never holds", { "if-match": '"x"' }],
    ["a condition on the time", { "if-modified-since": "Fri, 31 Dec 9999 23:59:59 GMT" }],
    ["a part", { range: "bytes=0-1" }],
    ["overlapping parts", { range: `bytes=${"0-,".repeat(500)}0-` }],
    ["an odd type", { accept: "application/xml;q=1, */*;q=0" }],
    ["an invalid type", { accept: ";;;," }],
    ["a page", { accept: "text/html" }],
    ["no encoding", { "accept-encoding": "identity;q=0, *;q=0" }],
    ["another language", { "accept-language": "../../etc/passwd" }],
    ["another charset", { "accept-charset": "utf-7" }],
    ["an upgrade", { upgrade: "h2c", connection: "upgrade" }],
    ["a continuation", { expect: "100-continue" }],
    ["a trace", { traceparent: "x".repeat(5_000) }],
    ["a prefetch", { purpose: "prefetch", "sec-purpose": "prefetch" }],
  ];
  it.each(cases)("%s", async (_, headers) => {
    const response = await show(`Bearer ${alert.token}`, headers);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toMatchObject({ id: alert.id });
  });

  it.each(cases)("%s, on an error", (_, headers) => expectProblem(show("Bearer x", headers), 404));

  it("another site's page may not read an answer", async () => {
    const response = await show(`Bearer ${alert.token}`, { origin: "https://evil.example" });
    const names = [...response.headers.keys()];
    expect(names.filter((name) => name.startsWith("access-control-"))).toEqual([]);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });
});

describe("the caller's address is counted as given", () => {
  // The platform sets this header. A value that is not an address must not break the count.
  const cases = [
    "",
    "unknown",
    "127.0.0.1, 10.0.0.1",
    "::1",
    "::ffff:10.0.0.1",
    "fe80::1%eth0",
    "[::1]:443",
    "999.999.999.999",
    "' OR '1'='1",
    "\u00e9",
    "a".repeat(8_000),
  ];
  it.each(cases.map((address) => [address]))("%j", async (address) => {
    const init = { method: "POST", body: BODY, headers: { "cf-connecting-ip": address } };
    const limited = (): Promise<Response> => callWith({ REGISTRATION_LIMIT: "1" }, "/api/alerts", init);
    await jsonOf(limited(), 201);
    await problemOf(limited(), 429);
  });
});
