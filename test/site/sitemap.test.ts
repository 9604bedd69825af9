/** What crawlers and browsers request by themselves: /robots.txt, /sitemap.xml and /favicon.ico. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { SourcedEvent } from "../../src/record/events/read-events.ts";
import { call, curate, head, json, ORIGIN, putEvent, putName } from "../client.ts";

const text = async (path: string): Promise<string> => {
  const response = await call(path);
  expect(response.status, path).toBe(200);
  return response.text();
};

/** Returns the pages or files of a sitemap: each path with its `lastmod`, or "". */
function listed(xml: string, element: "url" | "sitemap" = "url"): Map<string, string> {
  const entries = [...xml.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, "gs"))].map(
    ([, entry = ""]): [string, string] => [
      (/<loc>(.*?)<\/loc>/.exec(entry)?.[1] ?? "").slice(ORIGIN.length),
      /<lastmod>(.*?)<\/lastmod>/.exec(entry)?.[1] ?? "",
    ],
  );
  const paths = new Map(entries);
  expect(paths.size).toBe(entries.length);
  return paths;
}

const changedAt = async (id: string): Promise<string> =>
  (await env.DB.prepare("SELECT at FROM log WHERE subject = ? ORDER BY number DESC LIMIT 1")
    .bind(id)
    .first<string>("at")) ?? "";

beforeAll(async () => {
  await putName("place:aleppo", { label: "Aleppo" });
  await putName("topic:ceasefire", { label: "Ceasefire" });
  await putEvent("corrected-event");
  await putEvent("corrected-event", { title: "The group met again" }, 200);
  await putEvent("silent-event", { mode: "silent" });
  await putEvent("retracted-event");
  await json(curate("DELETE", "/api/events/retracted-event", { reason: "It did not happen." }));
});

describe("/robots.txt", () => {
  it("keeps crawlers from private pages, data and searches, and names the sitemap", async () => {
    const response = await call("/robots.txt");
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect((await response.text()).split("\n")).toEqual([
      "User-agent: *",
      "Allow: /alerts/new",
      "Disallow: /alerts/",
      "Disallow: /api/",
      "Disallow: /curate",
      "Disallow: /?",
      "",
      `Sitemap: ${ORIGIN}/sitemap.xml`,
      "",
    ]);
  });

  it("answers HEAD, and 405 for other methods", async () => {
    expect((await call("/robots.txt", { method: "HEAD" })).status).toBe(200);
    expect((await call("/robots.txt", { method: "POST" })).headers.get("allow")).toBe("GET, HEAD");
  });
});

describe("/sitemap.xml", () => {
  it("lists standing pages, names and events that were not retracted, with their last change", async () => {
    const response = await call("/sitemap.xml");
    expect(response.headers.get("content-type")).toBe("application/xml; charset=utf-8");
    const xml = await response.text();
    expect(xml).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<urlset xmlns="http:\/\/www\.sitemaps\.org\/schemas\/sitemap\/0\.9">/,
    );
    const { updated_at } = await json<SourcedEvent>(call("/api/events/corrected-event"));
    const at = (await env.DB.prepare("SELECT at FROM head").first<string>("at")) ?? "";
    expect(Object.fromEntries(listed(xml))).toEqual({
      "/": at,
      "/topics": at,
      "/alerts/new": "",
      "/help": "",
      "/status": "",
      "/places/aleppo": await changedAt("place:aleppo"),
      "/topics/ceasefire": await changedAt("topic:ceasefire"),
      "/events/corrected-event": updated_at,
      "/events/silent-event": await changedAt("silent-event"),
    });
  });

  it("lists only pages that may be indexed, by their canonical address", async () => {
    for (const path of listed(await text("/sitemap.xml")).keys()) {
      expect(await text(path), path).toContain(`<link rel="canonical" href="${ORIGIN}${path}"`);
    }
  });

  it.each(["/sitemap-pages.xml", "/sitemap-names-1.xml", "/sitemap-events-1.xml"])(
    "%s is a part of it",
    async (path) => {
      const all = listed(await text("/sitemap.xml"));
      const part = listed(await text(path));
      expect(part.size).toBeGreaterThan(0);
      for (const [page, at] of part) expect(all.get(page)).toBe(at);
    },
  );

  it.each([
    "events-0",
    "events-2",
    "events-01",
    "events-1e0",
    "events-",
    "events--1",
    "names-2",
    "pages-1",
    "articles-1",
    "events-99999999999999999999",
  ])("there is no part %s", async (part) => expect((await call(`/sitemap-${part}.xml`)).status).toBe(404));
});

describe("/favicon.ico", () => {
  it("is an icon of Windows with a PNG in it", async () => {
    const response = await call("/favicon.ico");
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "image/vnd.microsoft.icon"]);
    const bytes = new DataView(await response.arrayBuffer());
    const [reserved, type, images, size, offset] = [0, 2, 4, 14, 18].map((at) =>
      at < 14 ? bytes.getUint16(at, true) : bytes.getUint32(at, true),
    );
    expect([reserved, type, images]).toEqual([0, 1, 1]);
    expect(offset).toBe(22);
    expect(bytes.byteLength).toBe(22 + (size ?? 0));
    expect(bytes.getUint32(22)).toBe(0x89504e47);
  });
});

describe("beyond 50,000 pages", () => {
  const EVENTS = 60_000;

  beforeAll(async () => {
    const first = (await head()) + 1;
    const numbers = `WITH RECURSIVE n (number) AS (SELECT CAST(?1 AS INTEGER) UNION ALL SELECT number + 1 FROM n WHERE number < ?2)`;
    const bound = [first, first + EVENTS - 1];
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO log (number, at, kind, subject, revision) ${numbers} SELECT number, '2030-01-01T00:00:00.000Z', 'event.added', 'many-' || number, 1 FROM n`,
      ).bind(...bound),
      env.DB.prepare(
        `INSERT INTO events (id, log, revision, mode, published_at, updated_at, document)
         ${numbers} SELECT 'many-' || number, number, 1, 'new', '2030-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z', '{"date":"2016-09-22"}' FROM n`,
      ).bind(...bound),
    ]);
    // Refreshes the head that the Worker caches.
    await head();
  });

  it("is an index of files of at most 50,000 pages and 50 MB that list every page once", async () => {
    const index = await text("/sitemap.xml");
    expect(index).toContain('<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">');
    const files = [...listed(index, "sitemap").keys()];
    expect(files).toEqual([
      "/sitemap-pages.xml",
      "/sitemap-names-1.xml",
      "/sitemap-events-1.xml",
      "/sitemap-events-2.xml",
    ]);
    const all = new Set<string>();
    for (const file of files) {
      const xml = await text(file);
      const pages = listed(xml);
      expect(pages.size).toBeLessThanOrEqual(50_000);
      expect(xml.length).toBeLessThan(50_000_000);
      for (const page of pages.keys()) {
        expect(all.has(page)).toBe(false);
        all.add(page);
      }
    }
    expect(all.size).toBe(5 + 2 + 2 + EVENTS);
  });
});
