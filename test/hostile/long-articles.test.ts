/** An event with the maximum number and length of articles. Writing it is cheap, and its names find the articles. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { MAX_TEXT } from "../../src/record/articles/article.ts";
import worker from "../../src/worker.ts";
import { Counter } from "../bench/feeds/counted.ts";
import { addArticle, CURATOR, call, event, json, ORIGIN, putName } from "../client.ts";

const ARTICLES = 100;
const IDS = Array.from({ length: ARTICLES }, (_, i) => `long-${i}`);
/** D1 queries of an invocation on the free plan. */
const MOST_QUERIES = 50;
/** Maximum time in ms on a machine without other load. The best of a few runs counts. */
const MOST_TIME = 500;
const TRIES = 5;

const words = Array.from({ length: 4000 }, (_, i) => `w${((i * 7919) % 1_000_003).toString(36)}`).join(" ");
const text = `${words} `.repeat(Math.floor(MAX_TEXT / (words.length + 1)));

beforeAll(async () => {
  for (const slug of ["first-town", "second-town"]) await putName(`place:${slug}`, { label: slug });
  await putName("topic:long-talks", { label: "Long talks" });
  for (const id of IDS) await addArticle(id, { text });
});

/** Sends a curator's request and counts its D1 queries and its time. */
async function measured(method: "PUT" | "DELETE", body: unknown) {
  const counter = new Counter();
  const context = createExecutionContext();
  const init = {
    method,
    headers: { ...CURATOR, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const request = new Request(`${ORIGIN}/api/events/of-long-ones`, init);
  const begun = performance.now();
  const response = await worker.fetch(request, { ...env, DB: counter.database(env.DB) }, context);
  await response.text();
  const time = performance.now() - begun;
  await waitOnExecutionContext(context);
  expect(response.ok).toBe(true);
  return { queries: counter.reads.queries, time };
}

/** Returns the ids of all articles that a query finds. */
async function found(q: string): Promise<string[]> {
  const ids: string[] = [];
  let next: string | null = `/api/articles?limit=100&q=${encodeURIComponent(q)}`;
  while (next !== null) {
    const page: { articles: { id: string }[]; next_url: string | null } = await json(call(next));
    ids.push(...page.articles.map(({ id }) => id));
    next = page.next_url === null ? null : page.next_url.slice(ORIGIN.length);
  }
  return ids.sort();
}

it("a new event, corrections and a retraction stay within the limits and move the articles to other names", async () => {
  const costs: { queries: number; time: number }[] = [];
  const put = async (place: string, title: string) => {
    costs.push(await measured("PUT", event({ title, places: [place], topics: ["long-talks"], articles: IDS })));
  };
  for (let i = 0; i < TRIES; i++) await put(i % 2 === 0 ? "first-town" : "second-town", `Title ${i}`);
  expect(await found("place:first-town")).toEqual([...IDS].sort());
  expect(await found("place:second-town topic:long-talks")).toEqual([]);
  costs.push(await measured("DELETE", { reason: "It never happened." }));
  expect(await found("place:first-town")).toEqual([]);
  expect(Math.max(...costs.map(({ queries }) => queries))).toBeLessThanOrEqual(MOST_QUERIES);
  expect(Math.min(...costs.map(({ time }) => time))).toBeLessThanOrEqual(MOST_TIME);
});
