import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { ArticleInput } from "../../src/record/articles/article.ts";
import { readArticle } from "../../src/record/articles/read-articles.ts";
import {
  addArticle,
  article,
  call,
  count,
  curate,
  entriesOf,
  head,
  json,
  type ProblemBody,
  putEvent,
  putNames,
} from "../client.ts";

const withoutId = ({ id: _, ...rest }: ArticleInput) => rest;

describe("an article sent twice is one article", () => {
  const url = (name: string) => `https://paper.example/${name}`;
  const cases: [name: string, first: object, again: object][] = [
    ["same id", article("same-id"), article("same-id")],
    ["same id, another text", article("same-id-2"), article("same-id-2", { text: "Another." })],
    ["same id, another URL", article("same-id-3", { url: url("3") }), article("same-id-3", { url: url("other") })],
    ["same URL, another id", article("url-1", { url: url("1") }), article("url-1b", { url: url("1") })],
    [
      "same URL, no id",
      withoutId(article("x", { url: url("2") })),
      withoutId(article("x", { url: url("2"), title: "Later" })),
    ],
    [
      "same URL, written otherwise",
      article("url-4", { url: "https://PAPER.example:443/a/../4" }),
      withoutId(article("x", { url: url("4") })),
    ],
    ["same content, no id, no URL", withoutId(article("content-1")), withoutId(article("content-1"))],
  ];

  it.each(cases)("%s", async (_, first, again) => {
    const added = await json<{ id: string; log: number }>(curate("POST", "/api/articles", first), 201);
    const end = await head();
    expect(await json(curate("POST", "/api/articles", again), 200)).toEqual(added);
    expect(await head()).toBe(end);
    expect(await entriesOf(added.id)).toHaveLength(1);
  });

  it.each([
    ["same id", () => article("at-once-id")],
    ["same URL", (i: number) => article(`at-once-url-${i}`, { url: url("at-once") })],
    ["same content", () => withoutId(article("at-once-content"))],
  ])("%s, many at once", async (_, body) => {
    const end = await head();
    const answers = await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        const response = await curate("POST", "/api/articles", body(i));
        return { status: response.status, ...(await response.json<{ id: string; log: number }>()) };
      }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 11 }, () => 200), 201]);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(new Set(answers.map(({ log }) => log))).toEqual(new Set([end + 1]));
    expect(await head()).toBe(end + 1);
  });

  it("without id and URL, another text is another article", async () => {
    const first = await json<{ id: string }>(curate("POST", "/api/articles", withoutId(article("content-2"))), 201);
    const body = withoutId(article("content-2", { text: "Another." }));
    expect((await json<{ id: string }>(curate("POST", "/api/articles", body), 201)).id).not.toBe(first.id);
  });
});

describe("an article put under its id", () => {
  const put = (id: string, body: ArticleInput) => curate("PUT", `/api/articles/${id}`, body);

  it("is created, then the same, then corrected", async () => {
    const body = article("put", { publisher: "The Paper", language: "en" });
    const created = await json<{ log: number; outcome: string }>(put("put", body), 201);
    expect(created.outcome).toBe("created");
    const end = await head();
    expect(await json(put("put", body), 200)).toMatchObject({ log: created.log, outcome: "same" });
    expect(await head()).toBe(end);
    const corrected = await json(put("put", { ...body, title: "Corrected" }), 200);
    expect(corrected).toMatchObject({ log: created.log, outcome: "corrected" });
    expect((await entriesOf("put")).map((entry) => entry.kind)).toEqual(["article.added", "article.corrected"]);
  });

  it("keeps its place, its address and its moment on the wire when corrected", async () => {
    await addArticle("stays", { url: "https://paper.example/stays", added_at: "2016-10-01T00:00:00Z" });
    const before = await readArticle(env.DB, "stays");
    await json(put("stays", article("stays", { text: "Corrected." })), 200);
    const after = await readArticle(env.DB, "stays");
    expect(after).toMatchObject({ text: "Corrected.", corrected: true });
    expect([after?.log, after?.url, after?.added_at]).toEqual([before?.log, before?.url, before?.added_at]);
  });

  it("with another line between title and text is another article", async () => {
    const one = await json<{ id: string }>(
      curate("POST", "/api/articles", withoutId(article("x", { title: "a", text: "b\nc" }))),
      201,
    );
    const two = await json<{ id: string }>(
      curate("POST", "/api/articles", withoutId(article("x", { title: "a\nb", text: "c" }))),
      201,
    );
    expect(one.id).not.toBe(two.id);
  });

  it("refuses another address and other events, and says where they belong", async () => {
    await addArticle("links-stay", { url: "https://paper.example/links-stay" });
    await putEvent("not-linked");
    const end = await head();
    const body = article("links-stay", { url: "https://paper.example/moved", events: ["not-linked"] });
    const { errors } = await json<ProblemBody>(put("links-stay", body), 400);
    expect(errors?.map(({ path }) => path)).toEqual(["url", "events.0"]);
    expect(await head()).toBe(end);
  });

  it("keeps its mode if none is given", async () => {
    await addArticle("quiet", { mode: "silent" });
    expect(await json(put("quiet", article("quiet")), 200)).toMatchObject({ outcome: "same" });
    await json(put("quiet", article("quiet", { title: "Corrected" })), 200);
    expect((await readArticle(env.DB, "quiet"))?.mode).toBe("silent");
  });

  it("is refused if another article has its URL", async () => {
    await addArticle("owner", { url: "https://paper.example/owned" });
    const end = await head();
    const { detail } = await json<ProblemBody>(
      put("thief", article("thief", { url: "https://paper.example/owned" })),
      409,
    );
    expect(detail).toContain('"owner"');
    expect(await head()).toBe(end);
  });

  it("is one article if many requests put the same at once, and none is refused", async () => {
    const body = article("put-at-once");
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await put("put-at-once", body)).status));
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 200)).toHaveLength(7);
    expect(await entriesOf("put-at-once")).toHaveLength(1);
  });
});

describe("links between articles and events", () => {
  const eventsOf = async (id: string) => (await json<{ events: string[] }>(call(`/api/articles/${id}`))).events;
  const articlesOf = async (id: string) => (await json<{ articles: string[] }>(call(`/api/events/${id}`))).articles;

  it("an article that names events is among their sources", async () => {
    await putEvent("named-1");
    await putEvent("named-2");
    await addArticle("names-two", { events: ["named-1", "named-2", "named-1"] });
    expect(await eventsOf("names-two")).toEqual(["named-1", "named-2"]);
    expect(await articlesOf("named-1")).toEqual(["names-two"]);
  });

  it("an event that lists articles is among their events", async () => {
    await addArticle("listed-1");
    await addArticle("listed-2");
    await putEvent("lists", { articles: ["listed-2", "listed-1"] });
    expect(await eventsOf("listed-1")).toEqual(["lists"]);
    expect(await articlesOf("lists")).toEqual(["listed-1", "listed-2"]);
  });

  it("a correction of an event removes links that it no longer lists, but not links that an article made", async () => {
    await putEvent("fickle");
    await addArticle("fickle-listed");
    await addArticle("fickle-own", { events: ["fickle"] });
    await putEvent("fickle", { articles: ["fickle-listed", "fickle-own"] }, 200);
    expect(await articlesOf("fickle")).toEqual(["fickle-listed", "fickle-own"]);
    await putEvent("fickle", { articles: [] }, 200);
    expect(await articlesOf("fickle")).toEqual(["fickle-own"]);
    expect(await eventsOf("fickle-listed")).toEqual([]);
  });

  it("an article does not list a retracted event, and lists a restored one again", async () => {
    await addArticle("tells");
    await putEvent("told", { articles: ["tells"] });
    await json(curate("DELETE", "/api/events/told", { reason: "It did not happen." }));
    expect(await eventsOf("tells")).toEqual([]);
    await putEvent("told", { articles: ["tells"] }, 200);
    expect(await eventsOf("tells")).toEqual(["told"]);
  });

  it("unknown events are refused, each with its position, and nothing is stored", async () => {
    await putEvent("known");
    const end = await head();
    const body = article("refused", { events: ["known", "unknown-1", "unknown-2"] });
    const { errors } = await json<ProblemBody>(curate("POST", "/api/articles", body), 400);
    expect(errors?.map(({ path }) => path)).toEqual(["events.1", "events.2"]);
    expect(errors?.[0]?.message).toContain("unknown-1");
    expect([await head(), await count("articles WHERE id = 'refused'")]).toEqual([end, 0]);
  });
});

describe("the stored article", () => {
  it("has everything that was sent, with times in UTC and days as days", async () => {
    await putNames();
    const sent = {
      url: "https://paper.example/all",
      publisher: "Le Journal",
      language: "fr",
      summary: "Our own words.",
      dated_from: "The page's header",
      ours: ["title" as const],
    };
    await addArticle("all", { ...sent, published_at: "2016-09-22T20:30:00+02:00" });
    expect(await readArticle(env.DB, "all")).toMatchObject({ ...sent, published_at: "2016-09-22T18:30:00.000Z" });
    await addArticle("day", { published_at: "2016-09-22" });
    expect((await readArticle(env.DB, "day"))?.published_at).toBe("2016-09-22");
    await addArticle("unknown-time", { published_at: null });
    expect((await readArticle(env.DB, "unknown-time"))?.published_at).toBeNull();
  });

  it("has no invented publisher, URL or language", async () => {
    await addArticle("bare");
    expect(await readArticle(env.DB, "bare")).toMatchObject({
      url: null,
      publisher: null,
      language: null,
      summary: null,
    });
  });

  it("has texts in any script, with special characters of SQL, JSON and XML", async () => {
    const text = `حلب'; DROP TABLE articles; -- "]]>" \u{1f54a} \\u0041 ${"ß".repeat(1000)}`;
    await addArticle("signs", { text, title: text.slice(0, 200) });
    expect(await readArticle(env.DB, "signs")).toMatchObject({ text, title: text.slice(0, 200) });
  });

  it("has no characters that a feed cannot hold", async () => {
    const title = "A\u0000B\u001f \ud800 \ufffe\tC\r\nD\rE";
    await addArticle("unprintable", { title });
    expect((await readArticle(env.DB, "unprintable"))?.title).toBe("AB \ufffd \tC\nD\nE");
  });
});
