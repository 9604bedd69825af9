/**
 * One predicate everywhere: every query of the case tables against every text of them. Compares the naive matcher,
 * full-text search, a filtered feed and an alert, all but the first through the public API.
 */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parseQuery } from "../../src/query/grammar.ts";
import { match } from "../../src/query/match.ts";
import type { Vocabulary } from "../../src/query/names.ts";
import { type AnalysedText, analyse, type Matchable } from "../../src/query/text.ts";
import { followed } from "../alerts/support.ts";
import { addArticle, call, json, putEvent, putName, vocabulary } from "../client.ts";
import { texts as randomTexts, requiredSketches, show } from "./arbitrary.ts";
import { MATCH_CASES, matchable } from "./cases.ts";
import { NAMES } from "./vocabulary.ts";

/** A text of the cases on record: an article, or an event if it has names of its own. */
interface Recorded {
  id: string;
  kind: "articles" | "events";
  text: Matchable;
  analysed: AnalysedText;
}

/** The record requires a title and a text. This one has no word. */
const EMPTY = "—";

/** The ways in which a query finds items on record, and which items. Alerts are for articles. */
const WAYS = [
  ["articles", "search", (query: string) => listed("/api/articles", "articles", query)],
  ["articles", "the filtered feed", (query: string) => listed("/articles.json", "items", query)],
  ["articles", "an alert", (query: string) => alerted(query)],
  ["events", "search", (query: string) => listed("/api/events", "events", query)],
  ["events", "the filtered feed", (query: string) => listed("/feed.json", "items", query)],
] as const;

// The cases, and some random queries that are the same in each run.
const RANDOM = { numRuns: 20, seed: 1 };
const queries = [
  ...new Set([...MATCH_CASES.map(([, query]) => query), ...fc.sample(requiredSketches, RANDOM).map(show)]),
];
const articles = fc.sample(randomTexts, RANDOM).map(({ about, ...text }): Matchable => text);
const texts = new Map<string, Recorded>();
const alerts = new Map<string, { id: string; token: string }>();
let names: Vocabulary;

const keyOf = (text: Partial<Matchable>): string => JSON.stringify(matchable(text));

beforeAll(async () => {
  for (const { id, spellings, capitals, proper = [], hides } of NAMES) {
    const [label = id, ...other] = spellings;
    await putName(id, {
      ...{ label, spellings: { other }, capitals: [...capitals], proper: [...proper] },
      hides: [...hides],
    });
  }
  names = (await vocabulary()).vocabulary;
  // Before the texts, since an alert sees only what is added after it.
  await inTurns(queries, async (query) => alerts.set(query, await registerFeed(query)));
  const all = [...MATCH_CASES.map(([, , text]) => matchable(text)), ...articles];
  const different = [...new Map(all.map((text) => [keyOf(text), text]))];
  await inTurns([...different.entries()], async ([i, [key, text]]) => texts.set(key, await record(text, `text-${i}`)));
  await followed();
}, 300_000);

describe("a query means the same everywhere", () => {
  it("the naive matcher agrees with the cases", () => {
    for (const [name, query, text, matches] of MATCH_CASES) {
      const recorded = texts.get(keyOf(text));
      expect([name, recorded && naive(query, recorded.kind).includes(recorded.id)]).toEqual([name, matches]);
    }
  });

  it.each(WAYS)("%s: finds in %s what the naive matcher finds", async (kind, _, find) => {
    const found = await inTurns(queries, async (query) => [query, await find(query)]);
    expect(found).toEqual(queries.map((query) => [query, naive(query, kind)]));
  });

  it("every text was an article if possible, otherwise an event", () => {
    for (const { kind, text } of texts.values()) expect(kind).toBe(text.about === undefined ? "articles" : "events");
    const found = (kind: Recorded["kind"]) => queries.flatMap((query) => naive(query, kind)).length;
    expect([found("articles") > MATCH_CASES.length, found("events") > 0]).toEqual([true, true]);
  });
});

/** Returns what the predicate finds among all texts of a kind, without an index. */
function naive(query: string, kind: Recorded["kind"]): string[] {
  const { tree } = parseQuery(query, names);
  const found = [...texts.values()].filter((each) => each.kind === kind && match(tree, each.analysed));
  return found.map(({ id }) => id).sort();
}

async function record(text: Matchable, id: string): Promise<Recorded> {
  const { title, text: body, publisher = null, language = null, names: linked = [], about } = text;
  if (about !== undefined) {
    await putEvent(id, { ...slugs(about), title: title || EMPTY, summary: body || EMPTY });
    // Events are written in English.
    return { id, kind: "events", text, analysed: analyse({ ...text, language: "en" }, names) };
  }
  // An article has the names of the events that it reports.
  const events = linked.length > 0 ? [`of-${id}`] : [];
  for (const event of events) await putEvent(event, { ...slugs(linked), title: EMPTY, summary: EMPTY });
  await addArticle(id, { title: title || EMPTY, text: body || EMPTY, publisher, language, events });
  return { id, kind: "articles", text, analysed: analyse(text, names) };
}

/** Runs a function for each item, a few at a time. */
async function inTurns<T, R>(all: readonly T[], work: (each: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let i = 0; i < all.length; i += 10) done.push(...(await Promise.all(all.slice(i, i + 10).map(work))));
  return done;
}

/** Converts full ids to the fields of an event. */
function slugs(ids: readonly string[]) {
  const of = (kind: string) => ids.filter((id) => id.startsWith(kind)).map((id) => id.slice(kind.length));
  return { places: of("place:"), actors: of("actor:"), topics: of("topic:") };
}

async function registerFeed(query: string): Promise<{ id: string; token: string }> {
  const init = { method: "POST", body: JSON.stringify({ query, channel: { type: "feed" } }) };
  return json(call("/api/alerts", { ...init, headers: { "content-type": "application/json" } }), 201);
}

/** Returns the ids of all items that match a query, page by page, without events that only provide names. */
async function listed(path: string, items: string, query: string): Promise<string[]> {
  const ids: string[] = [];
  let next: string | null = `${path}?limit=50&q=${encodeURIComponent(query)}`;
  while (next) {
    const page: Record<string, unknown> = await json(call(next));
    const found = page[items];
    if (!Array.isArray(found)) throw new Error(`no ${items} in ${path}`);
    ids.push(...found.map(({ id }: { id: string }) => id.replace(/^parley:[a-z]+:/, "")));
    const url = page["next_url"];
    next = typeof url === "string" ? url.slice(new URL(url).origin.length) : null;
  }
  return ids.filter((id) => id.startsWith("text-")).sort();
}

/** Returns the ids of the articles that a query's alert received, in the order of its messages. */
async function alerted(query: string): Promise<string[]> {
  const { id, token } = alerts.get(query) ?? { id: "", token: "" };
  const path = `/api/alerts/${id}/deliveries?limit=200`;
  const { latest, deliveries } = await json<{ latest: number; deliveries: Delivery[] }>(
    call(path, { headers: { authorization: `Bearer ${token}` } }),
  );
  expect(deliveries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: latest }, (_, i) => i + 1));
  return deliveries.map(({ message }) => message.data.article.id).sort();
}

interface Delivery {
  sequence: number;
  message: { data: { article: { id: string } } };
}
