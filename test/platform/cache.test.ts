/** The caches of an isolate: bounded, made once, and never shared between databases. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { DerivedValues, RecordCache } from "../../src/platform/cache.ts";
import worker from "../../src/worker.ts";
import { addArticle, putEvent, putNames } from "../client.ts";

const database = (): D1Database => Object.create(env.DB);

/** Returns how `at` answers, and which keys it made. */
function counted(cache: RecordCache<string>, db = database()) {
  const made: string[] = [];
  const ask = (key: string, version = 1, value = `${key}${version}`) =>
    cache.at(db, version, key, async () => {
      await scheduler.wait(2);
      made.push(key);
      return value;
    });
  return { db, made, ask };
}

describe("a value of the record", () => {
  it("is made once for a version, however many requests come at the same time", async () => {
    const { made, ask } = counted(new RecordCache<string>({ entries: 2 }));
    expect(await Promise.all([ask("a"), ask("a"), ask("a")])).toEqual(["a1", "a1", "a1"]);
    expect(await ask("a")).toBe("a1");
    expect(made).toEqual(["a"]);
  });

  it("is valid for its version and earlier ones, and made again for a later one, from the earlier value", async () => {
    const cache = new RecordCache<string>({ entries: 2 });
    const { db, ask } = counted(cache);
    await ask("a", 2);
    expect(await ask("a", 1)).toBe("a2");
    expect(cache.get(db, 3, "a")).toBeUndefined();
    expect(await cache.at(db, 3, "a", async (earlier) => `from ${earlier}`)).toBe("from a2");
  });

  it("is not replaced by one of an earlier version that ends later", async () => {
    const cache = new RecordCache<string>({ entries: 2 });
    const { db, ask } = counted(cache);
    const early = cache.at(db, 1, "a", () => scheduler.wait(30).then(() => "early"));
    await ask("a", 2);
    expect(await early).toBe("early");
    expect(cache.get(db, 1, "a")).toBe("a2");
  });

  it("expires when it says so", async () => {
    const cache = new RecordCache<number>({ entries: 2, until: (value) => value });
    const db = database();
    await cache.at(db, 1, "past", async () => Date.now() - 1);
    await cache.at(db, 1, "future", async () => Number.POSITIVE_INFINITY);
    expect([cache.get(db, 1, "past"), cache.get(db, 1, "future")]).toEqual([undefined, Number.POSITIVE_INFINITY]);
  });

  it("that could not be made is not cached", async () => {
    const cache = new RecordCache<string>({ entries: 2 });
    const { db, ask } = counted(cache);
    await expect(cache.at(db, 1, "a", () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await ask("a")).toBe("a1");
  });
});

describe("the bounds", () => {
  it("of entries drop the one that was made first", async () => {
    const cache = new RecordCache<string>({ entries: 2 });
    const { db, ask } = counted(cache);
    for (const key of ["a", "b", "c"]) await ask(key);
    expect(["a", "b", "c"].map((key) => cache.get(db, 1, key))).toEqual([undefined, "b1", "c1"]);
  });

  it("of bytes count what is cached now, and keep nothing that is too large", async () => {
    const cache = new RecordCache<string>({ entries: 9, bytes: { limit: 10, of: (value) => value.length } });
    const { db, ask } = counted(cache);
    const cached = () => ["a", "b", "c"].filter((key) => cache.get(db, 0, key) !== undefined);
    for (let version = 1; version <= 5; version++) await ask("a", version, "123456");
    await ask("b", 1, "1234");
    expect(cached()).toEqual(["a", "b"]);
    await ask("c", 1, "12");
    expect(cached()).toEqual(["b", "c"]);
    await ask("a", 9, "12345678901");
    expect(cached()).toEqual([]);
    await ask("a", 10, "1234567890");
    expect(cached()).toEqual(["a"]);
  });

  it("of values derived from one object drop the others", () => {
    const derived = new DerivedValues<object, string>(2);
    const object = {};
    for (const key of ["a", "b", "b", "c"]) derived.at(object, key, () => key);
    expect(["a", "b", "c"].map((key) => derived.get(object, key))).toEqual([undefined, undefined, "c"]);
    expect(derived.get({}, "c")).toBeUndefined();
  });
});

describe("one database never answers for another", () => {
  it("with a cache of its own for each, its bounds included", async () => {
    const cache = new RecordCache<string>({ entries: 1 });
    const [first, second] = [counted(cache), counted(cache)];
    await Promise.all([first.ask("a", 1, "of the first"), second.ask("a", 1, "of the second")]);
    expect(cache.get(first.db, 1, "a")).toBe("of the first");
    expect(cache.get(second.db, 1, "a")).toBe("of the second");
    expect(cache.get(database(), 0, "a")).toBeUndefined();
  });

  /** Another database with the same log, which fails wherever else it is read. */
  const failingBeyond = (readable: RegExp): D1Database => {
    const db = database();
    db.prepare = (sql) => {
      if (!readable.test(sql)) throw new Error("read");
      return env.DB.prepare(sql);
    };
    return db;
  };
  const fetchFrom = async (DB: D1Database, path: string) => {
    const context = createExecutionContext();
    const response = await worker.fetch(new Request(`https://wire.example${path}`), { ...env, DB }, context);
    await waitOnExecutionContext(context);
    return response.status;
  };
  const paths = ["/feed.rss", "/feed.json?q=aleppo", "/articles.atom", "/feeds.opml", "/help", "/"];

  beforeAll(async () => {
    await putNames();
    await putEvent("e", { places: ["aleppo"] });
    await addArticle("a");
  });

  const READABLE = {
    nothing: /^$/,
    "the head of the log": /FROM head/,
    "the head and the names": /FROM head|document FROM names/,
  };
  describe.each(Object.entries(READABLE))("where another lets %s be read", (_, readable) => {
    it.each(paths)("%s", async (path) => {
      expect(await fetchFrom(env.DB, path)).toBe(200);
      expect(await fetchFrom(failingBeyond(readable), path)).toBe(500);
      expect(await fetchFrom(env.DB, path)).toBe(200);
    });
  });
});
