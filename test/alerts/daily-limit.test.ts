/** How many messages an alert gets in a day (UTC), and what is said of those that it did not get. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Receivers } from "../../src/shard/deliver/receivers.ts";
import { Gatherings } from "../../src/shard/outbox/gatherings.ts";
import { Notices } from "../../src/shard/outbox/notices.ts";
import { Outbox } from "../../src/shard/outbox/outbox.ts";
import { Quotas } from "../../src/shard/outbox/quotas.ts";
import { Sender } from "../../src/shard/outbox/sender.ts";
import { Sql } from "../../src/shard/sql.ts";
import { json } from "../client.ts";
import { ask, confirmationAt, look, messagesAt, registerFor, startClock } from "./owner.ts";
import {
  addArticle,
  CURATOR,
  call,
  deliveries,
  putNames,
  quiet,
  register,
  registerConfirmed,
  settled,
  shard,
  stopClock,
} from "./support.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const LIMIT = 3;
/** The log's time never goes back, so that each test has days of its own, after today. */
let day = Math.ceil(Date.now() / DAY) * DAY;

beforeAll(async () => {
  // A shard reads it when it begins.
  Object.assign(env, { DAILY_LIMIT: String(LIMIT) });
  await putNames();
});
beforeEach(() => {
  day += 5 * DAY;
  stopClock(day);
});
afterAll(startClock);

const at = (hours: number): string => new Date(day + hours * HOUR).toISOString();
const setHour = (hours: number) => vi.setSystemTime(day + hours * HOUR);

/** Adds so many articles with a word. */
async function add(word: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await addArticle(`${word} ${crypto.randomUUID()}.`);
  await quiet();
}

/** What the messages say of the limit, by their numbers. */
const remarksAt = async (name: string): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (await messagesAt(name)).map(({ data: { sequence, limit, omitted } }) => [sequence, { limit, omitted }]),
  );

describe("the messages of a day", () => {
  it("the last one says so; what comes after is left out and counted; the next day's first one says how much", async () => {
    const alert = await registerConfirmed("limited", "cinnamon");
    setHour(20);
    await add("Cinnamon", 3);
    setHour(21);
    await add("Cinnamon", 2);
    setHour(23);
    await add("Cinnamon", 1);
    await settled(alert, 3);
    expect(await look(alert)).toMatchObject({ latest: 3, omitted: 3, status: "active" });
    setHour(24);
    await add("Cinnamon", 2);
    await settled(alert, 5);
    expect(await look(alert)).toMatchObject({ latest: 5, omitted: 0 });
    expect(await remarksAt("limited")).toEqual({
      1: {},
      2: {},
      3: { limit: { per_day: 3, until: at(24) } },
      4: { omitted: { count: 3, since: at(21) } },
      5: {},
    });
  });

  it("what was left out is told days later as well, and in the message that is the last one of its day", async () => {
    const alert = await registerConfirmed("days-later", "cardamom");
    await add("Cardamom", 4);
    setHour(72);
    await add("Cardamom", 3);
    await settled(alert, 6);
    expect(await remarksAt("days-later")).toMatchObject({
      4: { omitted: { count: 1, since: at(0) } },
      6: { limit: { per_day: 3, until: at(96) } },
    });
  });

  it("end with the day, in UTC", async () => {
    const alert = await registerConfirmed("midnight", "saffron");
    vi.setSystemTime(day + DAY - 1);
    await add("Saffron", 2);
    vi.setSystemTime(day + DAY);
    await add("Saffron", 2);
    await settled(alert, 4);
    expect(await look(alert)).toMatchObject({ latest: 4, omitted: 0 });
  });

  it("are no bound for corrections, which are not counted", async () => {
    const alert = await registerConfirmed("corrected-too", "nutmeg");
    const { id } = await addArticle("Nutmeg, which an event rests on.");
    await add("Nutmeg", 3);
    const event = { date: "2016", title: "Spices", places: [], actors: [], topics: [], articles: [id] };
    await call("PUT", "/api/events/spices", { ...event, summary: "Whole." }, CURATOR);
    await call("PUT", "/api/events/spices", { ...event, summary: "Ground." }, CURATOR);
    await settled(alert, 4);
    expect((await deliveries(alert)).map(({ type }) => type)[3]).toBe("event.corrected");
    await add("Nutmeg", 1);
    expect(await look(alert)).toMatchObject({ latest: 4, omitted: 1 });
  });

  it("are counted for each alert by itself", async () => {
    const full = await registerConfirmed("full", "turmeric");
    await add("Turmeric", 2);
    const [later, other] = [
      await registerConfirmed("later", "turmeric"),
      await registerConfirmed("other-daily", "turmeric OR sumac"),
    ];
    await add("Turmeric", 2);
    await add("Sumac", 1);
    await Promise.all([settled(full, 3), settled(later, 2), settled(other, 3)]);
    expect([await look(full), await look(later), await look(other)]).toMatchObject([
      { latest: 3, omitted: 1 },
      { latest: 2, omitted: 0 },
      { latest: 3, omitted: 0 },
    ]);
  });

  it("all at once are no more", async () => {
    const alert = await registerConfirmed("at-once", "paprika");
    await Promise.all(Array.from({ length: 10 }, (_, i) => addArticle(`Paprika ${i}.`)));
    await quiet();
    await settled(alert, 3);
    expect(await look(alert)).toMatchObject({ latest: 3, omitted: 7 });
  });

  it("are those of a feed, too", async () => {
    const alert = await registerFor("caraway", { type: "feed" });
    await add("Caraway", 5);
    expect(await look(alert)).toMatchObject({ latest: 3, omitted: 2 });
    expect((await deliveries(alert))[2]?.message.data).toMatchObject({ limit: { per_day: 3, until: at(24) } });
    const feed = await (await call("GET", alert.feed_url)).text();
    expect(feed).toContain("This is the last of 3 messages of the day");
  });

  it("are those that an unconfirmed alert is held, too", async () => {
    const alert = await register("held-daily", "nutmeg", "silent");
    await add("Nutmeg", 4);
    expect(await look(alert)).toMatchObject({ latest: 3, omitted: 1 });
    await call("POST", await confirmationAt("held-daily"));
    await settled(alert, 3);
    expect(await messagesAt("held-daily")).toHaveLength(3);
  });

  it("are not those that the owner asked for: neither counted nor left out", async () => {
    const alert = await registerConfirmed("asked-for", "oregano");
    await json(ask(alert, "POST", "/test"), 202);
    await add("Oregano", 3);
    await json(ask(alert, "POST", "/test"), 202);
    expect(await json(ask(alert, "POST", "/replay", { since: at(0) }), 202)).toMatchObject({ count: 3 });
    await settled(alert, 8);
    expect(await look(alert)).toMatchObject({ latest: 8, omitted: 0 });
    expect(await remarksAt("asked-for")).toMatchObject({ 4: { limit: { per_day: 3 } }, 5: {}, 8: {} });
  });
});

/** An alert as the model knows it. */
interface Counted {
  feed: boolean;
  pending: boolean;
  digest: boolean;
  day: number;
  count: number;
  omitted: number;
  since: number | null;
  latest: number;
  gathered: number[];
  messages: unknown[];
}

/** What `send` means, one alert at a time. */
function sendInModel(alert: Counted, notice: number, now: number, limit: number): void {
  const today = Math.floor(now / DAY);
  if (alert.day !== today) Object.assign(alert, { day: today, count: 0 });
  if (limit > 0 && alert.count >= limit) {
    alert.omitted++;
    alert.since ??= now;
    return;
  }
  alert.count++;
  if (alert.digest) {
    alert.gathered.push(notice);
    return;
  }
  const until = new Date((today + 1) * DAY).toISOString();
  const remarks = {
    ...(alert.count === limit && { limit: { per_day: limit, until } }),
    ...(alert.since !== null && { omitted: { count: alert.omitted, since: new Date(alert.since).toISOString() } }),
  };
  alert.messages.push({
    sequence: ++alert.latest,
    notice,
    status: alert.feed ? "delivered" : "pending",
    next_attempt_at: alert.feed || alert.pending ? null : now,
    remarks: Object.keys(remarks).length > 0 ? remarks : null,
  });
  Object.assign(alert, { omitted: 0, since: null });
}

const kinds = fc.record({ feed: fc.boolean(), pending: fc.boolean(), digest: fc.boolean() });
const sends = fc.array(
  fc.record({ hours: fc.integer({ min: 0, max: 20 }), to: fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1 }) }),
  { maxLength: 30 },
);

it("whatever is sent to whom and when, it is as if each alert were looked at by itself", async () => {
  await runInDurableObject(shard(99), (_, { storage: { sql } }) => {
    sql.exec("INSERT INTO queries (number, source, canonical) VALUES (1, 'x', 'x')");
    fc.assert(
      fc.property(
        fc.array(kinds, { minLength: 4, maxLength: 4 }),
        sends,
        fc.integer({ min: 0, max: 4 }),
        (all, steps, limit) => {
          const part = new Sql(sql);
          const receivers = new Receivers(part);
          const outbox = new Outbox(part, receivers);
          const quotas = new Quotas(part, limit);
          const sender = new Sender(part, receivers, outbox, quotas, new Gatherings(part));
          for (const table of [
            "messages",
            "gathered",
            "digests",
            "notices",
            "quotas",
            "numbering",
            "receivers",
            "alerts",
          ])
            sql.exec(`DELETE FROM ${table}`);
          for (const [i, { feed, pending, digest }] of all.entries()) {
            const channel = { type: feed ? "feed" : "webhook", ...(digest && { digest: "daily" }) };
            sql.exec(
              `INSERT INTO alerts (id, query, channel, status, token_hash, feed_key_hash, secret, origin, since, created_at)
             VALUES (?, 1, ?, ?, '', '', '', '', 0, 0)`,
              ...[`a${i}`, JSON.stringify(channel), pending ? "pending" : "active"],
            );
            for (const part of [receivers, outbox, quotas]) part.add(`a${i}`, "");
          }
          const model = all.map(
            (kind): Counted => ({
              ...kind,
              day: 0,
              count: 0,
              omitted: 0,
              since: null,
              latest: 0,
              gathered: [],
              messages: [],
            }),
          );
          let now = day;
          for (const { hours, to } of steps) {
            now += hours * HOUR;
            const notice = new Notices(part).write({ type: "alert.test", query: "x", data: {} }, now);
            sender.send(
              to.map((i) => `a${i}`),
              notice,
              now,
            );
            for (const alert of to.flatMap((i) => model[i] ?? [])) sendInModel(alert, notice, now, limit);
          }
          for (const [i, { latest, omitted, since, messages, gathered }] of model.entries()) {
            const got = sql
              .exec(
                "SELECT latest, omitted, omitted_since AS since FROM numbering JOIN quotas USING (alert) WHERE alert = ?",
                `a${i}`,
              )
              .one();
            expect(got).toEqual({ latest, omitted, since });
            const sent = sql
              .exec<{ remarks: string | null }>(
                "SELECT sequence, notice, status, next_attempt_at, remarks FROM messages WHERE receiver = ? ORDER BY sequence",
                `a${i}`,
              )
              .toArray();
            expect(sent.map((row) => ({ ...row, remarks: JSON.parse(row.remarks ?? "null") }))).toEqual(messages);
            const waiting = sql.exec("SELECT notice FROM gathered WHERE alert = ? ORDER BY notice", `a${i}`).toArray();
            expect(waiting.map(({ notice }) => notice)).toEqual(gathered);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
