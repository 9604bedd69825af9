import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Channel } from "../../src/channels/channel-kinds.ts";
import type { Digest } from "../../src/messages/message-schema.ts";
import { json } from "../client.ts";
import {
  ask,
  confirmationAt,
  look,
  messagesAt,
  patch,
  rawAt,
  registerFor,
  restart,
  startClock,
  urlOf,
  webhookAt,
} from "./owner.ts";
import {
  type Alert,
  addArticle,
  addCompanions,
  behave,
  CURATOR,
  call,
  deliveries,
  eventually,
  kill,
  ORIGIN,
  passTime,
  putNames,
  quiet,
  received,
  ring,
  rows,
  settled,
  stopClock,
} from "./support.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
/** The log's time never goes back, so that each test has days of its own, after today. */
let day = Math.ceil(Date.now() / DAY) * DAY;

beforeAll(putNames);
beforeEach(() => {
  day += 5 * DAY;
  stopClock(day + 1);
});
afterAll(startClock);

const at = (hours: number): string => new Date(day + hours * HOUR).toISOString();
const setHour = (hours: number) => vi.setSystemTime(day + hours * HOUR);
/** Lets the clock show this hour, and rings the alarm. */
async function ringAt(hours: number): Promise<void> {
  setHour(hours);
  await ring();
  await quiet();
}

type Every = "hourly" | "daily";

/** Registers a confirmed alert for digests; its receiver is gated. */
async function registerDigest(name: string, query: string, digest: Every): Promise<Alert> {
  await behave(name, "echo");
  const channel: Channel = { type: "webhook", url: urlOf(name), digest };
  const alert = await registerFor(query, channel, name);
  await eventually(async () => (await look(alert)).status === "active");
  return alert;
}

/** The ids of what a digest tells, in its order. */
const itemsOf = ({ items }: Pick<Digest, "items">): string[] =>
  items.map((item) => (item.type === "article.matched" ? item.article.id : `${item.type} ${item.event.id}`));

interface DigestMessage {
  type: string;
  timestamp: string;
  data: Digest & { sequence: number };
}

const digestsAt = async (name: string): Promise<DigestMessage[]> => JSON.parse(JSON.stringify(await messagesAt(name)));

describe("what is gathered", () => {
  it.each<[Every, hours: number]>([
    ["hourly", 3],
    ["daily", 24],
  ])(
    "is sent when the %s time is over that the first match began, in the order in which it came",
    async (digest, end) => {
      const alert = await registerDigest(`gathered-${digest}`, `quinoa ${digest}`, digest);
      const ids: string[] = [];
      for (const hour of [2.1, 2.2, 2.9]) {
        setHour(hour);
        ids.push((await addArticle(`Quinoa ${digest} at ${hour}.`)).id);
      }
      await quiet();
      expect(await look(alert)).toMatchObject({ latest: 0, digest_at: at(end) });
      await ringAt(end - 0.01);
      expect(await received(`gathered-${digest}`)).toEqual([]);
      await ringAt(end);
      await settled(alert, 1);
      const [sent, ...more] = await digestsAt(`gathered-${digest}`);
      expect(more).toEqual([]);
      expect(sent).toMatchObject({
        type: "alert.digest",
        timestamp: at(end),
        data: { alert: { id: alert.id, query: `${digest} quinoa` }, sequence: 1, digest },
      });
      expect(sent?.data).not.toHaveProperty("part");
      expect(sent && itemsOf(sent.data)).toEqual(ids);
      expect(await look(alert)).toMatchObject({ latest: 1, digest_at: null });
      await ringAt(end + 30);
      expect(await received(`gathered-${digest}`)).toHaveLength(1);
    },
  );

  it("is told as it would have been alone", async () => {
    const alert = await registerDigest("told-alone", "amaranth aleppo", "hourly");
    const single = await registerFor("amaranth aleppo", { type: "feed" });
    await addArticle("Amaranth in Halab.", { url: "https://courier.example/amaranth", summary: "Plants." });
    await addArticle("Amaranth in Aleppo, again.", { publisher: "The Courier" });
    await quiet();
    await ringAt(1);
    await settled(alert, 1);
    const alone = (await deliveries(single)).map(({ message: { type, timestamp, data } }) => {
      const { alert: _, sequence: __, ...rest } = { sequence: 0, ...data };
      return { type, timestamp, ...rest };
    });
    expect((await digestsAt("told-alone"))[0]?.data.items).toEqual(alone);
  });

  it("gets numbers in one row with what is sent at once", async () => {
    const alert = await registerDigest("one-row", "bulgur", "hourly");
    await json(ask(alert, "POST", "/test"), 202);
    await addArticle("Bulgur.");
    await quiet();
    await ringAt(1);
    await json(ask(alert, "POST", "/test"), 202);
    await settled(alert, 3);
    expect((await deliveries(alert)).map(({ sequence, type }) => [sequence, type])).toEqual([
      [1, "alert.test"],
      [2, "alert.digest"],
      [3, "alert.test"],
    ]);
  });

  it("is one of the alert's own: another's time is another's", async () => {
    const [hourly, daily] = [
      await registerDigest("own-hourly", "couscous", "hourly"),
      await registerDigest("own-daily", "couscous", "daily"),
    ];
    await addArticle("Couscous.");
    await quiet();
    await ringAt(1);
    setHour(1.5);
    await addArticle("More couscous.");
    await quiet();
    await passTime(day + 25 * HOUR);
    await Promise.all([settled(hourly, 2), settled(daily, 1)]);
    const items = async (name: string) => (await digestsAt(name)).map(({ data }) => data.items.length);
    expect([await items("own-hourly"), await items("own-daily")]).toEqual([[1, 1], [2]]);
  });

  it("waits for the confirmation, and goes out after it", async () => {
    await behave("unconfirmed-digest", "silent");
    const alert = await registerFor("semolina", {
      type: "webhook",
      url: urlOf("unconfirmed-digest"),
      digest: "hourly",
    });
    await addArticle("Semolina.");
    await quiet();
    await ringAt(2);
    expect(await look(alert)).toMatchObject({ status: "pending", latest: 0 });
    await call("POST", await confirmationAt("unconfirmed-digest"));
    await ringAt(2.1);
    await settled(alert, 1);
    expect((await digestsAt("unconfirmed-digest")).map(({ data }) => data.items.length)).toEqual([1]);
  });

  it("waits while the alert is paused", async () => {
    const alert = await registerDigest("paused", "polenta", "hourly");
    await addArticle("Polenta.");
    await quiet();
    await patch(alert, { status: "paused" });
    await ringAt(2);
    expect(await received("paused")).toEqual([]);
    await patch(alert, { status: "active" });
    await ringAt(2.1);
    await settled(alert, 1);
    expect((await digestsAt("paused")).map(({ data }) => data.items.length)).toEqual([1]);
  });

  it("goes with the alert when it is removed, notices included", async () => {
    const alert = await registerDigest("removed", "tapioca", "hourly");
    await addArticle("Tapioca.");
    await quiet();
    expect((await ask(alert, "DELETE")).status).toBe(204);
    await ringAt(2);
    expect(await received("removed")).toEqual([]);
    expect(await rows("SELECT * FROM gathered WHERE alert = ?", alert.id)).toEqual([]);
    expect(await rows("SELECT * FROM notices WHERE query = 'tapioca'")).toEqual([]);
  });

  it("is lost by no fault: not when the shard is killed before, nor while the digest is on its way", async () => {
    const alert = await registerDigest("killed", "hominy", "hourly");
    const { id } = await addArticle("Hominy.");
    await quiet();
    await kill();
    await restart();
    setHour(1);
    await behave("killed", "hang");
    ringWithoutWaiting();
    await eventually(async () => (await received("killed")).length === 1);
    await behave("killed", "echo");
    await kill();
    await restart();
    await settled(alert, 1);
    const messages = await received("killed");
    expect(new Set(messages.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([`msg_${alert.id}_1`]));
    expect((await digestsAt("killed")).map(({ data }) => itemsOf(data))).toEqual(messages.map(() => [id]));
  });
});

describe("200 digests that are due at once", () => {
  it("are all made by one run of the alarm, and leave as fast as anything else", async () => {
    const alert = await registerDigest("many-digests", "triticale", "hourly");
    await rows(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
       INSERT INTO alerts (id, query, channel, status, token_hash, feed_key_hash, secret, origin, since, created_at)
       SELECT 'al_0_' || printf('%016d', i), query, channel, status, '', '', secret, origin, since, created_at
       FROM n, alerts WHERE id = ?`,
      alert.id,
    );
    await addCompanions();
    await addArticle("Triticale.");
    await quiet();
    setHour(1);
    await ring();
    const left = "SELECT count(*) AS digests FROM gathered WHERE sequence IS NULL";
    expect(await rows(left)).toEqual([{ digests: 0 }]);
    await quiet();
    const ids = (await received("many-digests")).map(({ headers }) => headers["webhook-id"]);
    expect([ids.length, new Set(ids).size]).toEqual([200, 200]);
    await rows(
      "DELETE FROM alerts WHERE token_hash = '' AND query = (SELECT query FROM alerts WHERE id = ?)",
      alert.id,
    );
  });
});

/** Rings the alarm without waiting for the requests that it makes. */
function ringWithoutWaiting(): void {
  void ring().catch(() => {});
}

describe("a digest that is too long for one message", () => {
  it("is sent in parts of at most 20 KB, and every item is in one of them", async () => {
    const alert = await registerDigest("parts", "sorghum", "hourly");
    const ids: string[] = [];
    for (let i = 0; i < 40; i++) {
      const summary = `${i} ${"ملخص طويل ".repeat(60)}`;
      ids.push((await addArticle(`Sorghum ${i} ${"grain ".repeat(i * 5)}`, { summary, title: `Harvest ${i}` })).id);
    }
    await quiet();
    await ringAt(1);
    const sent = await eventuallyAll(alert);
    expect(sent.length).toBeGreaterThan(2);
    const bodies = (await received("parts")).map(({ body }) => new TextEncoder().encode(body).length);
    expect(Math.max(...bodies)).toBeLessThanOrEqual(20 * 1024);
    expect(sent.map(({ data }) => data.part)).toEqual(sent.map((_, i) => ({ number: i + 1, of: sent.length })));
    expect(sent.map(({ data }) => data.sequence)).toEqual(sent.map((_, i) => i + 1));
    expect(sent.flatMap(({ data }) => itemsOf(data))).toEqual(ids);
    // As few parts as it takes: two that follow each other would not fit one message.
    for (const [i, size] of bodies.slice(1).entries()) expect(size + (bodies[i] ?? 0)).toBeGreaterThan(15 * 1024);
  });
});

/** The digests of an alert in the order of their numbers, once all are delivered. */
async function eventuallyAll(alert: Alert): Promise<DigestMessage[]> {
  await settled(alert, 1);
  const sent = await digestsAt(alert.name);
  return sent.sort((a, b) => a.data.sequence - b.data.sequence);
}

const EVENT = { date: "2016-09-22", title: "A harvest", summary: "They reaped.", places: [], actors: [], topics: [] };
const putEvent = (id: string, change: object) => call("PUT", `/api/events/${id}`, { ...EVENT, ...change }, CURATOR);

describe("corrections and retractions", () => {
  it("stand in the digest in their order, after the article that they are about", async () => {
    const alert = await registerDigest("changes", "millet", "hourly");
    const { id } = await addArticle("Millet.");
    await putEvent("harvest", { articles: [id] });
    await putEvent("harvest", { articles: [id], summary: "They sowed." });
    const { id: second } = await addArticle("More millet.");
    await call("DELETE", "/api/events/harvest", { reason: "There was none." }, CURATOR);
    await quiet();
    await ringAt(1);
    await settled(alert, 1);
    const [sent] = await digestsAt("changes");
    expect(sent && itemsOf(sent.data)).toEqual([id, "event.corrected harvest", second, "event.retracted harvest"]);
    expect(sent?.data.items).toMatchObject([
      {},
      { changed: ["summary"], event: { summary: "They sowed.", url: `${ORIGIN}/events/harvest` } },
      {},
      { reason: "There was none." },
    ]);
  });

  it("reach those who got the article in an earlier digest, and nobody else", async () => {
    const alert = await registerDigest("told-before", "teff", "hourly");
    const other = await registerDigest("not-told", "fonio", "hourly");
    const { id } = await addArticle("Teff.");
    await putEvent("teff-harvest", { articles: [id] });
    await quiet();
    await ringAt(1);
    await settled(alert, 1);
    await putEvent("teff-harvest", { articles: [id], summary: "They sowed teff." });
    await quiet();
    await ringAt(2);
    await settled(alert, 2);
    expect((await digestsAt("told-before")).map(({ data }) => itemsOf(data))).toEqual([
      [id],
      ["event.corrected teff-harvest"],
    ]);
    expect(await look(other)).toMatchObject({ latest: 0, digest_at: null });
  });

  it("reach those who got the article alone, before they asked for a digest", async () => {
    const alert = await registerDigest("asked-later", "spelt", "hourly");
    await json(patch(alert, { channel: webhookAt("asked-later") }));
    const { id } = await addArticle("Spelt.");
    await settled(alert, 1);
    await json(patch(alert, { channel: { ...webhookAt("asked-later"), digest: "daily" } }));
    await putEvent("spelt-harvest", { articles: [id] });
    await putEvent("spelt-harvest", { articles: [id], summary: "They sowed spelt." });
    await quiet();
    await ringAt(24);
    await settled(alert, 2);
    const [, digest] = await digestsAt("asked-later");
    expect(digest && itemsOf(digest.data)).toEqual(["event.corrected spelt-harvest"]);
  });
});

describe("a change of how often", () => {
  it("from a digest to none: what was gathered goes out in one, what comes then at once", async () => {
    const alert = await registerDigest("to-none", "farro", "daily");
    const { id } = await addArticle("Farro.");
    await quiet();
    await json(patch(alert, { channel: webhookAt("to-none") }));
    const { id: next } = await addArticle("More farro.");
    await settled(alert, 1);
    await ringAt(24);
    await settled(alert, 2);
    const listed = await deliveries(alert);
    expect(
      listed.map(({ type, message: { data } }) => [
        type,
        "article" in data ? data.article : "items" in data && data.items,
      ]),
    ).toMatchObject([
      ["article.matched", { id: next }],
      ["alert.digest", [{ article: { id } }]],
    ]);
  });

  it("from daily to hourly: what is gathered goes out at its time", async () => {
    const alert = await registerDigest("to-hourly", "freekeh", "daily");
    await addArticle("Freekeh.");
    await quiet();
    await json(patch(alert, { channel: { ...webhookAt("to-hourly"), digest: "hourly" } }));
    await passTime(day + 24 * HOUR);
    await settled(alert, 1);
    expect(await messagesAt("to-hourly")).toMatchObject([{ type: "alert.digest" }]);
    setHour(26);
    await addArticle("More freekeh.");
    await quiet();
    expect(await look(alert)).toMatchObject({ digest_at: at(27) });
  });
});

describe("a feed with a digest", () => {
  it("shows the digests, under the messages' ids", async () => {
    const alert = await registerFor("buckwheat <b>", { type: "feed", digest: "hourly" });
    await addArticle("Buckwheat b.", { title: "Sown <i>wide</i>", url: "https://courier.example/buckwheat" });
    await addArticle("More buckwheat b.", { title: "Reaped" });
    await quiet();
    const feed = async (): Promise<{ items: { id: string; title: string; content_html: string }[] }> =>
      json(call("GET", alert.feed_url.replace(".rss", ".json")));
    expect((await feed()).items).toEqual([]);
    await ringAt(1);
    const { items } = await feed();
    expect(items.map(({ id, title }) => [id, title])).toEqual([[`msg_${alert.id}_1`, "Hourly digest: 2 items"]]);
    expect(items[0]?.content_html).toContain('<a href="https://courier.example/buckwheat">Sown &lt;i>wide&lt;/i></a>');
    expect(items[0]?.content_html).toContain("Reaped");
    expect(await deliveries(alert)).toMatchObject([{ status: "delivered", attempts: [], type: "alert.digest" }]);
  });
});

describe.each(["slack", "discord", "ntfy"] as const)("a digest to %s", (type) => {
  it("is one message of that service", async () => {
    await behave(`to-${type}`, "silent");
    const alert = await registerFor(`lentil ${type}`, { type, url: urlOf(`to-${type}`), digest: "daily" });
    await eventually(async () => (await rawAt(`to-${type}`)).length === 1);
    const link = /https?:\/\/[^\s|>)"\\]+confirm\?code=\w+/.exec((await rawAt(`to-${type}`))[0]?.body ?? "")?.[0] ?? "";
    const { pathname, search } = new URL(link);
    expect((await call("POST", pathname + search)).status).toBe(200);
    for (const title of ["Red lentils", "Green lentils"]) await addArticle(`Lentil for ${type}: ${title}.`, { title });
    await quiet();
    await ringAt(24);
    await settled(alert, 1);
    const [, digest, ...more] = await rawAt(`to-${type}`);
    expect(more).toEqual([]);
    expect(digest?.body).toMatch(/Red lentils.*Green lentils/s);
    expect(`${digest?.headers["title"] ?? ""} ${digest?.body}`).toContain("Daily digest: 2 items");
  });
});

describe("what a day's limit left out", () => {
  it("is told in the next digest", async () => {
    const alert = await registerDigest("omitted", "chickpea", "hourly");
    await addArticle("Chickpea.");
    await quiet();
    await rows("UPDATE quotas SET omitted = 7, omitted_since = ?2 WHERE alert = ?1", alert.id, day);
    await ringAt(1);
    await settled(alert, 1);
    expect(await digestsAt("omitted")).toMatchObject([{ data: { omitted: { count: 7, since: at(0) } } }]);
    expect(await look(alert)).toMatchObject({ omitted: 0 });
  });
});

describe("a replay to an alert with a digest", () => {
  it("is a digest at once, marked, and what is gathered waits for its time", async () => {
    const past = await addArticle("Past rye.");
    const alert = await registerDigest("replayed", "rye", "daily");
    const now = await addArticle("New rye.");
    await quiet();
    setHour(2);
    expect(
      await json(ask(alert, "POST", "/replay", { since: at(-1), until: new Date(day + 1).toISOString() }), 202),
    ).toMatchObject({ count: 2 });
    await settled(alert, 1);
    await ringAt(24);
    await settled(alert, 2);
    const sent = await digestsAt("replayed");
    expect(sent).toMatchObject([{ data: { replay: true } }, {}]);
    expect(sent.map(({ data }) => itemsOf(data))).toEqual([[past.id, now.id], [now.id]]);
    expect(sent[1]?.data).not.toHaveProperty("replay");
  });
});
