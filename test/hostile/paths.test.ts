/** Paths and parameters. */
import { beforeAll, describe, expect, it } from "vitest";
import { addArticle, call, count, head, putEvent } from "../client.ts";
import { expectProblem, expectRefusal, jsonOf, problemOf, type Registered } from "./support.ts";

let alert: Registered;
const bearer = () => ({ headers: { authorization: `Bearer ${alert.token}` } });

beforeAll(async () => {
  const body = JSON.stringify({ query: "aleppo", channel: { type: "feed" } });
  alert = await jsonOf<Registered>(call("/api/alerts", { method: "POST", body }), 201);
  for (const number of [1, 2, 3]) await addArticle(`path-${number}`, { text: `Aleppo, for the ${number} time.` });
  await putEvent("path-event");
});

describe("nothing is at", () => {
  const paths: [name: string, path: string][] = [
    ["a doubled slash", "/api//alerts"],
    ["a doubled slash in front", "//api/status"],
    ["another host's address", "//evil.example/api/status"],
    ["a whole address", "/https://evil.example/"],
    ["a backslash", "/api\\..\\..\\state\\"],
    ["capitals", "/API/STATUS"],
    ["an encoded slash", "/api%2Fstatus"],
    ["a twice-encoded slash", "/api%252Fstatus"],
    ["an encoded full stop", "/feed%2Erss"],
    ["an encoded letter", "/api/%73tatus"],
    ["a parameter in the path", "/api/status;jsessionid=1"],
    ["a null character", "/api/status%00"],
    ["a null character and an ending", "/api/status%00.json"],
    ["a newline", "/api/status%0d%0aset-cookie:%20a=b"],
    ["a fullwidth letter", "/api/%EF%BD%93tatus"],
    ["an overlong slash", "/api%c0%afstatus"],
    ["a percent sign alone", "/%"],
    ["half an encoding", "/api/status%2"],
    ["eight thousand characters", `/${"a".repeat(8_000)}`],
    ["four thousand folders", "/a".repeat(4_000)],
    ["a file of the system", "/..%2f..%2f..%2fetc%2fpasswd"],
    ["a file of ours", "/.dev.vars"],
    ["a repository", "/.git/config"],
    ["the platform's own", "/cdn-cgi/trace"],
    ["the prototype", "/__proto__"],
    ["a method of objects", "/constructor"],
    ["a star", "/*"],
    ["a pattern", "/:id"],
    ["an ending that no feed has", "/feed.rss.exe"],
    ["a feed and more", "/feed.rss/x"],
    ["a feed with another dot", "/feed..rss"],
    ["a style sheet and more", "/site.css/x"],
  ];
  it.each(paths)("%s", (_, path) => expectProblem(call(path), 404));

  it.each(paths)("%s, as a page", async (_, path) => {
    const response = await call(path, { headers: { accept: "text/html" } });
    const text = await response.text();
    expect(response.status).toBe(404);
    expect(text).not.toContain("evil.example");
    expect(text).not.toContain("<script");
    expect([...response.headers.keys()]).not.toContain("set-cookie");
  });
});

describe("the URL parser resolves parent folders", () => {
  it.each([
    "/api/x/../status",
    "/api/./status",
    "/api/%2e/status",
    "/x/%2E%2e/api/status",
    "/../../api/status",
    "/api\\status",
  ])("%s", async (path) => expect(await jsonOf(call(path), 200)).toHaveProperty("shards"));
});

describe("no alert has the id", () => {
  const ids: [name: string, id: string][] = [
    ["a word", "nonsense"],
    ["a blank", "%20"],
    ["the prototype", "__proto__"],
    ["an empty shard", "al__aaaaaaaaaaaaaaaa"],
    ["a shard that does not exist", "al_1_aaaaaaaaaaaaaaaa"],
    ["a shard far away", "al_999999_aaaaaaaaaaaaaaaa"],
    ["a shard beyond all numbers", "al_9999999999999999999999_aaaaaaaaaaaaaaaa"],
    ["a shard with a leading zero", "al_00_aaaaaaaaaaaaaaaa"],
    ["a negative shard", "al_-1_aaaaaaaaaaaaaaaa"],
    ["a shard with a sign", "al_+0_aaaaaaaaaaaaaaaa"],
    ["a shard with an exponent", "al_0e0_aaaaaaaaaaaaaaaa"],
    ["a hexadecimal shard", "al_0x0_aaaaaaaaaaaaaaaa"],
    ["a shard in other digits", "al_%D9%A0_aaaaaaaaaaaaaaaa"],
    ["a shard with a newline", "al_0%0a_aaaaaaaaaaaaaaaa"],
    ["too short", "al_0_aaaaaaaaaaaaaaa"],
    ["too long", "al_0_aaaaaaaaaaaaaaaaa"],
    ["capitals", "AL_0_AAAAAAAAAAAAAAAA"],
    ["a null character at its end", "al_0_aaaaaaaaaaaaaaaa%00"],
    ["a newline at its end", "al_0_aaaaaaaaaaaaaaaa%0a"],
    ["a slash", "al_0_aaaa%2faaaaaaaaaaa"],
    ["a wildcard of SQL", "al_0_%25%25%25%25%25%25%25%25%25%25%25%25%25%25%25%25"],
    ["SQL", "al_0_'%20OR%20'1'='1"],
    ["an invalid encoding", "%ff"],
    ["half an encoding", "%2"],
    ["two thousand characters", "a".repeat(2_000)],
  ];
  it.each(ids)("%s", async (_, id) => {
    const shards = await count("shards");
    const said = await Promise.all(
      ["", "/deliveries"].map((path) => problemOf(call(`/api/alerts/${id}${path}`, bearer()), 404)),
    );
    const feed = await call(`/alerts/${id}.rss?key=x`);
    const page = await call(`/alerts/${id}/confirm?code=x`);
    expect([said[0]?.status, feed.status, page.status]).toEqual([404, 404, 404]);
    // A made-up number must not create a Durable Object.
    expect(await count("shards")).toBe(shards);
  });

  it("of another alert: 404 in every notation", async () => {
    const { id } = alert;
    for (const written of [
      id.toUpperCase(),
      `${id}%00`,
      `${id}%20`,
      `${id}.`,
      `${id};x`,
      `./${id}/x`,
      `${id}%2Fdeliveries`,
    ]) {
      await problemOf(call(`/api/alerts/${written}`, bearer()), 404);
    }
    expect(await jsonOf(call(`/api/alerts/${id}`, bearer()), 200)).toMatchObject({ id });
  });
});

describe("no event and no article has the id", () => {
  it.each([
    "__proto__",
    "constructor",
    "toString",
    "%2e%2e%2fsecret",
    "%00",
    "A",
    "a".repeat(101),
    "%D8%AD",
    "a%20b",
    "-a",
    "a-",
    "'--",
  ])("%s", async (id) => {
    for (const path of [`/api/events/${id}`, `/api/articles/${id}`]) {
      const { status } = await call(path);
      expect([400, 404], path).toContain(status);
    }
    expect((await call(`/events/${id}`)).status).toBe(404);
  });
});

describe("an invalid message number", () => {
  it.each(["0", "-1", "01", "1.0", "1e0", "0x1", "%D9%A1", "one", "%20", "%00", "99999999999999999999", "1%2f2"])(
    "%s",
    (number) =>
      expectProblem(
        call(`/api/alerts/${alert.id}/deliveries/${number}/redeliver`, { method: "POST", ...bearer() }),
        404,
      ),
  );
});

describe("an invalid number is refused and named", () => {
  const numbers: [name: string, value: string][] = [
    ["nothing", ""],
    ["a blank", "%20"],
    ["a leading blank", "%201"],
    ["a trailing blank", "1%20"],
    ["a plus sign, which is a blank", "+1"],
    ["a plus sign", "%2b1"],
    ["a fraction", "1.5"],
    ["a fraction of zero", "1.0"],
    ["an exponent", "1e1"],
    ["hexadecimal", "0x10"],
    ["binary", "0b1"],
    ["with a separator", "1_0"],
    ["with a comma", "1,0"],
    ["Arabic digits", "%D9%A1%D9%A0"],
    ["fullwidth digits", "%EF%BC%91"],
    ["a word", "ten"],
    ["not a number", "NaN"],
    ["Infinity", "Infinity"],
    ["null", "null"],
    ["a list", "[1]"],
    ["a null character", "1%00"],
    ["a newline", "1%0a"],
    ["SQL", "1;DROP%20TABLE%20articles"],
    ["a negative number", "-1"],
    ["beyond all numbers", "9".repeat(30)],
    ["an invalid encoding", "%ff"],
  ];
  it.each(numbers)("%s", async (_, value) => {
    await expectRefusal(call(`/api/articles?limit=${value}`), "limit", /a whole number from 1 to 200 was expected/);
    await expectRefusal(call(`/feed.rss?before=${value}`), "before", /a whole number from 1 to/);
    const listed = call(`/api/alerts/${alert.id}/deliveries?after=${value}`, bearer());
    await expectRefusal(listed, "after", /a whole number from 0 to/);
  });

  it.each(["0", "201", "9007199254740993"])("a limit out of range: %s", (value) =>
    expectRefusal(call(`/api/articles?limit=${value}`), "limit", /from 1 to 200/),
  );

  it("the error quotes the beginning of the input", async () => {
    const { detail } = await problemOf(call(`/feed.json?limit=${"<b>".repeat(2_000)}`), 400);
    expect(detail.length).toBeLessThan(200);
  });
});

describe("parameters", () => {
  const articles = async (parameters: string) =>
    (await jsonOf<{ articles: { id: string }[] }>(call(`/api/articles?${parameters}`), 200)).articles.map(
      ({ id }) => id,
    );

  it.each([
    "limit[]=1",
    "LIMIT=1",
    "limit%00=1",
    "%20limit=1",
    "limits=1",
    "limits=1&limits=2",
    "__proto__=1",
    "constructor[prototype][limit]=1",
  ])("that are not known are nothing: %s", async (parameter) =>
    expect(await articles(parameter)).toEqual(["path-3", "path-2", "path-1"]),
  );

  it("may have encoded names", async () => expect(await articles("%6cimi%74=1")).toEqual(["path-3"]));

  it("may number a thousand", async () => {
    expect(await articles(Array.from({ length: 1000 }, (_, i) => `x${i}=1`).join("&"))).toHaveLength(3);
  });

  it("separated by a semicolon count as one", async () => {
    await expectRefusal(call("/api/articles?limit=1;before=1"), "limit", /a whole number/);
  });

  it("beyond the end of the log give the newest page", async () => {
    expect(await articles(`before=${Number.MAX_SAFE_INTEGER}`)).toHaveLength(3);
    expect(await articles(`before=${(await head()) + 1_000}`)).toHaveLength(3);
  });

  it("that are unknown or in another order give the same feed", async () => {
    const tags = new Set<string | null>();
    for (const parameters of [
      "limit=7&q=aleppo",
      "q=aleppo&limit=7",
      "q=aleppo&limit=7&utm_source=x",
      "q=ALEPPO&limit=7&utm_source=x&utm_source=y",
    ]) {
      tags.add((await call(`/articles.rss?${parameters}`)).headers.get("etag"));
    }
    expect(tags.size).toBe(1);
  });
});

describe("a parameter that is given more than once is refused and named", () => {
  const alertFeed = () => `${new URL(alert.feed_url).pathname}?key=${new URL(alert.feed_url).searchParams.get("key")}`;
  const cases: [path: string | (() => string), name: string][] = [
    ...["/feed.rss", "/feed.json", "/feed.atom", "/feed.ics", "/articles.rss", "/rss.xml", "/api/articles"].flatMap(
      (path) => ["q", "limit", "before"].map((name): [string, string] => [path, name]),
    ),
    ["/feeds.opml", "q"],
    ["/api/events", "q"],
    ["/api/preview", "q"],
    [() => `/api/alerts/${alert.id}/deliveries`, "after"],
    [() => `/api/alerts/${alert.id}/deliveries`, "limit"],
    [alertFeed, "limit"],
    [() => new URL(alert.feed_url).pathname, "key"],
    [() => `/alerts/${alert.id}/confirm`, "code"],
    ...["q", "month", "before", "page"].map((name): [string, string] => ["/", name]),
    ["/alerts/new", "q"],
    ["/help", "q"],
    ["/curate/session", "to"],
  ];
  it.each(cases.map(([path, name]) => ({ path, name })))("$path $name", async ({ path, name }) => {
    const address = typeof path === "string" ? path : path();
    const start = address.includes("?") ? "&" : "?";
    for (const values of [
      `${name}=1&${name}=2`,
      `${name}=1&${name}=1`,
      `${name}=1&x=1&${name}=`,
      `${name}=&%${name.charCodeAt(0).toString(16)}${name.slice(1)}=1`,
    ]) {
      await expectRefusal(call(`${address}${start}${values}`, bearer()), name, "given 2 times; give it once");
    }
  });

  it("is explained on a page", async () => {
    const response = await call("/?q=aleppo&q=geneva", { headers: { accept: "text/html" } });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("q: given 2 times; give it once.");
  });

  it("is refused in a form too", async () => {
    const form = new URLSearchParams([
      ["token", alert.token],
      ["action", "query"],
      ["q", "a"],
      ["q", "b"],
    ]);
    await expectRefusal(
      call(`/alerts/${alert.id}`, { method: "POST", body: form }),
      "q",
      "given 2 times; give it once",
    );
    expect(await jsonOf(call(`/api/alerts/${alert.id}`, bearer()), 200)).toMatchObject({ query: "aleppo" });
  });
});

describe("a feed's key", () => {
  const path = () => new URL(alert.feed_url).pathname;
  const key = () => new URL(alert.feed_url).searchParams.get("key") ?? "";

  it.each([
    "",
    "?key=",
    "?key=x",
    "?key=%00",
    "?KEY=KEY_ITSELF",
    "?key=KEY_ITSELF%00",
    "?key=%20KEY_ITSELF",
    "?key[]=KEY_ITSELF",
  ])("that is wrong or missing: %j", (parameters) =>
    expectProblem(call(`${path()}${parameters.replace("KEY_ITSELF", key())}`), 404),
  );

  it("in capitals is wrong", () => expectProblem(call(`${path()}?key=${key().toUpperCase()}`), 404));
  it("is not the token", () => expectProblem(call(`${path()}?key=${alert.token}`), 404));

  it("opens the feed, which shows the key only to its reader", async () => {
    const response = await call(alert.feed_url.replace("https://wire.example", ""));
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toContain("private");
  });
});
