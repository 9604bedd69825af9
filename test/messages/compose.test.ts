/** Messages as they are made from what the outbox keeps. */
import { describe, expect, it } from "vitest";
import {
  articleMatched,
  damagedMessage,
  eventCorrected,
  eventRetracted,
  type MessageParts,
  makeDigestItem,
  makeDigests,
  makeMessage,
} from "../../src/messages/compose.ts";
import { MAX_MESSAGE, type MessageContent } from "../../src/messages/message-schema.ts";
import type { Match } from "../../src/query/explain.ts";
import type { Article } from "../../src/record/articles/article.ts";

const ORIGIN = "https://wire.example";

const ARTICLE: Article = {
  id: "a",
  log: 1,
  url: "https://paper.example/a",
  title: "A convoy",
  text: "The whole text.",
  summary: null,
  publisher: null,
  language: "en",
  published_at: "2016-09-22",
  dated_from: null,
  ours: [],
  added_at: "2016-09-22T18:30:00.000Z",
  updated_at: "2016-09-22T18:30:00.000Z",
  corrected: false,
  mode: "new",
  set_off: 1,
  events: [{ id: "e", date: "2016-09-19", title: "An event", names: ["place:aleppo"] }],
};
const MATCH: Match = {
  term: "convoy",
  means: "word",
  field: "title",
  text: "convoy",
  snippet: "A convoy",
  offset: 2,
  occurrences: 1,
};
const EVENT = { date: "2016-09-19", title: "An event", summary: "It happened." };

const partsOf = ({ type, data }: MessageContent, more: Partial<MessageParts> = {}): MessageParts => ({
  ...{ alert: "al_0_x", sequence: 7, origin: ORIGIN, at: Date.parse("2016-09-22T18:30:00Z"), query: "convoy" },
  ...{ type, data: JSON.stringify(data), remarks: null },
  ...more,
});
const linked = { id: "e", date: "2016-09-19", title: "An event", url: `${ORIGIN}/events/e` };

describe("a message", () => {
  it("about an article has what anyone may see of the article, links with the origin, and why", () => {
    expect(makeMessage(partsOf(articleMatched(ARTICLE, [MATCH])))).toEqual({
      type: "article.matched",
      timestamp: "2016-09-22T18:30:00.000Z",
      data: {
        alert: { id: "al_0_x", query: "convoy" },
        sequence: 7,
        article: {
          id: "a",
          url: "https://paper.example/a",
          title: "A convoy",
          publisher: null,
          published_at: "2016-09-22",
          language: "en",
          summary: null,
        },
        events: [linked],
        matches: [MATCH],
      },
    });
  });

  it.each<[string, MessageContent, object]>([
    ["correction", eventCorrected("e", EVENT, ["title"]), { changed: ["title"] }],
    ["retraction", eventRetracted("e", EVENT, "Entered twice."), { reason: "Entered twice." }],
  ])("about a %s has the event with its link", (_, content, more) => {
    expect(makeMessage(partsOf(content)).data).toMatchObject({
      event: { ...linked, summary: "It happened." },
      ...more,
    });
  });

  it("that is a digest has each item as it would have been sent alone", () => {
    const contents = [articleMatched(ARTICLE, [MATCH]), eventCorrected("e", EVENT, ["title"])];
    const items = contents.map((content) => makeDigestItem(partsOf(content)));
    const [data, ...more] = makeDigests("daily", items);
    expect(more).toEqual([]);
    const alone = contents.map((content) => {
      const { type, timestamp, data } = makeMessage(partsOf(content));
      const { alert: _, sequence: __, ...rest } = { sequence: 0, ...data };
      return { type, timestamp, ...rest };
    });
    const message = data && makeMessage(partsOf({ type: "alert.digest", data }));
    expect(message?.data).toEqual({
      alert: { id: "al_0_x", query: "convoy" },
      sequence: 7,
      digest: "daily",
      items: alone,
    });
  });

  it("that asks for a confirmation has no number", () => {
    const data = { challenge: "c", confirm_url: `${ORIGIN}/confirm` };
    const message = makeMessage(partsOf({ type: "alert.confirm", data }, { sequence: 0 }));
    expect(message.data).toEqual({ alert: { id: "al_0_x", query: "convoy" }, ...data });
  });

  it("has its remarks", () => {
    const remarks = { replay: true, omitted: { count: 3, since: "2016-09-22T00:00:00.000Z" } };
    const parts = partsOf({ type: "alert.test", data: {} }, { remarks: JSON.stringify(remarks) });
    expect(makeMessage(parts).data).toMatchObject(remarks);
  });

  it("keeps its own alert and number, whatever the data has", () => {
    const data = JSON.stringify({ alert: { id: "other", query: "other" }, sequence: 1 });
    expect(makeMessage(partsOf({ type: "alert.test", data: {} }, { data })).data).toEqual({
      alert: { id: "al_0_x", query: "convoy" },
      sequence: 7,
    });
  });
});

describe("a message that is damaged", () => {
  const matched = articleMatched(ARTICLE, [MATCH]).data;
  const event = { id: "e", url: "/events/e", ...EVENT };
  it.each<[string, unknown]>([
    ["article.matched", {}],
    ["article.matched", { articles: [] }],
    ["article.matched", { ...matched, matches: "convoy" }],
    ["article.matched", { ...matched, article: { id: "a", title: 7 } }],
    ["event.corrected", { event: { ...event, summary: null }, changed: [] }],
    ["event.corrected", { event }],
    ["event.retracted", { event }],
    ["alert.digest", { digest: "daily", items: [{ type: "article.matched", article: null }] }],
    ["alert.digest", { digest: "daily", items: [{ type: "unknown" }] }],
    ["alert.confirm", { challenge: "c" }],
    ["unknown", {}],
    ["article.matched", null],
    ["article.matched", "text"],
  ])("%s: is never made, and an item of it neither: %j", (type, data) => {
    const parts = { ...partsOf({ type: "alert.test", data: {} }), type, data: JSON.stringify(data) };
    expect(() => makeMessage(parts)).toThrow();
    expect(() => makeDigestItem(parts)).toThrow();
    expect(damagedMessage(parts)).toEqual({
      type,
      timestamp: "2016-09-22T18:30:00.000Z",
      damaged: true,
      data: { alert: { id: "al_0_x", query: "convoy" }, sequence: 7 },
    });
  });

  it("is named by its places, in one line", () => {
    const parts = partsOf({ type: "alert.test", data: {} }, { type: "event.retracted" });
    expect(() => makeMessage(parts)).toThrow(/^damaged at data\.event, data\.reason$/);
    expect(() => makeMessage({ ...parts, type: "unknown" })).toThrow(/^damaged at type$/);
  });

  it.each([
    ["data", { data: "{" }],
    ["remarks", { remarks: "{" }],
    ["remarks of another form", { remarks: '{"limit":{}}' }],
  ])("is never made: %s", (_, damage) => {
    expect(() => makeMessage(partsOf({ type: "alert.test", data: {} }, damage))).toThrow();
  });
});

describe("a message has at most 20 KB", () => {
  const query = "\u{1f600}".repeat(512);
  const origin = `https://${"x".repeat(250)}:65535`;
  const remarks = JSON.stringify({
    replay: true,
    limit: { per_day: 1_000_000, until: "2016-09-22T00:00:00.000Z" },
    omitted: { count: 1_000_000, since: "2016-09-22T00:00:00.000Z" },
  });
  const bytes = (content: MessageContent): number =>
    new TextEncoder().encode(JSON.stringify(makeMessage(partsOf(content, { query, origin, remarks })))).length;
  const many = (count: number): Article["events"] =>
    Array.from({ length: count }, (_, i) => ({ id: `${i}`.padStart(100, "e"), date: "2016", title: "t", names: [] }));
  const long = (count: number): Match[] =>
    Array.from({ length: count }, () => ({ ...MATCH, snippet: "حلب".repeat(100) }));

  it.each([
    [0, 0, 0, 0, undefined],
    [10, 10, 10, 10, undefined],
    [50, 2, 10, 2, true],
    [10, 25, 0, 25, true],
    [10, 40, 0, 40, true],
  ])("%i events, %i matches: %i events and %i matches are sent", (events, matches, someEvents, someMatches, cut) => {
    const content = articleMatched({ ...ARTICLE, events: many(events) }, long(matches));
    expect(bytes(content)).toBeLessThanOrEqual(MAX_MESSAGE);
    const { data } = makeMessage(partsOf(content));
    expect(data).toMatchObject({ events: { length: someEvents }, matches: { length: someMatches } });
    expect(Reflect.get(data, "truncated")).toBe(cut);
  });

  it("a digest is sent in as many parts as are needed", () => {
    const content = articleMatched({ ...ARTICLE, events: many(10) }, long(5));
    const items = Array.from({ length: 9 }, () => makeDigestItem(partsOf(content)));
    const parts = makeDigests("hourly", items);
    expect(parts.flatMap((part) => part.items)).toEqual(items);
    expect(parts.length).toBeGreaterThan(1);
    for (const [i, data] of parts.entries()) {
      expect(data.part).toEqual({ number: i + 1, of: parts.length });
      expect(bytes({ type: "alert.digest", data })).toBeLessThanOrEqual(MAX_MESSAGE);
    }
  });
});
