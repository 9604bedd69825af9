import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Replayed } from "../../src/alerts/alert-answers.ts";
import { json } from "../client.ts";
import { ask, look, messagesAt, refusal, registerFor, startClock } from "./owner.ts";
import {
  type Alert,
  addArticle,
  CURATOR,
  call,
  deliveries,
  putNames,
  quiet,
  registerConfirmed,
  settled,
  stopClock,
} from "./support.ts";

const HOUR = 60 * 60 * 1000;
/** The log's time never goes back, so that each test has a day of its own, after all of today. */
let day = Date.now() + 24 * HOUR;

beforeAll(putNames);
beforeEach(() => {
  day += 48 * HOUR;
  stopClock(day);
});
afterAll(startClock);

/** A time of the test's day. */
const at = (hours: number): string => new Date(day + hours * HOUR).toISOString();

/** Articles with this text, one an hour from `at(1)` on; their ids in that order. */
async function addHourly(texts: readonly string[], more: Record<string, unknown> = {}): Promise<string[]> {
  const ids: string[] = [];
  for (const [i, text] of texts.entries()) {
    vi.setSystemTime(day + (i + 1) * HOUR);
    ids.push((await addArticle(text, more)).id);
  }
  return ids;
}

const replay = (alert: Alert, since: string, until?: string, before?: number | null): Promise<Replayed> =>
  json(ask(alert, "POST", "/replay", { since, until, ...(before && { before }) }), 202);

interface Told {
  sequence: number;
  article: string;
  replay: boolean;
}

/** What the messages at a receiver tell, in the order of their numbers. */
async function toldAt(name: string): Promise<Told[]> {
  const messages: { data: { sequence: number; article: { id: string }; replay?: true } }[] = JSON.parse(
    JSON.stringify(await messagesAt(name)),
  );
  return messages
    .map(({ data: { sequence, article, replay } }) => ({ sequence, article: article.id, replay: replay === true }))
    .sort((a, b) => a.sequence - b.sequence);
}

describe("a replay", () => {
  it("sends what would have matched before the alert was there: new numbers, marked, the oldest first", async () => {
    const [first, second] = await addHourly(["A bassoon.", "Bassoons.", "An oboe."]);
    const alert = await registerConfirmed("past", "bassoon");
    const { id: third } = await addArticle("A new bassoon.");
    await settled(alert, 1);
    expect(await replay(alert, at(0), at(2.5))).toEqual({ count: 2, complete: true, before: null });
    await settled(alert, 3);
    const { id: fourth } = await addArticle("A newer bassoon.");
    await settled(alert, 4);
    expect(await toldAt("past")).toEqual([
      { sequence: 1, article: third, replay: false },
      { sequence: 2, article: first, replay: true },
      { sequence: 3, article: second, replay: true },
      { sequence: 4, article: fourth, replay: false },
    ]);
  });

  it("says what a message of the time would have said", async () => {
    const [id] = await addHourly(["A clarinet in Halab."], {
      summary: "Music.",
      url: "https://courier.example/clarinet",
    });
    const alert = await registerConfirmed("as-then", "clarinet aleppo");
    await replay(alert, at(0));
    await settled(alert, 1);
    const [message] = await messagesAt("as-then");
    expect(message).toMatchObject({
      type: "article.matched",
      data: {
        alert: { id: alert.id, query: "aleppo clarinet" },
        sequence: 1,
        replay: true,
        article: { id, summary: "Music.", url: "https://courier.example/clarinet" },
        matches: [
          { term: "aleppo", means: "place:aleppo", text: "Halab" },
          { term: "clarinet", text: "clarinet" },
        ],
      },
    });
  });

  it.each<[name: string, since: number, until: number | undefined, hours: number[]]>([
    ["since a time", 3, undefined, [3, 4, 5]],
    ["until a time", 0, 2, [1, 2]],
    ["both included", 2, 4, [2, 3, 4]],
    ["in between", 2.5, 3.5, [3]],
    ["none that early", -2, 0.5, []],
    ["none that late", 6, undefined, []],
    ["the wrong way round", 4, 2, []],
  ])("takes only what came onto the wire in that time: %s", async (name, since, until, hours) => {
    const word = `trombone${name.replaceAll(" ", "")}`;
    const ids = await addHourly(Array.from({ length: 5 }, (_, i) => `${word} ${i}.`));
    const alert = await registerConfirmed(word, word);
    const replayed = await replay(alert, at(since), until === undefined ? undefined : at(until));
    expect(replayed).toEqual({ count: hours.length, complete: true, before: null });
    await settled(alert, hours.length);
    expect((await toldAt(word)).map(({ article }) => article)).toEqual(hours.map((hour) => ids[hour - 1]));
  });

  it("takes times with any offset", async () => {
    const [first] = await addHourly(["A cornet."]);
    const alert = await registerConfirmed("offset", "cornet");
    const until = new Date(day + 3 * HOUR).toISOString().replace("Z", "+02:00");
    expect(await replay(alert, at(0.5).replace("Z", "-00:00"), until)).toMatchObject({ count: 1 });
    await settled(alert, 1);
    expect(await toldAt("offset")).toMatchObject([{ article: first }]);
  });

  it("has historic articles, and none that are silent", async () => {
    const [historic] = await addHourly(["A harp of old."], { mode: "historic" });
    await addArticle("A silent harp.", { mode: "silent" });
    const alert = await registerConfirmed("modes", "harp");
    expect(await replay(alert, at(0))).toMatchObject({ count: 1 });
    await settled(alert, 1);
    expect(await toldAt("modes")).toEqual([{ sequence: 1, article: historic, replay: true }]);
  });

  it("can be asked for again: the same articles, other numbers", async () => {
    const ids = await addHourly(["A lute.", "Lutes."]);
    const alert = await registerConfirmed("twice", "lute");
    await replay(alert, at(0));
    await replay(alert, at(0));
    await settled(alert, 4);
    expect((await toldAt("twice")).map(({ article }) => article)).toEqual([...ids, ...ids]);
  });

  it("follows the query as it is now", async () => {
    await addHourly(["A mandolin.", "A zither."]);
    const alert = await registerConfirmed("query-now", "mandolin");
    await json(ask(alert, "PATCH", "", { query: "zither" }));
    expect(await replay(alert, at(0))).toMatchObject({ count: 1 });
    await settled(alert, 1);
    expect(await messagesAt("query-now")).toMatchObject([{ data: { alert: { query: "zither" } } }]);
  });

  it("goes to a feed", async () => {
    const [first, second] = await addHourly(["A feed banjo.", "More feed banjos."]);
    const alert = await registerFor("feed banjo", { type: "feed" });
    expect(await replay(alert, at(0))).toMatchObject({ count: 2 });
    expect(await deliveries(alert)).toMatchObject([
      { sequence: 1, status: "delivered", message: { data: { article: { id: first }, replay: true } } },
      { sequence: 2, status: "delivered", message: { data: { article: { id: second }, replay: true } } },
    ]);
  });

  it("makes its readers ones who are told of corrections", async () => {
    const [id] = await addHourly(["A viola."]);
    const alert = await registerConfirmed("corrected-replay", "viola");
    await replay(alert, at(0));
    await settled(alert, 1);
    const event = { date: "2016", title: "A concert", places: [], actors: [], topics: [], articles: [id] };
    await call("PUT", "/api/events/concert", { ...event, summary: "They played." }, CURATOR);
    await call("PUT", "/api/events/concert", { ...event, summary: "They sang." }, CURATOR);
    const listed = await settled(alert, 2);
    expect(listed[1]).toMatchObject({ type: "event.corrected", message: { data: { changed: ["summary"] } } });
  });
});

describe("a replay that is too much for one go", () => {
  it("says where to go on, and the rest comes when it is asked for", async () => {
    // A query of many terms is held against less text: 32 of them against a million characters.
    const query = ["cello", ...Array.from({ length: 31 }, (_, i) => `nowhere${i}`)].join(" OR ");
    const ids = await addHourly(Array.from({ length: 7 }, (_, i) => `Cello ${i}. ${"la ".repeat(80_000)}`));
    const alert = await registerConfirmed("too-much", query);
    const newest = await replay(alert, at(0));
    expect(newest).toEqual({ count: 5, complete: false, before: expect.any(Number) });
    const rest = await replay(alert, at(0), undefined, newest.before);
    expect(rest).toEqual({ count: 2, complete: true, before: null });
    await settled(alert, 7);
    const articles = (await toldAt("too-much")).map(({ article }) => article);
    expect(articles).toEqual([...ids.slice(2), ...ids.slice(0, 2)]);
  });
});

describe("a replay while new articles come", () => {
  it("no number is missing, every new article is sent once, every past one as well", async () => {
    const past = await addHourly(Array.from({ length: 6 }, (_, i) => `Timpani ${i}.`));
    vi.setSystemTime(day + 12 * HOUR);
    const alert = await registerConfirmed("meanwhile", "timpani");
    const [replayed, ...added] = await Promise.all([
      replay(alert, at(0), at(11)),
      ...Array.from({ length: 6 }, (_, i) => addArticle(`New timpani ${i}.`)),
    ]);
    expect(replayed).toEqual({ count: 6, complete: true, before: null });
    await quiet();
    await settled(alert, 12);
    const told = await toldAt("meanwhile");
    expect(told.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    const articles = (replay: boolean) => told.filter((one) => one.replay === replay).map(({ article }) => article);
    expect(articles(true)).toEqual(past);
    expect(articles(false).sort()).toEqual(added.map(({ id }) => id).sort());
  });

  it("and while the alert is removed: nothing is sent", async () => {
    await addHourly(["A harmonica."]);
    const alert = await registerConfirmed("removed-meanwhile", "harmonica");
    const [replayed, removed] = await Promise.all([
      ask(alert, "POST", "/replay", { since: at(0) }),
      ask(alert, "DELETE"),
    ]);
    expect(removed.status).toBe(204);
    expect([202, 404]).toContain(replayed.status);
    await quiet();
    expect((await ask(alert, "GET")).status).toBe(404);
  });
});

describe("what is no replay", () => {
  const cases: [name: string, body: unknown, path: string, message: RegExp][] = [
    ["no body", "", "", /not JSON/],
    ["nothing", {}, "since", /RFC 3339/],
    ["no time", { since: "yesterday" }, "since", /RFC 3339/],
    ["a day", { since: "2016-09-22" }, "since", /RFC 3339/],
    ["a time without a zone", { since: "2016-09-22T10:00:00" }, "since", /RFC 3339/],
    ["a month that there is not", { since: "2016-13-01T00:00:00Z" }, "since", /RFC 3339/],
    ["a number", { since: 1474538400 }, "since", /RFC 3339/],
    ["no time until", { since: "2016-09-22T10:00:00Z", until: "now" }, "until", /RFC 3339/],
    ["no log entry", { since: "2016-09-22T10:00:00Z", before: 0 }, "before", /./],
    ["an unknown field", { since: "2016-09-22T10:00:00Z", limit: 5 }, "limit", /no such field/],
  ];
  it.each(cases)("%s: 400", async (_, body, path, message) => {
    theRefused ??= registerFor("triangle", { type: "feed" });
    const alert = await theRefused;
    const { errors = [] } = await refusal(ask(alert, "POST", "/replay", body), 400);
    expect(errors).toEqual([{ path, message: expect.stringMatching(message) }]);
    expect(await look(alert)).toMatchObject({ latest: 0 });
  });
});

let theRefused: Promise<Alert> | undefined;
