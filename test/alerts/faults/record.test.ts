/** The record's database fails, or holds what cannot be followed. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Env } from "../../../src/platform/env.ts";
import { readHead } from "../../../src/record/log.ts";
import worker from "../../../src/worker.ts";
import {
  addArticle,
  addWithoutWaking,
  CURATOR,
  call,
  eventually,
  kill,
  ORIGIN,
  putNames,
  received,
  register,
  registerConfirmed,
  rows,
  settled,
  shard,
  tick,
  view,
} from "../support.ts";

beforeAll(putNames);

/** How the database fails in the one call that changes the record. */
type Fault = "before the commit" | "after the commit" | "after the commit, and for good";

/** A database that fails so, once. */
function faulty(db: D1Database, fault: Fault): D1Database {
  let down = false;
  const fail = (): never => {
    throw new Error("D1_ERROR: Network connection lost.");
  };
  return new Proxy(db, {
    get(target, key) {
      if (down) return fail;
      if (key === "batch") {
        return async (statements: D1PreparedStatement[]) => {
          if (fault !== "before the commit") await target.batch(statements);
          down = fault === "after the commit, and for good";
          fail();
        };
      }
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A call of a Worker with other bindings. */
async function callWith(bindings: Partial<Env>, method: string, path: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json", ...CURATOR };
  const request = new Request(new URL(path, ORIGIN), { method, headers, body: JSON.stringify(body) });
  const context = createExecutionContext();
  const response = await worker.fetch(request, { ...env, ...bindings }, context);
  await waitOnExecutionContext(context);
  return response;
}

describe("the database fails while an article is added", () => {
  it.each<[fault: Fault, told: number, toldAgain: number]>([
    ["before the commit", 500, 201],
    // The article is found to be there, whoever has added it.
    ["after the commit", 200, 200],
    ["after the commit, and for good", 500, 200],
  ])("%s: asked again, it is one article, one entry, one message an alert", async (fault, told, toldAgain) => {
    const word = `thaw${fault.replaceAll(/\W/g, "")}`;
    const alerts = [await registerConfirmed(`${word}-1`, word), await registerConfirmed(`${word}-2`, `${word} river`)];
    const { number: before } = await readHead(env.DB);
    const article = { id: word, title: "A river", text: `The ${word}.`, published_at: null };
    const first = await callWith({ DB: faulty(env.DB, fault) }, "POST", "/api/articles", article);
    expect(first.status).toBe(told);
    if (told === 500) expect(first.headers.get("content-type")).toBe("application/problem+json");
    const again = await call("POST", "/api/articles", article, CURATOR);
    expect(again.status).toBe(toldAgain);
    expect(await again.json()).toEqual({ id: word, log: before + 1 });
    expect((await readHead(env.DB)).number).toBe(before + 1);
    await tick();
    for (const alert of alerts) {
      await settled(alert, 1);
      expect(await view(alert)).toMatchObject({ latest: 1 });
      expect(await received(alert.name)).toHaveLength(1);
    }
  });
});

describe("the database fails while an event is corrected", () => {
  it.each<[fault: Fault, told: number]>([
    ["before the commit", 500],
    // It looks once more, and finds that the event says so already.
    ["after the commit", 200],
    ["after the commit, and for good", 500],
  ])("%s: asked again, it is one correction", async (fault, told) => {
    const word = `flood${fault.replaceAll(/\W/g, "")}`;
    const alert = await registerConfirmed(word, word);
    const { id } = await addArticle(`A ${word}.`);
    const event = { date: "2016", title: "t", summary: "s", places: [], actors: [], topics: [], articles: [id] };
    await call("PUT", `/api/events/${word}`, event, CURATOR);
    const { number: before } = await readHead(env.DB);
    const correction = { ...event, summary: "It was otherwise." };
    const first = await callWith({ DB: faulty(env.DB, fault) }, "PUT", `/api/events/${word}`, correction);
    expect(first.status).toBe(told);
    expect((await call("PUT", `/api/events/${word}`, correction, CURATOR)).status).toBe(200);
    expect((await readHead(env.DB)).number).toBe(before + 1);
    await tick();
    await settled(alert, 2);
    expect((await received(word)).map(({ body }) => JSON.parse(body).type)).toEqual([
      "article.matched",
      "event.corrected",
    ]);
  });
});

it("the shard's answer to a registration is lost: there is one alert, and its owner has the token", async () => {
  let calls = 0;
  const SHARD: Env["SHARD"] = {
    getByName: (name) =>
      new Proxy(env.SHARD.getByName(name), {
        get(target, key) {
          if (key !== "register") return Reflect.get(target, key);
          return async (...given: Parameters<typeof target.register>) => {
            const registered = await target.register(...given);
            if (++calls === 1) throw new Error("Network connection lost.");
            return registered;
          };
        },
      }),
  };
  const body = { query: "registration answer", channel: { type: "feed" } };
  const response = await callWith({ SHARD }, "POST", "/api/alerts", body);
  expect([response.status, calls]).toEqual([201, 2]);
  const { id, token }: { id: string; token: string } = await response.json();
  const shown = await call("GET", `/api/alerts/${id}`, undefined, { authorization: `Bearer ${token}` });
  expect(await shown.json()).toMatchObject({ id, status: "active" });
  const filed = await rows(
    "SELECT id FROM alerts WHERE query IN (SELECT number FROM queries WHERE source = ?)",
    body.query,
  );
  expect(filed).toEqual([{ id }]);
});

describe("an entry that cannot be followed", () => {
  it("is tried five times, then passed over and told of, so that what comes after it goes on", async () => {
    const alert = await registerConfirmed("poison", "monsoon");
    await rows(`CREATE TRIGGER poison BEFORE INSERT ON notices WHEN new.data LIKE '%"poisoned"%'
      BEGIN SELECT RAISE(ABORT, 'poison'); END`);
    await addWithoutWaking("A monsoon.");
    await addArticle("A monsoon, poisoned.", { title: "poisoned" });
    await addWithoutWaking("Another monsoon.");
    for (let tries = 0; tries < 6; tries++) await tick();
    await settled(alert, 2);
    const { number: head } = await readHead(env.DB);
    await eventually(async () => (await shard().status()).cursor === head);
    expect(await view(alert)).toMatchObject({ latest: 2 });
    await rows("DROP TRIGGER poison");
  });

  it.each([
    ["because its article cannot be read", "UPDATE articles SET ours = '[' WHERE id = ?"],
    // Of those in feeds the index by date refuses what is no JSON.
    [
      "because an event of its article cannot be read",
      "UPDATE events SET document = '{', mode = 'silent' WHERE id = ?",
    ],
    ["because an event of its article is an empty one", "UPDATE events SET document = '{}' WHERE id = ?"],
    ["because an event of its article is none", "UPDATE events SET document = 'null' WHERE id = ?"],
  ])("%s is passed over just so", async (why, damage) => {
    const word = `squall${why.length}`;
    const alert = await registerConfirmed(word, word);
    const event = { date: "2016", title: "t", summary: "s", places: [], actors: [], topics: [], articles: [] };
    await call("PUT", `/api/events/${word}`, event, CURATOR);
    // It gets no chance to be followed before it is damaged.
    await rows("ALTER TABLE notices RENAME TO notices_away");
    await addArticle(`A ${word}.`, { id: word, events: [word] });
    await rows("ALTER TABLE notices_away RENAME TO notices");
    await env.DB.prepare(damage).bind(word).run();
    for (let tries = 0; tries < 7; tries++) await tick();
    const { number: head } = await readHead(env.DB);
    expect(await rows("SELECT cursor FROM state")).toEqual([{ cursor: head }]);
    await addArticle(`Another ${word}.`);
    await settled(alert, 1);
    expect(await view(alert)).toMatchObject({ latest: 1 });
  });

  it("since it ends the process each time is passed over when that was so five times", async () => {
    const alert = await registerConfirmed("deadly", "blizzard");
    const { number: head } = await readHead(env.DB);
    await kill();
    await rows("UPDATE state SET trying = ?, tries = 99", head + 1);
    await addArticle("A blizzard, the fifth time.");
    await settled(alert, 1);
    await kill();
    await rows("UPDATE state SET trying = ?, tries = 100", head + 2);
    await addArticle("A blizzard, the sixth time.");
    await addArticle("A blizzard that does no harm.");
    await settled(alert, 2);
    const texts = (await received("deadly")).map(({ body }) => JSON.parse(body).data.matches[0].snippet);
    expect(texts).toEqual(["A blizzard, the fifth time.", "A blizzard that does no harm."]);
  });

  it("since the record does not answer is not passed over, however long that takes", async () => {
    const alert = await registerConfirmed("away", "heatwave");
    await addWithoutWaking("A heatwave.");
    await env.DB.exec("ALTER TABLE articles RENAME TO articles_away");
    for (let tries = 0; tries < 8; tries++) await tick();
    await env.DB.exec("ALTER TABLE articles_away RENAME TO articles");
    await tick();
    await settled(alert, 1);
  });

  it("is none with very many and large events", async () => {
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

it("a registration while an entry waits sees only what comes after it", async () => {
  await addWithoutWaking("A drizzle before.");
  const alert = await register("drizzle", "drizzle");
  await addArticle("A drizzle after.");
  await eventually(async () => (await view(alert)).latest === 1);
  await tick();
  expect(await view(alert)).toMatchObject({ latest: 1 });
});
