import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { serveWarm } from "../../src/feeds/feed-cache.ts";
import type { Env } from "../../src/platform/env.ts";
import worker from "../../src/worker.ts";
import { addArticle, call, curate, event, json, type ProblemBody, putEvent, putNames } from "../client.ts";
import { readJson, readRss, readText } from "./support.ts";

const FEEDS = [
  "/feed.rss",
  "/feed.json",
  "/feed.atom",
  "/feed.ics",
  "/articles.rss",
  "/articles.json",
  "/articles.atom",
  "/feeds.opml",
];
const TYPES: Readonly<Record<string, string>> = {
  rss: "application/rss+xml",
  json: "application/feed+json",
  atom: "application/atom+xml",
  ics: "text/calendar",
  opml: "text/x-opml",
};
const typeOf = (path: string) => TYPES[path.replace(/^.*\./, "")];

const get = (path: string, headers: Record<string, string> = {}) => call(path, { headers });
const etagOf = async (path: string) => (await get(path)).headers.get("etag") ?? "";
const modifiedOf = async (path: string) => (await get(path)).headers.get("last-modified") ?? "";
const hourAfter = (time: string, hours: number) => new Date(Date.parse(time) + hours * 3_600_000).toUTCString();

beforeAll(async () => {
  await putNames();
  for (let i = 0; i < 12; i++) {
    await putEvent(`e-${i}`, { places: i % 2 ? ["aleppo"] : [] });
    await addArticle(`a-${i}`, { text: i % 2 ? "In Aleppo." : "Elsewhere." });
  }
  // In the second of a change the validators are still those of the second before.
  await scheduler.wait(2100);
});

describe.each(FEEDS)("%s", (path) => {
  it("has a content type, a weak ETag, Last-Modified and Cache-Control", async () => {
    const { status, headers } = await get(path);
    expect([status, headers.get("content-type")]).toEqual([200, `${typeOf(path)}; charset=utf-8`]);
    expect(headers.get("etag")).toMatch(/^W\/"[\w-]+"$/);
    expect(headers.get("last-modified")).toMatch(/ GMT$/);
    expect(headers.get("cache-control")).toMatch(/max-age=300\b/);
    expect(headers.has("expires")).toBe(false);
  });

  it("answers HEAD with the same fields and no body", async () => {
    const [whole, head] = [await get(path), await call(path, { method: "HEAD" })];
    for (const name of ["etag", "last-modified", "content-type", "cache-control"]) {
      expect([name, head.headers.get(name)]).toEqual([name, whole.headers.get(name)]);
    }
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it("answers HEAD with the header fields of a body", async () => {
    const answer = await call(path, {
      method: "HEAD",
      headers: { "content-type": "text/plain", "content-length": "0" },
    });
    expect(answer.status).toBe(200);
  });

  it("repeats the validators in a 304 without a body, for GET and HEAD", async () => {
    const whole = await get(path);
    const headers = { "if-none-match": whole.headers.get("etag") ?? "" };
    for (const method of ["GET", "HEAD"]) {
      const answer = await call(path, { method, headers });
      expect([answer.status, await answer.text()]).toEqual([304, ""]);
      for (const name of ["etag", "last-modified", "cache-control"]) {
        expect([name, answer.headers.get(name)]).toEqual([name, whole.headers.get(name)]);
      }
    }
  });

  it.each(["*/*", "application/json", "text/html", "image/png", "application/atom+xml;q=0.9", "nonsense"])(
    "is served whatever the reader accepts: %s",
    async (accept) => {
      const { status, headers } = await get(path, { accept });
      expect([status, headers.get("content-type")]).toEqual([200, `${typeOf(path)}; charset=utf-8`]);
    },
  );
});

describe("the body may be compressed", () => {
  const encodings: [accepted: string | undefined, encoding: string | null][] = [
    ["gzip", "gzip"],
    ["gzip, br", "gzip"],
    ["br;q=1, GZIP;q=0.5", "gzip"],
    ["x-gzip", "gzip"],
    ["gzip;q=0", null],
    ["gzip; q=0.000", null],
    ["br", null],
    ["identity", null],
    ["*", null],
    ["", null],
    ["bgzip, gzipped", null],
  ];

  it.each(encodings)("Accept-Encoding: %s gives %s", async (accepted, encoding) => {
    const answer = await get("/feed.rss", { "accept-encoding": accepted ?? "" });
    expect([answer.headers.get("content-encoding"), answer.headers.get("vary")]).toEqual([encoding, "accept-encoding"]);
    expect(answer.headers.get("etag")).toBe(await etagOf("/feed.rss"));
  });

  it.each(FEEDS)("%s has the same content when compressed", async (path) => {
    const context = createExecutionContext();
    const headers = { "accept-encoding": "gzip" };
    const request = new Request(`https://wire.example${path}`, { headers }) as Parameters<typeof worker.fetch>[0];
    const { body } = await worker.fetch(request, env, context);
    await waitOnExecutionContext(context);
    const plain = new Response(body?.pipeThrough(new DecompressionStream("gzip")));
    expect(await plain.text()).toBe(await readText(path));
  });
});

describe("scripts of other pages", () => {
  it.each([...FEEDS, "/api/events", "/api/articles", "/api/preview?q=aleppo", "/openapi.json"])(
    "may read %s",
    async (path) => {
      expect((await get(path, { origin: "https://other.example" })).headers.get("access-control-allow-origin")).toBe(
        "*",
      );
    },
  );

  it.each([...FEEDS, "/api/events/e-1", "/feed", "/rss.xml", "/feed/json"])(
    "may ask for %s with conditions",
    async (path) => {
      const headers = {
        origin: "https://other.example",
        "access-control-request-method": "GET",
        "access-control-request-headers": "if-none-match",
      };
      const answer = await call(path, { method: "OPTIONS", headers });
      expect([answer.status, answer.headers.get("access-control-allow-methods")]).toEqual([204, "GET, HEAD"]);
      expect(answer.headers.get("access-control-allow-headers")).toContain("if-none-match");
    },
  );

  it("may not read a page", async () => {
    expect((await get("/")).headers.has("access-control-allow-origin")).toBe(false);
  });
});

describe("paths that readers try if a page names no feed", () => {
  const probes: [path: string, feed: string][] = [
    ["/feed", "/feed.rss"],
    ["/feed/", "/feed.rss"],
    ["/rss", "/feed.rss"],
    ["/feed.xml", "/feed.rss"],
    ["/rss.xml", "/feed.rss"],
    ["/index.xml", "/feed.rss"],
    ["/atom.xml", "/feed.atom"],
    ["/feed/atom", "/feed.atom"],
    ["/index.json", "/feed.json"],
    ["/calendar.ics", "/feed.ics"],
  ];

  it.each(probes)("%s is %s, without a redirect", async (path, feed) => {
    const [probed, named] = [await get(path), await get(feed)];
    expect([probed.status, await probed.text()]).toEqual([200, await named.text()]);
    for (const name of ["content-type", "etag", "link"]) expect(probed.headers.get(name)).toBe(named.headers.get(name));
  });
});

describe("the field Link", () => {
  it.each(FEEDS)("%s names itself", async (path) => {
    expect((await get(path)).headers.get("link")).toContain(`<https://wire.example${path}>; rel="self"`);
  });

  it.each(FEEDS.filter((path) => !path.endsWith("opml")))(
    "%s names the hub and the page of older items",
    async (path) => {
      const link = (await get(`${path}?limit=2`)).headers.get("link") ?? "";
      // Older pages do not change: nobody is told of them.
      const older = /<https:\/\/wire\.example([^>]*)>; rel="next"/.exec(link)?.[1] ?? "";
      expect((await get(older)).headers.get("link")).not.toContain("hub");
      expect(link).toContain('<https://wire.example/hub>; rel="hub"');
      expect(link).toMatch(/<https:\/\/wire\.example\/[a-z]+\.[a-z]+\?limit=2&before=\d+>; rel="prev-archive"/);
    },
  );
});

describe("the canonical address", () => {
  it.each(["q=%22l'accord%22", "q=%22a%26b%22", "q=%D8%AD%D9%84%D8%A8", "q=a+b", "q=bomb*", "q=(a|b)-c", "q=title:x!"])(
    "is written as it arrives when it is asked for: %s",
    async (parameters) => {
      const self = /<([^>]*)>; rel="self"/.exec((await get(`/feed.rss?${parameters}`)).headers.get("link") ?? "")?.[1];
      expect(new URL(self ?? "").href).toBe(self);
      const path = self?.slice("https://wire.example".length) ?? "";
      expect((await get(path)).headers.get("link")).toContain(`<${self}>; rel="self"`);
    },
  );
});

describe("If-None-Match", () => {
  const cases: [name: string, header: (etag: string) => string, status: number][] = [
    ["the tag", (etag) => etag, 304],
    ["the tag, strong", (etag) => etag.slice(2), 304],
    ["any", () => "*", 304],
    ["any, with blanks", () => " * ", 304],
    ["a list with the tag", (etag) => `"other", ${etag}, W/"more"`, 304],
    ["a list with the tag, strong, without blanks", (etag) => `W/"other",${etag.slice(2)}`, 304],
    ["a list whose other tags have commas and stars in them", (etag) => `"a, b", "*", ${etag}`, 304],
    ["another tag", () => 'W/"other"', 200],
    ["a tag that has a star in it", () => '"*"', 200],
    ["the tag without quotes", (etag) => etag.slice(3, -1), 200],
    ["a tag that begins like it", (etag) => `${etag.slice(0, -2)}"`, 200],
    ["the tag inside another", (etag) => `"x${etag.slice(3)}`, 200],
    ["nothing", () => "", 200],
    ["nonsense", () => '"', 200],
    ["the tag after something else", (etag) => `x${etag}`, 200],
    ["the tag before something else", (etag) => `${etag}x`, 200],
    ["a list with empty members", (etag) => `, "other",, ${etag},`, 304],
  ];
  it.each(cases)("%s", async (_, header, status) => {
    const answer = await get("/feed.rss", { "if-none-match": header(await etagOf("/feed.rss")) });
    expect(answer.status).toBe(status);
  });

  it("takes precedence over If-Modified-Since", async () => {
    const [etag, modified] = [await etagOf("/feed.rss"), await modifiedOf("/feed.rss")];
    const past = hourAfter(modified, -1);
    expect((await get("/feed.rss", { "if-none-match": 'W/"x"', "if-modified-since": modified })).status).toBe(200);
    expect((await get("/feed.rss", { "if-none-match": etag, "if-modified-since": past })).status).toBe(304);
  });

  it("does not match the ETag of another format", async () => {
    const etag = await etagOf("/feed.json");
    expect((await get("/feed.rss", { "if-none-match": etag })).status).toBe(200);
  });
});

describe("If-Modified-Since", () => {
  const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
  const parts = (date: string) => date.split(/[ ,]+/);
  const rfc850 = (date: string): string => {
    const [, day, month, year, time] = parts(date);
    return `${DAYS[new Date(date).getUTCDay()]}, ${day}-${month}-${year?.slice(2)} ${time} GMT`;
  };
  const asctime = (date: string): string => {
    const [weekday, day, month, year, time] = parts(date);
    return `${weekday} ${month} ${`${Number(day)}`.padStart(2)} ${time} ${year}`;
  };
  const cases: [name: string, header: (modified: string) => string, status: number][] = [
    ["the time itself", (modified) => modified, 304],
    ["a later time", (modified) => hourAfter(modified, 1), 304],
    ["an earlier time", (modified) => hourAfter(modified, -1), 200],
    ["the time as RFC 850 wrote it", (modified) => rfc850(modified), 304],
    ["the time as C's asctime writes it", (modified) => asctime(modified), 304],
    ["no time", () => "yesterday", 200],
    ["a year", () => "2099", 200],
    ["words with a year", () => "foo 2099", 200],
    ["a time of RFC 3339", () => "2099-11-22T23:59:59Z", 200],
    ["nothing", () => "", 200],
  ];
  it.each(cases)("%s", async (_, header, status) => {
    const answer = await get("/feed.rss", { "if-modified-since": header(await modifiedOf("/feed.rss")) });
    expect(answer.status).toBe(status);
  });
});

describe("Last-Modified", () => {
  it("does not make two changes within one second look the same", async () => {
    for (let i = 0; i < 3; i++) {
      await putEvent(`same-second-${i}`);
      const since = await modifiedOf("/feed.rss");
      await putEvent(`same-second-${i}-b`);
      expect((await get("/feed.rss", { "if-modified-since": since })).status).toBe(200);
    }
  });

  it("never goes back: not when an old event is added, nor when the newest is retracted", async () => {
    const times = [Date.parse(await modifiedOf("/feed.rss"))];
    await putEvent("from-the-past", { published_at: "2001-01-01T00:00:00Z" });
    times.push(Date.parse(await modifiedOf("/feed.rss")));
    await json(curate("DELETE", "/api/events/from-the-past", { reason: "Old." }));
    times.push(Date.parse(await modifiedOf("/feed.rss")));
    times.push(Date.parse(await modifiedOf("/feed.rss?before=3")));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe("requests for the same feed", () => {
  it.each([
    ["an unknown parameter", "/feed.rss?limit=5", "/feed.rss?utm_source=x&limit=5&_=1"],
    ["the order of parameters", "/feed.rss?q=aleppo&limit=5", "/feed.rss?limit=5&q=aleppo"],
    ["a page beyond the newest", "/feed.rss", "/feed.rss?before=900719925474099"],
    ["another way to write a number", "/feed.rss?limit=5", "/feed.rss?limit=005"],
    ["another way to write a query", "/feed.rss?q=aleppo+truce", "/feed.rss?q=TRUCE%20AND%20%20(Aleppo)"],
    ["an empty query", "/feed.rss", "/feed.rss?q="],
    ["a query of blanks", "/feed.rss", "/feed.rss?q=%20%20"],
    ["the number of items that is usual", "/feed.rss", "/feed.rss?limit=50"],
  ])("%s", async (_, one, other) => {
    expect(await etagOf(other)).toBe(await etagOf(one));
    expect(await readText(other)).toBe(await readText(one));
  });
});

describe("a malformed parameter gets a 400 with its position", () => {
  const cases: [parameters: string, path: string, says: string][] = [
    ["limit=0", "limit", "1 to 200"],
    ["limit=201", "limit", "1 to 200"],
    ["limit=many", "limit", "1 to 200"],
    ["limit=-1", "limit", "1 to 200"],
    ["limit=%EF%BC%95", "limit", "1 to 200"],
    ["before=0", "before", "whole number"],
    ["before=next", "before", "whole number"],
    ["before=9999999999999999", "before", "whole number"],
    ["q=%22aleppo", "q", "at character 1"],
    ["q=aleppo+AND", "q", "at character"],
    ["q=NOT+aleppo", "q", "at least one term"],
    [`q=${Array.from({ length: 33 }, (_, i) => `w${i}`).join("+")}`, "q", "32"],
    [`q=${"x".repeat(513)}`, "q", "512"],
  ];
  it.each(cases)("%s", async (parameters, path, says) => {
    for (const feed of FEEDS.filter((path) => !path.endsWith("opml"))) {
      const answer = await get(`${feed}?${parameters}`);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      const problem = await answer.json<ProblemBody>();
      expect([answer.status, problem.errors?.map((error) => error.path)]).toEqual([400, [path]]);
      expect(problem.errors?.[0]?.message.toLowerCase()).toContain(says);
    }
  });

  it("HEAD gets a 400 without a body", async () => {
    const answer = await call("/feed.rss?limit=0", { method: "HEAD" });
    expect([answer.status, await answer.text()]).toEqual([400, ""]);
  });
});

describe("pages of a feed", () => {
  const idsOf = {
    rss: async (path: string) => {
      const { items = [], atom } = await readRss(path);
      return { ids: items.map(({ guid }) => guid?.value), next: atom?.links?.find(({ rel }) => rel === "next")?.href };
    },
    json: async (path: string) => {
      const { items = [], next_url } = await readJson(path);
      return { ids: items.map(({ id }) => id), next: next_url };
    },
  };
  const walk = async (format: keyof typeof idsOf, start: string) => {
    const pages: (string | undefined)[][] = [];
    let path: string | undefined = start;
    while (path !== undefined) {
      const page: { ids: (string | undefined)[]; next: string | undefined } = await idsOf[format](path);
      pages.push(page.ids);
      path = page.next?.slice("https://wire.example".length);
    }
    return pages;
  };

  it.each([
    ["rss", "/feed.rss?limit=5"],
    ["json", "/feed.json?limit=1"],
    ["rss", "/feed.rss?q=aleppo&limit=2"],
    ["json", "/articles.json?q=aleppo&limit=1"],
    ["rss", "/articles.rss?limit=3"],
  ] as const)("%s: %s gives each item once, in the order of one long page", async (format, path) => {
    const pages = await walk(format, path);
    const whole = await idsOf[format](path.replace(/limit=\d+/, "limit=200"));
    expect(pages.flat()).toEqual(whole.ids);
    expect(new Set(pages.flat()).size).toBe(pages.flat().length);
    expect(pages.length).toBeGreaterThan(2);
    expect(whole.next).toBeUndefined();
  });

  it("have the requested number of items, 1 to 200, or else 50", async () => {
    await Promise.all(Array.from({ length: 210 }, (_, i) => addArticle(`many-${i}`)));
    const size = async (path: string) => (await idsOf.json(path)).ids.length;
    expect(await size("/articles.json?limit=1")).toBe(1);
    expect(await size("/articles.json?limit=200")).toBe(200);
    expect(await size("/articles.json")).toBe(50);
  });

  it("do not change when newer items are added", async () => {
    const { next } = await idsOf.json("/articles.json?limit=3");
    const path = next?.slice("https://wire.example".length) ?? "";
    const before = await idsOf.json(path);
    await addArticle("newer");
    expect(await idsOf.json(path)).toEqual(before);
  });
});

describe("a change is in the feed as soon as the request has returned", () => {
  it("of an event, in every format and for a query, though all feeds were just cached", async () => {
    for (let i = 0; i < 5; i++) {
      const paths = ["/feed.rss", "/feed.json", "/feed.rss?q=aleppo", "/feed.json?q=aleppo&limit=1"];
      const tags = await Promise.all(paths.map(etagOf));
      await putEvent(`instant-${i}`, { places: ["aleppo"] });
      for (const [k, path] of paths.entries()) {
        const answer = await get(path, { "if-none-match": tags[k] ?? "" });
        expect([path, answer.status]).toEqual([path, 200]);
        expect(await answer.text()).toContain(`parley:event:instant-${i}`);
      }
    }
  });

  it("however many readers asked during the change", async () => {
    for (let i = 0; i < 5; i++) {
      const change = putEvent(`crowd-${i}`);
      const readers = Array.from({ length: 8 }, async () => {
        for (let k = 0; k < 8; k++) await readText("/feed.rss?limit=1");
      });
      await change;
      expect(await readText("/feed.rss?limit=1")).toContain(`parley:event:crowd-${i}`);
      await Promise.all(readers);
      expect(await readText("/feed.rss?limit=1")).toContain(`parley:event:crowd-${i}`);
    }
  });

  it("of a correction, a retraction, and a new label of a name", async () => {
    await putEvent("changing", { places: ["aleppo"] });
    await putEvent("changing", { places: ["aleppo"], title: "Changed title" }, 200);
    expect(await readText("/feed.rss")).toContain("Changed title");
    await json(curate("DELETE", "/api/events/changing", { reason: "Gone." }));
    expect(await readText("/feed.rss")).toContain("Retracted: Changed title");
    await curate("PUT", "/api/names/place:aleppo", { type: "city", label: "Great Aleppo", spellings: {} });
    expect(await readText("/feed.rss")).toContain("Great Aleppo");
  });

  it("of an event that becomes silent", async () => {
    await putEvent("hushed");
    expect(await readText("/feed.rss")).toContain("parley:event:hushed");
    await json(curate("PUT", "/api/events/hushed", event({ mode: "silent" })));
    expect(await readText("/feed.rss")).not.toContain("parley:event:hushed");
  });
});

describe("a head of the log", () => {
  afterEach(() => vi.restoreAllMocks());

  /** As another isolate would write it. */
  const changeElsewhere = (id: string) =>
    env.DB.batch([
      env.DB.prepare("INSERT INTO log SELECT number + 1, at, 'event.corrected', ?, 2 FROM head").bind(id),
      env.DB.prepare(
        "UPDATE events SET document = json_set(document, '$.title', 'Changed elsewhere') WHERE id = ?",
      ).bind(id),
    ]);

  it.each([
    ["goes on", 900, "elsewhere-on"],
    ["is set back by an hour", -3_600_000, "elsewhere-back"],
    ["is set forward by a day", 86_400_000, "elsewhere-forward"],
  ])("is read again when the clock %s", async (_, milliseconds, id) => {
    await putEvent(id, { title: "As it was" });
    expect(await readText("/feed.rss?limit=1")).toContain("As it was");
    await changeElsewhere(id);
    const now = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => now + milliseconds);
    expect(await readText("/feed.rss?limit=1")).toContain("Changed elsewhere");
  });

  it("is fresh for less than half a second", async () => {
    await putEvent("elsewhere-soon", { title: "As it was" });
    await readText("/feed.rss?limit=1");
    await changeElsewhere("elsewhere-soon");
    const now = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => now);
    expect(await readText("/feed.rss?limit=1")).toContain("As it was");
  });
});

describe("the origin of links", () => {
  const fetchWith = async (settings: Partial<Env>, url: string, headers: Record<string, string> = {}) => {
    const context = createExecutionContext();
    const request = new Request(url, { headers }) as Parameters<typeof worker.fetch>[0];
    const response = await worker.fetch(request, { ...env, ...settings }, context);
    await waitOnExecutionContext(context);
    return response.text();
  };
  const originsIn = (text: string) =>
    new Set(
      [...text.matchAll(/https?:\/\/[\w.:-]+/g)]
        .map(([origin]) => origin)
        .filter((origin) => !/w3|purl|jsonfeed|georss/.test(origin)),
    );

  it.each(FEEDS)("is PUBLIC_URL if set: %s", async (path) => {
    const text = await fetchWith({ PUBLIC_URL: "https://public.example:8443" }, `http://inner.example${path}`);
    expect([...originsIn(text)]).toEqual(["https://public.example:8443"]);
  });

  it.each(["https://public.example", "https://public.example/", "HTTPS://Public.Example:443"])(
    "is PUBLIC_URL for warm feeds as well, however it is written: %s",
    async (publicUrl) => {
      const path = "/feed.rss?limit=7";
      const warm = () => serveWarm(new Request(`http://inner.example${path}`), { ...env, PUBLIC_URL: publicUrl });
      // A head that was read is fresh for a second only, so a busy machine may need several tries.
      const answer = await vi.waitFor(async () => {
        await fetchWith({ PUBLIC_URL: publicUrl }, `http://inner.example${path}`);
        return warm() ?? Promise.reject(new Error("the feed is not warm"));
      });
      expect([...originsIn(await answer.text())]).toEqual(["https://public.example"]);
    },
  );

  it("no cached feed is served if PUBLIC_URL is malformed", () => {
    const request = new Request("http://inner.example/feed.rss");
    expect(serveWarm(request, { ...env, PUBLIC_URL: "public.example" })).toBeUndefined();
  });

  it.each(FEEDS)(
    "is the origin of the request if PUBLIC_URL is not set, and never that of a forwarded header: %s",
    async (path) => {
      const headers = {
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "ftp",
        "x-forwarded-port": "1",
        forwarded: "host=evil.example;proto=ftp",
        "x-original-url": "https://evil.example/",
        "x-host": "evil.example",
      };
      const text = await fetchWith({}, `https://asked.example${path}`, headers);
      expect([...originsIn(text)]).toEqual(["https://asked.example"]);
      expect(text).not.toContain("evil");
    },
  );

  it("of one host is not used for another host", async () => {
    await fetchWith({}, "https://first.example/feed.rss");
    expect(await fetchWith({}, "https://second.example/feed.rss")).not.toContain("first.example");
  });
});
