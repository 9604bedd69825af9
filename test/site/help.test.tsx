import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { beforeAll, describe, expect, it } from "vitest";
import { SAMPLE_SECRET, sampleData, sampleRequest } from "../../src/alerts/sample.ts";
import { readArticles } from "../../src/record/articles/read-articles.ts";
import { NEWEST, readHead } from "../../src/record/log.ts";
import { readQuery } from "../../src/record/search/read-query.ts";
import { type CountedExample, countExamples, makeExamples } from "../../src/site/help/examples.ts";
import { selectEvents } from "../../src/site/timeline/selection.ts";
import worker from "../../src/worker.ts";
import { addArticle, call, json, ORIGIN, putEvent, putName, putNames, vocabulary } from "../client.ts";

const page = async (search = ""): Promise<string> => {
  const answer = await call(`/help${search}`, { headers: { accept: "text/html" } });
  expect(answer.status).toBe(200);
  return answer.text();
};

const examples = async (): Promise<CountedExample[]> => {
  const names = await vocabulary();
  const { events } = await selectEvents(env.DB, await readHead(env.DB), names, undefined);
  const articles = await readArticles(env.DB, { before: NEWEST, limit: 200, feed: true, texts: false });
  return countExamples(events, articles, names);
};

it("an empty record has help with generic examples", async () => {
  const names = await vocabulary();
  expect(makeExamples([], [], names).map(({ source }) => source)).toContain("harbour truce");
  expect(await page()).toContain("harbour truce");
});

describe("the examples", () => {
  beforeAll(async () => {
    await putNames();
    await putName("actor:quoted", { label: 'The "AND" OR (group)', spellings: { en: ["-quoted)"] } });
    await addArticle("help-lantern", {
      title: "Lantern talks",
      text: "The ISSG met. A truce in Aleppo, it said, would hold. Don't <b>wait</b>.",
      publisher: "The Lantern Courier",
      language: "fr",
    });
    await putEvent("help-lantern-held", {
      title: "Envoys discuss harbour lights in Aleppo",
      summary: "The ISSG and the US spoke of a truce.",
      places: ["aleppo"],
      actors: ["issg", "united-states", "quoted"],
      topics: ["ceasefire"],
      articles: ["help-lantern"],
    });
  });

  it("use the record's own names and words, one for each feature of the language", async () => {
    expect((await examples()).map(({ source }) => source)).toEqual([
      "aleppo ceasefire",
      "issg OR united states",
      "ceasefire -aleppo",
      "(issg OR united states) talks",
      '"discuss harbour"',
      "discuss NEAR/8 harbour",
      "discu*",
      "title:discuss",
      "place:aleppo",
      "actor:issg",
      "topic:ceasefire",
      "us",
      'publisher:"the lantern courier"',
      "lang:fr",
    ]);
  });

  it("have the counts that their links show", async () => {
    const all = await examples();
    const found = await Promise.all(
      all.map(async ({ source, of, query }) => {
        const search = new URLSearchParams({ q: query.canonical });
        const listed = await json<Record<string, unknown[]>>(call(`/api/${of}?${search}`));
        return [source, listed[of]?.length];
      }),
    );
    expect(all.map(({ source, found }) => [source, found])).toEqual(found);
    expect(all.filter(({ found }) => found > 0).length).toBeGreaterThan(10);
  });

  it("show how they are read, and follow changes of the record", async () => {
    const before = await page();
    expect(before).toContain("Read as Aleppo, Ceasefire. Finds 1 event.");
    expect(before).toContain('href="/?q=aleppo+ceasefire"');
    await putEvent("help-lantern-again", { title: "A second truce", places: ["aleppo"], topics: ["ceasefire"] });
    expect(await page()).toContain("Finds 2 events.");
  });
});

describe("the input to try a query", () => {
  it("shows how a query is read, and how many events it finds", async () => {
    const text = await page("?q=issg");
    expect(text).toContain("International Syria Support Group in any spelling");
    expect(text).toMatch(/It finds <a href="\/\?q=issg">1 event<\/a>/);
    expect(text).toContain('href="/alerts/new?q=issg"');
  });

  it("shows an error and keeps the input as text", async () => {
    const text = await page(`?q=${encodeURIComponent('"<script>alert(1)</script>')}`);
    expect(text).toContain("never closed");
    expect(text).not.toContain("<script>alert");
    expect(text).toContain("&lt;script>alert(1)&lt;/script>");
  });
});

describe("the sample message", () => {
  it("is the message of an alert, and its secret verifies it", async () => {
    const names = await vocabulary();
    const query = readQuery("aleppo ceasefire", names, "q");
    const data = await sampleData(env.DB, names, query);
    if (data === undefined) throw new Error("there is no sample");
    const { headers, body } = await sampleRequest(data, query, ORIGIN, Date.now());
    expect(new Webhook(SAMPLE_SECRET).verify(body, { ...headers })).toMatchObject({
      type: "article.matched",
      data: {
        alert: { query: "aleppo ceasefire" },
        sequence: 1,
        article: { id: "help-lantern", publisher: "The Lantern Courier" },
        events: [{ url: `${ORIGIN}/events/help-lantern-held` }],
        matches: [{ term: "aleppo", means: "place:aleppo", text: "Aleppo" }, { term: "ceasefire" }],
      },
    });
    expect(() => new Webhook(SAMPLE_SECRET).verify(`${body} `, { ...headers })).toThrow();
  });

  it("is shown with its headers, and as a shell command with correct quoting", async () => {
    const text = await page();
    expect(text).toContain("content-type: application/json");
    expect(text).toMatch(/webhook-signature: v1,[\w+/]{43}=/);
    expect(text).toContain("Don'\\''t &lt;b>wait");
  });

  it("is absent if no article matches", async () => {
    const names = await vocabulary();
    expect(await sampleData(env.DB, names, readQuery("zeppelin", names, "q"))).toBeUndefined();
  });
});

it("needs few D1 queries, and at most one while the record does not change", async () => {
  let asked = 0;
  const DB = new Proxy(env.DB, {
    get(db, key) {
      if (key === "prepare") asked++;
      const value: unknown = Reflect.get(db, key);
      return typeof value === "function" ? value.bind(db) : value;
    },
  });
  const ask = async () => {
    asked = 0;
    const context = createExecutionContext();
    const request = new Request(`${ORIGIN}/help?q=aleppo`) as Parameters<typeof worker.fetch>[0];
    expect((await worker.fetch(request, { ...env, DB }, context)).status).toBe(200);
    await waitOnExecutionContext(context);
    return asked;
  };
  const cold = await ask();
  expect(cold).toBeGreaterThan(3);
  expect(cold).toBeLessThanOrEqual(10);
  expect(await ask()).toBeLessThanOrEqual(1);
});
