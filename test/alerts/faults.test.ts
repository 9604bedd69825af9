import {
  createScheduledController,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { articleInput } from "../../src/record/article.ts";
import { readHead } from "../../src/record/log.ts";
import { readNames } from "../../src/record/names.ts";
import { addArticle as addToRecord } from "../../src/record/write-articles.ts";
import worker from "../../src/worker.ts";
import {
  addArticle,
  CURATOR,
  call,
  deliveries,
  eventually,
  followed,
  putNames,
  received,
  register,
  registerConfirmed,
  settled,
  shard,
  view,
} from "./support.ts";

beforeAll(putNames);

/** Adds an article as a Worker would that was killed before it woke the shards. */
async function addWithoutWaking(text: string): Promise<void> {
  const input = articleInput.parse({ title: "An article", text, published_at: null });
  await addToRecord(env.DB, input, await readNames(env.DB, await readHead(env.DB)));
}

const tick = () => worker.scheduled(createScheduledController(), env);

describe("nothing that was accepted is lost", () => {
  it("when the wake-up is: the cron reads on", async () => {
    const alert = await registerConfirmed("lost-wake", "glacier");
    await addWithoutWaking("A glacier.");
    expect(await deliveries(alert)).toEqual([]);
    await tick();
    await settled(alert, 1);
    expect(await received("lost-wake")).toHaveLength(1);
  });

  it("when the shard is evicted in the middle of a request: the message goes out again under the same id", async () => {
    const alert = await registerConfirmed("evicted", "avalanche");
    await runInDurableObject(shard(), (_, { storage }) => {
      storage.sql.exec(
        "UPDATE alerts SET channel = replace(channel, '/echo', '/after-2-status-500') WHERE id = ?",
        alert.id,
      );
    });
    await addArticle("An avalanche.");
    await eventually(async () => (await received("evicted")).length > 0);
    await evictDurableObject(shard());
    await settled(alert, 1);
    const ids = (await received("evicted")).map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids)).toEqual(new Set([`msg_${alert.id}_1`]));
  });

  it("when its alarm is: the cron sets it again", async () => {
    const alert = await registerConfirmed("lost-alarm", "cyclone");
    await runInDurableObject(shard(), async (_, { storage }) => {
      storage.sql.exec(
        "UPDATE alerts SET channel = replace(channel, '/echo', '/after-2-status-500') WHERE id = ?",
        alert.id,
      );
    });
    await addArticle("A cyclone.");
    await eventually(async () => (await received("lost-alarm")).length > 0);
    await runInDurableObject(shard(), (_, { storage }) => storage.deleteAlarm());
    await scheduler.wait(1500);
    await tick();
    await settled(alert, 1);
  });
});

it("what is due leaves although the record cannot be read, and an alert that should expire hinders nothing", async () => {
  const alert = await registerConfirmed("record-gone", "hailstorm");
  await runInDurableObject(shard(), (_, { storage }) => {
    storage.sql.exec(
      "UPDATE alerts SET channel = replace(channel, '/echo', '/after-2-status-500') WHERE id = ?",
      alert.id,
    );
  });
  const expiring = await register("expiring", "hailstorm", "silent");
  await addArticle("A hailstorm.");
  await eventually(async () => (await received("record-gone")).length > 0);
  await env.DB.exec("ALTER TABLE head RENAME TO head_away");
  try {
    await runInDurableObject(shard(), async (_, { storage }) => {
      storage.sql.exec("UPDATE alerts SET expires_at = 1 WHERE id = ?", expiring.id);
    });
    await scheduler.wait(1500);
    await runDurableObjectAlarm(shard());
    const next = await runInDurableObject(shard(), (_, { storage }) => storage.getAlarm());
    expect(next).toBeGreaterThan(Date.now() + 1000);
    expect(await deliveries(alert)).toMatchObject([{ status: "delivered" }]);
  } finally {
    await env.DB.exec("ALTER TABLE head_away RENAME TO head");
  }
  await tick();
});

it("an entry is answered once, however many wake-ups there are", async () => {
  const alert = await registerConfirmed("woken", "tornado");
  await addWithoutWaking("A tornado.");
  await Promise.all(Array.from({ length: 10 }, () => shard().wake()));
  await settled(alert, 1);
  expect(await view(alert)).toMatchObject({ latest: 1 });
});

it("one broken query silences no other", async () => {
  const [broken, sound] = [
    await registerConfirmed("broken", "mudslide x"),
    await registerConfirmed("sound", "mudslide"),
  ];
  await runInDurableObject(shard(), (_, { storage }) => {
    storage.sql.exec("UPDATE queries SET source = '(((' WHERE source = 'mudslide x'");
  });
  await evictDurableObject(shard());
  await addArticle("A mudslide, x.");
  await settled(sound, 1);
  await followed();
  expect(await view(broken)).toMatchObject({ latest: 0 });
});

describe("an entry that cannot be followed", () => {
  it("is tried five times, then passed over and told of, so that what comes after it goes on", async () => {
    const alert = await registerConfirmed("poison", "monsoon");
    await runInDurableObject(shard(), (_, { storage }) => {
      storage.sql.exec(`CREATE TRIGGER poison BEFORE INSERT ON notices WHEN new.data LIKE '%"poisoned"%'
        BEGIN SELECT RAISE(ABORT, 'poison'); END`);
    });
    await addWithoutWaking("A monsoon.");
    await addArticle("A monsoon, poisoned.", { title: "poisoned" });
    await addWithoutWaking("Another monsoon.");
    for (let tries = 0; tries < 6; tries++) await tick();
    await settled(alert, 2);
    const { log }: { log: { head: number } } = await (await call("GET", "/api/status")).json();
    await eventually(async () => (await shard().status()).cursor === log.head);
    expect(await view(alert)).toMatchObject({ latest: 2 });
  });

  it("an article with very many and large events is not one of them", async () => {
    const alert = await registerConfirmed("large", "sandstorm");
    const claims = Array.from({ length: 50 }, () => ({ by: "x", says: '"'.repeat(2000) }));
    const event = {
      date: "2016",
      title: "t".repeat(158),
      summary: "s",
      places: [],
      actors: [],
      topics: [],
      articles: [],
      claims,
    };
    const events = Array.from({ length: 50 }, (_, i) => `${"large-".repeat(15)}${i}`);
    for (const id of events) await call("PUT", `/api/events/${id}`, event, CURATOR);
    await addArticle("A sandstorm.", { events });
    await settled(alert, 1);
    const [got] = await received("large");
    expect(new TextEncoder().encode(got?.body).length).toBeLessThanOrEqual(20 * 1024);
    expect(JSON.parse(got?.body ?? "").data).toMatchObject({ truncated: true });
  });
});

/** An event as a curator puts it. */
const MEETING = {
  title: "A meeting",
  summary: "They met.",
  places: [],
  actors: [],
  topics: [],
  articles: [] as string[],
};

describe("what changes later", () => {
  it("a spelling that is added takes effect for alerts that are there", async () => {
    const alert = await registerConfirmed("spelling", "aleppo");
    await addArticle("Nothing new in Alepo.");
    await followed();
    expect(await view(alert)).toMatchObject({ latest: 0 });
    const name = {
      type: "city",
      label: "Aleppo",
      spellings: { en: ["Aleppo", "Alepo"], ar: ["حلب"], other: ["Halab"] },
    };
    expect((await call("PUT", "/api/names/place:aleppo", name, CURATOR)).status).toBe(200);
    await addArticle("Something new in Alepo.");
    await settled(alert, 1);
    expect(JSON.parse((await received("spelling"))[0]?.body ?? "").data.matches[0].text).toBe("Alepo");
  });

  it("words that become a name are read as one", async () => {
    const alert = await registerConfirmed("becomes", "white helmets");
    const name = { type: "organisation", label: "White Helmets", spellings: { ar: ["الخوذ البيضاء"] } };
    await call("PUT", "/api/names/actor:white-helmets", name, CURATOR);
    await addArticle("قال الخوذ البيضاء إنهم وصلوا");
    await settled(alert, 1);
  });

  it("a correction that takes an article away reaches those who got it", async () => {
    const event = { ...MEETING, date: "2016" };
    const alert = await registerConfirmed("taken-away", "hovercraft");
    const { id } = await addArticle("A hovercraft.");
    await call("PUT", "/api/events/wrongly-linked", { ...event, articles: [id] }, CURATOR);
    await call("PUT", "/api/events/wrongly-linked", event, CURATOR);
    const [, corrected] = await settled(alert, 2);
    expect(corrected?.message.data).toMatchObject({ changed: ["articles"] });
  });

  it("a correction and a retraction reach whoever got an article of the event, and nobody else", async () => {
    const event = { ...MEETING, date: "2016-09-22" };
    const alert = await registerConfirmed("corrected", "zeppelin");
    const other = await registerConfirmed("not-corrected", "dirigible");
    const { id } = await addArticle("A zeppelin.");
    await settled(alert, 1);
    await call("PUT", "/api/events/a-meeting", { ...event, articles: [id] }, CURATOR);
    await call("PUT", "/api/events/a-meeting", { ...event, articles: [id], summary: "They met for an hour." }, CURATOR);
    await settled(alert, 2);
    await call("DELETE", "/api/events/a-meeting", { reason: "It was another day." }, CURATOR);
    await settled(alert, 3);
    const [, corrected, retracted] = (await received("corrected")).map(({ body }) => JSON.parse(body));
    expect(corrected).toMatchObject({
      type: "event.corrected",
      data: { sequence: 2, event: { id: "a-meeting", summary: "They met for an hour." }, changed: ["summary"] },
    });
    expect(retracted).toMatchObject({
      type: "event.retracted",
      data: { sequence: 3, event: { id: "a-meeting" }, reason: "It was another day." },
    });
    // It stands again: that is told as well. Another mode alone, or a correction made quietly, is not.
    await call("PUT", "/api/events/a-meeting", { ...event, articles: [id], summary: "They met for an hour." }, CURATOR);
    await settled(alert, 4);
    await call(
      "PUT",
      "/api/events/a-meeting",
      { ...event, articles: [id], summary: "They met for an hour.", mode: "historic" },
      CURATOR,
    );
    await call(
      "PUT",
      "/api/events/a-meeting",
      { ...event, articles: [id], summary: "Quietly.", mode: "historic" },
      CURATOR,
    );
    await followed();
    expect(await view(alert)).toMatchObject({ latest: 4 });
    expect(JSON.parse((await received("corrected"))[3]?.body ?? "").data.changed).toEqual(["retracted"]);
    expect(await view(other)).toMatchObject({ latest: 0 });
  });
});
