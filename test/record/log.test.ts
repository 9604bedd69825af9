import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { commitEntry, readEntries, readHead, readRecentHead } from "../../src/record/log.ts";
import { addArticle, article, call, count, curate, event, head, json, putEvent, putName, putNames } from "../client.ts";

const all = () => readEntries(env.DB, 0, 10_000);
const numbers = async () => (await all()).map((entry) => entry.number);
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

/** What many curators send at once: new, repeated, colliding and failing. */
const storm = (size: number) =>
  Array.from({ length: size }, (_, i) => [
    curate("POST", "/api/articles", article(`storm-${i}`, { url: `https://paper.example/${i % 7}` })),
    curate("POST", "/api/articles", article(`storm-${i}`)),
    curate("POST", "/api/articles", article(`lost-${i}`, { events: ["no-such-event"] })),
    curate("POST", "/api/articles", "{"),
    curate("PUT", `/api/events/storm-${i % 5}`, event({ title: `Wave ${i}` })),
    curate("PUT", `/api/events/lost-${i}`, event({ places: ["nowhere"] })),
    curate("DELETE", `/api/events/storm-${i % 5}`, { reason: `Wave ${i}` }),
    curate("PUT", `/api/names/place:storm-${i % 4}`, { type: "city", label: `Storm ${i}`, spellings: {} }),
  ]).flat();

describe("numbers of the log", () => {
  it("have no gap under concurrent writes, even if writes fail and are retried", async () => {
    const statuses = (await Promise.all(storm(15))).map((response) => response.status);
    expect([...new Set(statuses)].filter((status) => ![200, 201, 400, 404, 409].includes(status))).toEqual([]);
    expect(await numbers()).toEqual(upTo(await head()));
  });

  it("belong to one change each: every article, event and name has one, and none is used twice", async () => {
    const entries = await all();
    const added = entries.filter(({ kind }) => kind === "article.added").map(({ subject }) => subject);
    expect(new Set(added).size).toBe(added.length);
    expect(added.length).toBe(await count("articles"));
    const revisions = entries.filter(({ kind }) => kind.startsWith("event."));
    expect(revisions.length).toBe(await count("revisions"));
    expect(new Set(revisions.map(({ subject, revision }) => `${subject} ${revision}`)).size).toBe(revisions.length);
    expect(await count("articles a JOIN log l ON l.number = a.log AND l.subject = a.id")).toBe(await count("articles"));
    expect(await count("revisions r JOIN log l ON l.number = r.log AND l.subject = r.event")).toBe(revisions.length);
    expect(await count("names n JOIN log l ON l.number = n.log AND l.subject = n.id")).toBe(await count("names"));
  });

  it("are not used up by a batch that fails after its entry", async () => {
    const before = await head();
    const entry = { at: new Date().toISOString(), kind: "name.changed", subject: "place:failing" } as const;
    const failing = commitEntry(env.DB, entry, [
      env.DB.prepare("INSERT INTO names (id, log, document) VALUES ('place:failing', NULL, '{}')"),
    ]);
    await expect(failing).rejects.toThrow();
    expect(await head()).toBe(before);
    expect(await numbers()).toEqual(upTo(before));
  });
});

describe("head", () => {
  it("agrees with the log, whatever was written last", async () => {
    await putNames();
    await addArticle("last-article");
    await putEvent("last-event");
    const entries = await all();
    const last = entries.at(-1);
    const names = entries.findLast(({ kind }) => kind === "name.changed");
    expect(await readHead(env.DB)).toEqual({ number: last?.number, names: names?.number, at: last?.at });
    const status = await json<{ log: { head: number; at: string } }>(call("/api/status"));
    expect(status.log).toEqual({ head: last?.number, at: last?.at });
  });

  it("is never older than a completed change, however many requests read it meanwhile", async () => {
    for (let i = 0; i < 10; i++) {
      const before = await head();
      const change = putName("place:busy", { label: `Busy ${i}` });
      const keepReading = async (): Promise<void> => {
        for (let k = 0; k < 15; k++) await readHead(env.DB);
      };
      const readers = Array.from({ length: 5 }, keepReading);
      await change;
      expect((await readRecentHead(env.DB)).number).toBe(before + 1);
      await Promise.all(readers);
      expect((await readRecentHead(env.DB)).number).toBe(before + 1);
    }
  });

  it("is not cached if it was requested before a change, whether it came before or after the change", async () => {
    const entry = { at: new Date().toISOString(), kind: "name.changed", subject: "place:asked-before" } as const;
    const before = await head();
    const early = readHead(env.DB);
    await Promise.all([early, commitEntry(env.DB, entry, [])]);
    expect((await readRecentHead(env.DB)).number).toBe(before + 1);

    let change: Promise<void> | undefined;
    const slow: D1Database = Object.create(env.DB);
    slow.prepare = (sql) => {
      const statement = env.DB.prepare(sql);
      if (!/FROM head$/.test(sql)) return statement;
      const first = async () => {
        const row = await statement.first();
        await change;
        return row;
      };
      return Object.assign(Object.create(statement), { first });
    };
    const late = readHead(slow);
    change = commitEntry(slow, entry, []);
    expect((await late).number).toBe(before + 1);
    expect((await readRecentHead(slow)).number).toBe(before + 2);
  });

  it("never goes back in time, though clocks do", async () => {
    const before = await readHead(env.DB);
    await commitEntry(env.DB, { at: "2001-01-01T00:00:00.000Z", kind: "name.changed", subject: "place:late" }, []);
    expect(await readHead(env.DB)).toMatchObject({ number: before.number + 1, at: before.at });
  });
});

describe("entries after a cursor", () => {
  it("come in order, up to the requested number, and none at the end", async () => {
    const end = await head();
    expect((await readEntries(env.DB, end - 3, 2)).map((entry) => entry.number)).toEqual([end - 2, end - 1]);
    expect(await readEntries(env.DB, end, 10)).toEqual([]);
  });
});
