/**
 * Many searches of long texts at the same time: other requests are answered meanwhile, few searches run at once, and
 * excess is refused.
 */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { SingleFlight } from "../../src/platform/single-flight.ts";
import { MAX_TEXT } from "../../src/record/articles/article.ts";
import { asker } from "../../src/record/search/asker.ts";
import { Turns } from "../../src/record/search/turns.ts";
import { STEP_BYTES } from "../../src/record/search/walk-candidates.ts";
import worker from "../../src/worker.ts";
import { addArticle, CURATOR, json, ORIGIN, putNames } from "../client.ts";
import { problemOf } from "./support.ts";

const ARTICLES = 12;
/** Searches that run at the same time in an isolate. */
const RUNNING = 3;
/** Time limit in ms for much work on a machine with other load. */
const TIMEOUT = 180_000;

const words = Array.from({ length: 4000 }, (_, i) => (i % 5 === 0 ? "convoy" : `w${(i * 7919).toString(36)}`)).join(
  " ",
);
const longText = (article: number): string => `Article ${article}. ${words} `.repeat(99).slice(0, MAX_TEXT);

beforeAll(async () => {
  await putNames();
  for (let i = 0; i < ARTICLES; i++) await addArticle(`long-${i}`, { text: longText(i) });
});

/**
 * A database that records how many texts are read at once, how many bytes one statement reads, and how many statements
 * read texts.
 */
class Watch {
  most = 0;
  reads = 0;
  longest = 0;
  #under = 0;

  database(): D1Database {
    const { DB } = env;
    return new Proxy(DB, {
      get: (_, name) =>
        name === "prepare"
          ? (sql: string) => this.#statement(DB.prepare(sql), / a\.text AS text/.test(sql))
          : undefined,
    });
  }

  #statement(statement: D1PreparedStatement, texts: boolean): D1PreparedStatement {
    return new Proxy(statement, {
      get: (_, name) => {
        // An empty list of rows has no texts.
        if (name === "bind")
          return (...values: unknown[]) => this.#statement(statement.bind(...values), texts && !values.includes("[]"));
        if (name === "first") return (...column: []) => statement.first(...column);
        if (name === "all") return () => (texts ? this.#read(statement) : statement.all());
        return undefined;
      },
    });
  }

  async #read(statement: D1PreparedStatement): Promise<D1Result<{ text: string }>> {
    this.reads++;
    this.most = Math.max(this.most, ++this.#under);
    const result = await statement.all<{ text: string }>();
    this.#under--;
    const bytes = result.results.reduce((sum, { text }) => sum + new TextEncoder().encode(text).length, 0);
    this.longest = Math.max(this.longest, bytes);
    return result;
  }
}

/** Sends a request from a network of its own. */
async function ask(path: string, DB: D1Database = env.DB, caller = "192.0.2.1"): Promise<Response> {
  const request = new Request(ORIGIN + path, { headers: { "cf-connecting-ip": caller } });
  return worker.fetch(request, { ...env, DB }, createExecutionContext());
}

/** Returns different queries, so that nothing can be shared, with equal answers apart from their reading. */
const previewPath = (i: number): string => `/api/preview?q=${encodeURIComponent(`convoy -nowhere${i}`)}`;
const PATHS = [
  ...Array.from({ length: 6 }, (_, i) => previewPath(i)),
  ...Array.from({ length: 6 }, (_, i) => `/api/articles?limit=2&q=convoy+-nowhere${i}`),
  ...Array.from({ length: 3 }, (_, i) => `/articles.json?q=convoy+-absent${i}`),
  ...Array.from({ length: 3 }, (_, i) => `/alerts/new?q=convoy+-nowhere${i}`),
  ...Array.from({ length: 2 }, (_, i) => `/articles.rss?before=12&q=convoy+-elsewhere${i}`),
];

/** Sends requests repeatedly while work is under way. Returns the longest time in ms. */
async function slowest(work: Promise<unknown>, cheap: () => Promise<Response>): Promise<number> {
  let [ended, most] = [false, 0];
  const end = work.finally(() => {
    ended = true;
  });
  while (!ended) {
    const begun = performance.now();
    expect((await cheap()).status).toBe(200);
    most = Math.max(most, performance.now() - begun);
    await scheduler.wait(5);
  }
  await end;
  return most;
}

describe("twenty searches of long texts at the same time", () => {
  it(
    "run three at a time with two megabytes each, while other requests are answered",
    async () => {
      expect(PATHS).toHaveLength(20);
      const alone: string[] = [];
      const begun = performance.now();
      for (const path of PATHS) alone.push(await (await ask(path)).text());
      const each = (performance.now() - begun) / PATHS.length;

      const watch = new Watch();
      const DB = watch.database();
      const together = Promise.all(PATHS.map(async (path) => (await ask(path, DB)).text()));
      const wait = await slowest(together, () => ask("/healthz", DB));
      const differing = (await together).flatMap((text, i) =>
        text === alone[i] ? [] : [[PATHS[i], text.slice(0, 200)]],
      );
      expect(differing).toEqual([]);
      expect(watch.reads).toBeGreaterThan(PATHS.length);
      expect(watch.most).toBeLessThanOrEqual(RUNNING);
      expect(watch.longest).toBeLessThanOrEqual(STEP_BYTES);
      // Without pauses it would wait for nearly all of them.
      expect(wait).toBeLessThan(2 * each);
    },
    TIMEOUT,
  );

  it(
    "are computed once if they are equal",
    async () => {
      const once = new Watch();
      const [first] = await Promise.all([ask(previewPath(0), once.database())]);
      const many = new Watch();
      const DB = many.database();
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(previewPath(0), DB, `192.0.2.${i}`)));
      const bodies = await Promise.all(answers.map((answer) => answer.text()));
      expect(new Set(bodies)).toEqual(new Set([await first?.text()]));
      expect(many.reads).toBe(once.reads);
    },
    TIMEOUT,
  );

  it(
    "are refused beyond a limit, with the time to retry, and others are not",
    async () => {
      const path = (i: number): string => `/api/articles?limit=1&q=${encodeURIComponent(`convoy -never${i}`)}`;
      const flood = Array.from({ length: 80 }, (_, i) => ask(path(i), env.DB, "192.0.2.7"));
      const other = ask(path(99), env.DB, "192.0.2.8");
      expect((await other).status).toBe(200);
      const answers = await Promise.all(flood);
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThan(0);
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(RUNNING);
      for (const answer of refused) expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
      const [one] = refused;
      if (one) await problemOf(Promise.resolve(one), 429);
      expect((await ask(path(0))).status).toBe(200);
    },
    TIMEOUT,
  );
});

describe("pages with texts, for curators", () => {
  it.each(["", "&q=convoy"])("contain at most one step of texts%s", async (more) => {
    const ids: string[] = [];
    for (let next: string | null = `/api/articles?limit=100${more}`; next !== null; ) {
      const request = new Request(ORIGIN + next, { headers: CURATOR });
      const answer = worker.fetch(request, env, createExecutionContext());
      const page = await json<{ articles: { id: string; text: string }[]; next_url: string | null }>(
        Promise.resolve(answer),
      );
      const length = page.articles.reduce((sum, { text }) => sum + text.length, 0);
      expect(length).toBeLessThan(STEP_BYTES + MAX_TEXT);
      ids.push(...page.articles.map(({ id }) => id));
      next = page.next_url?.slice(ORIGIN.length) ?? null;
    }
    expect(new Set(ids).size).toBe(ARTICLES);
    expect(ids).toHaveLength(ARTICLES);
  });
});

/** Starts work like a request that is cancelled at once: its timers end with it. */
function withoutTimers<T>(begin: () => T): T {
  const spy = vi.spyOn(globalThis, "setInterval").mockImplementation(() => setTimeout(() => {}, 0));
  try {
    return begin();
  } finally {
    spy.mockRestore();
  }
}

describe("turns", () => {
  const bounds = { running: 2, total: 5, perCaller: 3, patience: 200 };
  /** Takes a turn for a caller until it is released. */
  function hold(turns: Turns, caller: string | undefined, order: string[] = []) {
    let held = true;
    const work = async (): Promise<void> => {
      order.push(caller ?? "own");
      while (held) await scheduler.wait(1);
    };
    const taken = caller === undefined ? turns.take(work) : asker.run(caller, () => turns.take(work));
    return { taken, letGo: () => (held = false) };
  }
  const settled = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await scheduler.wait(1);
  };

  it("go to the caller with the fewest, then to the first", async () => {
    const turns = new Turns({ ...bounds, patience: 60_000 });
    const order: string[] = [];
    const many = ["a", "a", "a"].map((caller) => hold(turns, caller, order));
    await settled(() => order.length === 2);
    const other = hold(turns, "b", order);
    many[0]?.letGo();
    await settled(() => order.length === 3);
    expect(order).toEqual(["a", "a", "b"]);
    for (const each of [...many, other]) each.letGo();
    await Promise.all([...many, other].map(({ taken }) => taken));
    expect(order).toEqual(["a", "a", "b", "a"]);
  });

  it("are refused to a caller with too many, to all if there are too many, and after too long a wait", async () => {
    const turns = new Turns(bounds);
    const held = ["a", "a", "a", "b", "c"].map((caller) => hold(turns, caller));
    for (const caller of ["a", "d"]) {
      await expect(hold(turns, caller).taken).rejects.toMatchObject({ status: 429, headers: { "retry-after": "5" } });
    }
    // A search without a caller is never refused.
    const own = hold(turns, undefined);
    const end = async ({ taken, letGo }: ReturnType<typeof hold>, i: number): Promise<void> => {
      if (i < 2) await scheduler.wait(2 * bounds.patience);
      if (i < 2) letGo();
      await taken;
    };
    const ends = await Promise.allSettled(held.map(end));
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "rejected", "rejected"]);
    own.letGo();
    await own.taken;
  });

  it("are free again after a lost request", async () => {
    const turns = new Turns({ ...bounds, running: 1, patience: 60_000 });
    const lost = withoutTimers(() => hold(turns, "a"));
    expect(await turns.take(async () => 1)).toBe(1);
    lost.letGo();
    await lost.taken;
  });

  it("are free again after failed work", async () => {
    const turns = new Turns({ ...bounds, running: 1 });
    await expect(turns.take(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await turns.take(async () => 1)).toBe(1);
  });
});

describe("equal searches at the same time", () => {
  it("are shared by requests for the same search of the same record only", async () => {
    const flights = new SingleFlight<number>();
    let works = 0;
    const work = async (): Promise<number> => {
      await scheduler.wait(20);
      return ++works;
    };
    const { DB } = env;
    const asked = [flights.share(DB, "a", work), flights.share(DB, "a", work), flights.share(DB, "b", work)];
    expect(new Set(await Promise.all([...asked, flights.share(new Watch().database(), "a", work)])).size).toBe(3);
    expect(await flights.share(DB, "a", work)).toBe(4);
  });

  it("are taken over by another request if the first is lost", async () => {
    const flights = new SingleFlight<string>();
    const lost = withoutTimers(() => flights.share(env.DB, "a", () => scheduler.wait(6_000).then(() => "late")));
    let works = 0;
    const work = async (): Promise<string> => {
      await scheduler.wait(50);
      return `taken over ${++works}`;
    };
    const others = await Promise.all([flights.share(env.DB, "a", work), flights.share(env.DB, "a", work)]);
    expect(others).toEqual(["taken over 1", "taken over 1"]);
    expect(await lost).toBe("late");
  });

  it("are tried by each request if the first fails", async () => {
    const flights = new SingleFlight<number>();
    const failing = flights.share(env.DB, "a", async () => {
      await scheduler.wait(20);
      throw new Error("broken");
    });
    const other = flights.share(env.DB, "a", async () => 7);
    await expect(failing).rejects.toThrow("broken");
    expect(await other).toBe(7);
  });
});
