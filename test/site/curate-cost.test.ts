import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import worker from "../../src/worker.ts";
import { Counter } from "../bench/feeds/counted.ts";
import { addArticle, ORIGIN, putEvent, putName } from "../client.ts";
import { FROM_HERE, session } from "./curator.ts";

/** Events and articles on record in addition to the requested ones. */
const MANY = 20_000;

const fill = [
  `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
   INSERT INTO log (number, at, kind, subject) SELECT (SELECT max(number) FROM log) + i, '2026-01-01', 'event.added', 'many-' || i FROM n`,
  `INSERT INTO events (id, log, revision, mode, published_at, updated_at, document)
   SELECT subject, number, 1, 'historic', at, at, json_object('date', '2016-09-22', 'end_date', NULL, 'precision', 'day', 'dated_from', NULL,
     'title', 'One of many', 'summary', 'Said.', 'places', json('["everywhere"]'), 'actors', json('[]'), 'topics', json('[]'),
     'articles', json('[]'), 'claims', json('[]')) FROM log WHERE subject LIKE 'many-%'`,
  "INSERT INTO event_names (name, event) SELECT 'place:everywhere', id FROM events WHERE id LIKE 'many-%'",
  `INSERT INTO log (number, at, kind, subject) SELECT number + ${MANY}, at, 'article.added', 'an-' || subject FROM log WHERE subject LIKE 'many-%'`,
  `INSERT INTO articles (id, log, title, text, added_at, updated_at, mode)
   SELECT subject, number, 'One of many', 'Text ' || subject, at, at, 'historic' FROM log WHERE subject LIKE 'an-many-%'`,
];

/** Sends a request to the Worker and counts its reads. */
async function ask(path: string, fields?: Record<string, string>, settings: Partial<typeof env> = {}) {
  const counter = new Counter();
  const cookie = await session();
  const context = createExecutionContext();
  const request = new Request(ORIGIN + path, {
    method: fields ? "POST" : "GET",
    redirect: "manual",
    headers: { cookie, ...(fields && { ...FROM_HERE, "content-type": "application/x-www-form-urlencoded" }) },
    body: fields ? new URLSearchParams(fields).toString() : null,
  });
  const response = await worker.fetch(request, { ...env, ...settings, DB: counter.database(env.DB) }, context);
  const page = await response.text();
  await waitOnExecutionContext(context);
  return { status: response.status, page, location: response.headers.get("location"), reads: counter.reads };
}

describe("with a large record", () => {
  const text = "The curlew was seen everywhere.";
  beforeAll(async () => {
    await putName("place:everywhere", { label: "Everywhere" });
    await putName("actor:curlew", { label: "Curlew" });
    await putEvent("about-the-curlew", { title: "The curlew came", actors: ["curlew"], places: ["everywhere"] });
    await addArticle("the-curlew", { text: "First." });
    await env.DB.batch(fill.map((sql) => env.DB.prepare(sql)));
  });

  it.each<[name: string, path: string, fields: Record<string, string> | undefined, words: string]>([
    ["the desk", "/curate", undefined, "Newest articles"],
    ["an article", "/curate/articles/the-curlew", undefined, "First."],
    [
      "the preview of an article",
      "/curate/articles",
      { title: "Curlew", text, mode: "new" },
      'value="about-the-curlew"',
    ],
    ["an event", "/curate/events/about-the-curlew", undefined, "The curlew came"],
    [
      "the preview of an event",
      "/curate/events/about-the-curlew",
      { title: "The curlew left", summary: "S.", date: "2016", actors: "curlew", mode: "new", revision: "1" },
      "Publish the correction",
    ],
  ])("%s is read from a bounded part of it", async (_, path, fields, words) => {
    const { status, page, reads } = await ask(path, fields);
    expect(status).toBe(200);
    expect(page).toContain(words);
    expect(page.length).toBeLessThan(100_000);
    expect(reads.queries).toBeLessThan(20);
    expect(reads.rows).toBeLessThan(3_000);
  });
});

describe("without a curators' token in the settings", () => {
  it.each(["/curate", "/curate/session", "/curate/events"])("%s says that the desk is not open", async (path) => {
    const { status, page } = await ask(path, undefined, { CURATOR_TOKEN: "" });
    expect(status).toBe(404);
    expect(page).toContain("CURATOR_TOKEN");
    expect(page).not.toContain("<form");
  });

  it("nobody can sign in, not even with an empty token", async () => {
    const { status, page } = await ask("/curate/session", { token: "", to: "/curate" }, { CURATOR_TOKEN: "" });
    expect([status, page.includes("<form")]).toEqual([404, false]);
  });
});

it("a new token ends the sessions of the old one", async () => {
  expect((await ask("/curate/events")).status).toBe(200);
  const { status, location } = await ask("/curate/events", undefined, { CURATOR_TOKEN: "another" });
  expect([status, location]).toEqual([303, "/curate/session?to=%2Fcurate%2Fevents"]);
});
