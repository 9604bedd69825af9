/** Every moment that a client sends: what is taken, what is refused, and how a moment on record is corrected. */
import { env } from "cloudflare:workers";
import { parseAtomFeed, parseRssFeed } from "feedsmith";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { readArticle } from "../../src/record/articles/read-articles.ts";
import { readEvent } from "../../src/record/events/read-events.ts";
import { addArticle, article, call, curate, event, json, type ProblemBody, putEvent } from "../client.ts";
import { itemOf, readJson } from "../feeds/support.ts";

const NOW = "2030-06-15T12:00:00.000Z";

beforeAll(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(NOW);
});
afterEach(() => {
  vi.setSystemTime(NOW);
});

type Case = readonly [name: string, moment: string, kept: string | RegExp];

/** Each moment, and what is kept of it, or what the refusal says. */
const ANY: readonly Case[] = [
  ["an offset", "2016-09-22T20:30:00+02:00", "2016-09-22T18:30:00.000Z"],
  ["the largest offset", "2016-09-22T23:59:00+23:59", "2016-09-22T00:00:00.000Z"],
  ["an offset that is not known", "2016-09-22T18:30:00-00:00", "2016-09-22T18:30:00.000Z"],
  ["small letters", "2016-09-22t18:30:00z", "2016-09-22T18:30:00.000Z"],
  ["many digits of a second", "2016-09-22T18:30:00.123456789Z", "2016-09-22T18:30:00.123Z"],
  ["a leap second", "2016-12-31T23:59:60Z", /RFC 3339/],
  ["the hour 24", "2016-09-22T24:00:00Z", /RFC 3339/],
  ["a day that there is not", "2015-02-29T00:00:00Z", /RFC 3339/],
  ["no offset", "2016-09-22T18:30:00", /RFC 3339/],
  ["an offset of a day", "2016-09-22T18:30:00+24:00", /RFC 3339/],
  ["a blank between", "2016-09-22 18:30:00Z", /RFC 3339/],
  ["a year before 0000", "-000001-01-01T00:00:00Z", /RFC 3339/],
  ["a year of five digits", "12016-09-22T18:30:00Z", /RFC 3339/],
  ["a year that the offset makes a former one", "0000-01-01T00:00:00+01:00", /0000 to 9999|RFC 3339/],
  ["words", "yesterday", /RFC 3339/],
  ["nothing", "", /RFC 3339/],
];

/** When something came onto this wire. */
const ON_WIRE: readonly Case[] = [
  ...ANY,
  ["now", NOW, NOW],
  ["five minutes ahead", "2030-06-15T12:05:00Z", "2030-06-15T12:05:00.000Z"],
  ["more than five minutes ahead", "2030-06-15T12:05:00.001Z", /5 minutes ahead/],
  ["ahead by its offset alone", "2030-06-15T12:00:00-00:06", /5 minutes ahead/],
  ["2100", "2100-01-01T00:00:00Z", /5 minutes ahead/],
  ["the last year", "9999-12-31T23:59:59Z", /5 minutes ahead/],
  ["the first moment of 1970", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"],
  ["before 1970", "1969-12-31T23:59:59Z", /1970/],
  ["the year 0001", "0001-01-01T00:00:00Z", /1970/],
];

/** When a publisher published it: archives go back as far as they like. */
const BY_PUBLISHER: readonly Case[] = [
  ...ANY,
  ["a day ahead", "2030-06-16T12:00:00Z", "2030-06-16T12:00:00.000Z"],
  ["more than a day ahead", "2030-06-16T12:00:00.001Z", /1 day ahead/],
  ["the next day", "2030-06-16", "2030-06-16"],
  ["the day after the next", "2030-06-17", /1 day ahead/],
  ["2100", "2100-01-01", /1 day ahead/],
  ["the year 0001", "0001-01-01", "0001-01-01"],
  ["1861", "1861-04-12T04:30:00Z", "1861-04-12T04:30:00.000Z"],
];

let ids = 0;
const nextId = () => `m-${ids++}`;

interface Way {
  path: string;
  send: (id: string, moment: string) => Promise<Response>;
  kept: (id: string) => Promise<string | null | undefined>;
}

const WAYS: Readonly<Record<string, Way & { cases: readonly Case[] }>> = {
  "added_at, by POST": {
    path: "added_at",
    cases: ON_WIRE,
    send: (id, moment) => curate("POST", "/api/articles", article(id, { added_at: moment })),
    kept: async (id) => (await readArticle(env.DB, id))?.added_at,
  },
  "added_at, by PUT": {
    path: "added_at",
    cases: ON_WIRE,
    send: (id, moment) => curate("PUT", `/api/articles/${id}`, article(id, { added_at: moment })),
    kept: async (id) => (await readArticle(env.DB, id))?.added_at,
  },
  "published_at of an event": {
    path: "published_at",
    cases: ON_WIRE,
    send: (id, moment) => curate("PUT", `/api/events/${id}`, event({ published_at: moment })),
    kept: async (id) => (await readEvent(env.DB, id))?.published_at,
  },
  "published_at of an article, by POST": {
    path: "published_at",
    cases: BY_PUBLISHER,
    send: (id, moment) => curate("POST", "/api/articles", article(id, { published_at: moment })),
    kept: async (id) => (await readArticle(env.DB, id))?.published_at,
  },
  "published_at of an article, by PUT": {
    path: "published_at",
    cases: BY_PUBLISHER,
    send: (id, moment) => curate("PUT", `/api/articles/${id}`, article(id, { published_at: moment })),
    kept: async (id) => (await readArticle(env.DB, id))?.published_at,
  },
};

describe.each(Object.entries(WAYS))("%s", (_, { path, cases, send, kept }) => {
  it.each(cases)("%s", async (_name, moment, expected) => {
    const id = nextId();
    const answer = send(id, moment);
    if (typeof expected === "string") {
      await json(answer, 201);
      expect(await kept(id)).toBe(expected);
      return;
    }
    const { errors } = await json<ProblemBody>(answer, 400);
    expect(errors).toEqual([{ path, message: expect.stringMatching(expected) }]);
    expect(await kept(id)).toBeUndefined();
  });
});

it.each(["0000", "2016-09", "2030-12-01", "2100", "9999-12-31"])(
  "an event may happen whenever it does: %s",
  async (date) => {
    await putEvent(nextId(), { date });
  },
);

it("a replay can begin at any moment; from a future moment it is empty", async () => {
  const alert = { query: "aleppo", channel: { type: "feed" } };
  const init = { method: "POST", headers: { "content-type": "application/json" } };
  const { id, token } = await json<{ id: string; token: string }>(
    call("/api/alerts", { ...init, body: JSON.stringify(alert) }),
    201,
  );
  const headers = { ...init.headers, authorization: `Bearer ${token}` };
  const replay = (range: object) =>
    json(call(`/api/alerts/${id}/replay`, { method: "POST", headers, body: JSON.stringify(range) }), 202);
  expect(await replay({ since: "2100-01-01T00:00:00Z" })).toMatchObject({ count: 0 });
  expect(await replay({ since: "0001-01-01T00:00:00Z", until: "2100-01-01T00:00:00Z" })).toMatchObject({ count: 0 });
});

describe("a future moment that is on record already", () => {
  const AHEAD = "2100-01-01T00:00:00.000Z";
  const RIGHT = "2030-06-15T11:00:00.000Z";
  const spoilEvent = (id: string) =>
    env.DB.prepare("UPDATE events SET published_at = ? WHERE id = ?").bind(AHEAD, id).run();
  const spoilArticle = (id: string) =>
    env.DB.prepare("UPDATE articles SET added_at = ? WHERE id = ?").bind(AHEAD, id).run();
  const lastBuild = async (path: string) => {
    const [rss, atom] = [await call(`${path}.rss`), await call(`${path}.atom`)];
    return [parseRssFeed(await rss.text()).lastBuildDate, parseAtomFeed(await atom.text()).updated];
  };

  it("of an event is corrected by a PUT with the right moment", async () => {
    await putEvent("ahead", {});
    await spoilEvent("ahead");
    await putEvent("another", {});
    expect((await lastBuild("/feed"))[0]).toContain("2100");
    const put = await putEvent("ahead", { published_at: RIGHT }, 200);
    expect(put).toMatchObject({ outcome: "corrected", published_at: RIGHT, revision: 2 });
    expect((await lastBuild("/feed")).join()).not.toContain("2100");
    const { items } = await readJson("/feed.json");
    expect(itemOf(items, "parley:event:ahead")).toMatchObject({ date_published: RIGHT });
    // From here on it is a moment like any other, and stays.
    expect(await putEvent("ahead", { published_at: "2030-06-15T10:00:00Z" }, 200)).toMatchObject({ outcome: "same" });
    expect((await readEvent(env.DB, "ahead"))?.published_at).toBe(RIGHT);
  });

  it("of an event becomes the moment of a PUT without one", async () => {
    await putEvent("ahead-unsaid", {});
    await spoilEvent("ahead-unsaid");
    expect(await putEvent("ahead-unsaid", {}, 200)).toMatchObject({ outcome: "corrected", published_at: NOW });
  });

  it("of an article is corrected in the same way, and its place stays", async () => {
    const { log } = await addArticle("ahead", {});
    await spoilArticle("ahead");
    await addArticle("after-ahead");
    expect((await lastBuild("/articles"))[0]).toContain("2100");
    const put = (more: object) => json(curate("PUT", "/api/articles/ahead", article("ahead", more)));
    expect(await put({ added_at: RIGHT })).toMatchObject({ outcome: "corrected", log });
    expect((await lastBuild("/articles")).join()).not.toContain("2100");
    const { items } = await readJson("/articles.json");
    expect(itemOf(items, "parley:article:ahead")).toMatchObject({ date_published: RIGHT });
    expect(await put({ added_at: "2030-06-15T10:00:00Z" })).toMatchObject({ outcome: "same" });
    expect((await readArticle(env.DB, "ahead"))?.added_at).toBe(RIGHT);
  });
});
