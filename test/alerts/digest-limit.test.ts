/** What digests say of the day's limit, and of what was left out for it: each once, also in a digest of several parts. */
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { look, messagesAt, registerFor, startClock, urlOf } from "./owner.ts";
import { type Alert, addArticle, behave, eventually, putNames, quiet, ring, settled, stopClock } from "./support.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const LIMIT = 12;
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
async function ringAt(hours: number): Promise<void> {
  setHour(hours);
  await ring();
  await quiet();
}

async function registerDigest(name: string, digest: "hourly" | "daily"): Promise<Alert> {
  await behave(name, "echo");
  const alert = await registerFor(name, { type: "webhook", url: urlOf(name), digest }, name);
  await eventually(async () => (await look(alert)).status === "active");
  return alert;
}

/** Adds so many articles, of which a few fit one message. */
async function add(word: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await addArticle(`${word} ${crypto.randomUUID()}.`, { summary: `${i} ${"ملخص طويل ".repeat(100)}` });
  }
  await quiet();
}

/** What the parts of an alert's digests say, in their order: `[part, of, limit, omitted]`. */
async function remarksOf(alert: Alert, count: number): Promise<unknown[]> {
  await settled(alert, count);
  const messages = await messagesAt(alert.name);
  return messages
    .sort((a, b) => Number(a.data["sequence"]) - Number(b.data["sequence"]))
    .map(({ data: { limit = null, omitted = null } }) => ({ limit, omitted }));
}

const NOTHING = { limit: null, omitted: null };

describe("a digest in parts", () => {
  it("says at its end that the limit is reached, and what was left out after that", async () => {
    const alert = await registerDigest("semolina", "daily");
    await add("semolina", LIMIT);
    setHour(1);
    await add("semolina", 3);
    await ringAt(24);
    const told = await remarksOf(alert, 2);
    expect(told.length).toBeGreaterThan(1);
    expect(told.slice(0, -1)).toEqual(told.slice(0, -1).map(() => NOTHING));
    expect(told.at(-1)).toEqual({
      limit: { per_day: LIMIT, until: at(24) },
      omitted: { count: 3, since: at(1) },
    });
    expect(await look(alert)).toMatchObject({ omitted: 0 });
  });

  it("says at its beginning what was left out before", async () => {
    const alert = await registerDigest("freekeh", "hourly");
    await add("freekeh", LIMIT);
    await ringAt(1);
    setHour(2);
    await add("freekeh", 2);
    const first = await remarksOf(alert, 2);
    expect(first.map((told) => told !== NOTHING && JSON.stringify(told).includes("per_day"))).toEqual(
      first.map((_, i) => i === first.length - 1),
    );
    setHour(24);
    await add("freekeh", LIMIT - 1);
    await ringAt(25);
    const told = (await remarksOf(alert, first.length + 2)).slice(first.length);
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual(
      told.map((_, i) => (i === 0 ? { limit: null, omitted: { count: 2, since: at(2) } } : NOTHING)),
    );
  });

  it("says nothing of either where neither is so", async () => {
    const alert = await registerDigest("bulghur", "hourly");
    await add("bulghur", LIMIT - 1);
    await ringAt(1);
    const told = await remarksOf(alert, 2);
    expect(told).toEqual(told.map(() => NOTHING));
  });
});

describe("a digest of one part", () => {
  it("says both; and of a day's digests the one with the last match says that the limit is reached", async () => {
    const alert = await registerDigest("sorghum", "hourly");
    for (let i = 0; i < LIMIT - 1; i++) await addArticle(`Sorghum ${i}.`);
    await quiet();
    await ringAt(1);
    await addArticle("Sorghum, the last.");
    await addArticle("Sorghum, too much.");
    await quiet();
    await ringAt(2);
    expect(await remarksOf(alert, 2)).toEqual([
      NOTHING,
      { limit: { per_day: LIMIT, until: at(24) }, omitted: { count: 1, since: at(1) } },
    ]);
  });
});
