/** What is measured, and what it is measured beside: each takes the queries once, then one article at a time. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import AhoCorasick from "modern-ahocorasick";
import { bundle } from "../../../src/cli/bundle.ts";
import { MemoryStore } from "../../../src/percolator/memory-store.ts";
import { Percolator } from "../../../src/percolator/percolator.ts";
import { parseQuery } from "../../../src/query/grammar.ts";
import { makeVocabulary } from "../../../src/query/names.ts";
import { analyse } from "../../../src/query/text.ts";
import { summary, timed } from "../clock.ts";
import type { Call } from "./engine-worker.ts";
import { inParley, type PlainQuery, readPlain, type Workload, wordsOf } from "./workload.ts";

export interface Engine {
  name: string;
  build_seconds: number;
  /** Milliseconds to add one more query to what is there. */
  add_ms?: number;
  /** Bytes of the postings, or of what stands in their place. */
  bytes?: number;
  /** All that is kept on disk. */
  disk_bytes?: number;
  /** Megabytes: the most that its isolate held at once, garbage included; or what its structures take in this process. */
  memory_mb?: number;
  /** Matches all articles once, as one that has just been started does; tells what the first takes, and the rows read for each. */
  meet?(): Promise<{ first_ms: number; rows: number[] }>;
  /** The numbers of the queries that match an article; undefined where it does not tell. */
  match(article: number): Promise<{ matches: number[] | undefined; ms: number }>;
  stop?(): Promise<void>;
}

const NO_NAMES = makeVocabulary([]);
const seconds = (since: number): number => (performance.now() - since) / 1000;
const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

/** Parley's percolator in workerd, on a Durable Object's SQLite. What is measured was filed by another process. */
export async function shardEngine(workload: Workload): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), "parley-bench-"));
  const modules = bundle(join(import.meta.dirname, "wrangler.toml"), "engine-worker.js");
  const building = runWorker(folder, modules);
  await building.ask({ do: "sizes" });
  const start = performance.now();
  let add_ms = 0;
  const queries = inParley(workload);
  for (let from = 0; from < queries.length; from += STEP) {
    add_ms = await building.ask<number>({ do: "add", from, queries: queries.slice(from, from + STEP) });
  }
  const build_seconds = seconds(start);
  const sizes = await building.ask<{ rows: number; bytes: number; disk: number }>({ do: "sizes" });
  await building.stop();
  const serving = runWorker(folder, modules);
  let peak = 0;
  return {
    name: "parley in a Durable Object",
    build_seconds,
    add_ms,
    bytes: sizes.bytes,
    disk_bytes: sizes.disk,
    get memory_mb() {
      return megabytes(peak);
    },
    meet: async () => {
      const met: { ms: number; rowsRead: number }[] = [];
      for (const article of workload.articles) met.push(await serving.ask({ do: "meet", article }));
      return { first_ms: met[0]?.ms ?? 0, rows: met.map(({ rowsRead }) => rowsRead) };
    },
    match: async (article) => {
      const answer = await serving.ask<{ matches: number[]; ms: number }>({
        do: "match",
        article: workload.articles[article] ?? "",
      });
      peak = Math.max(peak, await serving.memory());
      return answer;
    },
    stop: async () => {
      await serving.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Queries that are filed in one go. */
const STEP = 5000;

function runWorker(folder: string, modules: ReturnType<typeof bundle>) {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      inspectorPort: 0,
      resourcePersistencePath: folder,
      workers: [
        {
          name: "engine",
          modules,
          compatibilityDate: "2026-10-01",
          durableObjects: { ENGINE: { className: "Engine", useSQLite: true } },
        },
      ],
    }),
  );
  return {
    ask: async <T>(call: Call): Promise<T> => {
      const response = await miniflare.dispatchFetch("http://engine/", { method: "POST", body: JSON.stringify(call) });
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()) as T;
    },
    /** Bytes of the isolate's heap and of its buffers, as they are now. */
    memory: async (): Promise<number> => {
      await miniflare.ready;
      const { host } = await miniflare.getInspectorURL();
      return await heapOf(`ws://${host}/core:user:engine`);
    },
    stop: () => miniflare.dispose(),
  };
}

/** Asks V8's inspector. */
async function heapOf(url: string): Promise<number> {
  const socket = new WebSocket(url);
  try {
    return await new Promise<number>((resolve, reject) => {
      socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: "Runtime.getHeapUsage" }));
      socket.onmessage = ({ data }) => {
        const { id, result } = JSON.parse(String(data));
        if (id === 1) resolve(result.usedSize + result.backingStorageSize);
      };
      socket.onerror = () => reject(new Error(`the inspector at ${url} does not answer`));
    });
  } finally {
    socket.close();
  }
}

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const ownMemory = (): number => {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** Parley's percolator in this process, with its rows in memory. */
export function memoryEngine(workload: Workload): Engine {
  const { articles } = workload;
  const queries = inParley(workload);
  const before = ownMemory();
  const start = performance.now();
  const store = new MemoryStore();
  const percolator = new Percolator(store);
  let add_ms = 0;
  for (let from = 0; from < queries.length; from += STEP) {
    const trees = queries.slice(from, from + STEP).map((query) => parseQuery(query, NO_NAMES).tree);
    const begin = performance.now();
    for (const [i, tree] of trees.entries()) percolator.add(from + i, tree);
    add_ms = (performance.now() - begin) / trees.length;
  }
  const build_seconds = seconds(start);
  const memory_mb = megabytes(ownMemory() - before);
  const texts = articles.map((text) => analyse({ title: "", text }, NO_NAMES));
  return {
    name: "parley in memory",
    build_seconds,
    add_ms,
    bytes: store.size.bytes,
    memory_mb,
    match: async (article) => {
      const text = texts[article];
      if (text === undefined) throw new Error(`there is no article ${article}`);
      return { matches: percolator.match(text).found, ms: timed(() => percolator.match(text)) };
    },
  };
}

/** Every query on every article. It is the judge of all others. */
export function naiveEngine({ articles, queries }: Workload): Engine {
  const start = performance.now();
  const plain = queries.map(readPlain);
  const build_seconds = seconds(start);
  return {
    name: "every query on every article",
    build_seconds,
    match: async (article) => {
      const words = wordsOf(articles[article] ?? "");
      const times: number[] = [];
      let matches: number[] = [];
      for (let run = 0; run < (queries.length > 200_000 ? 1 : 5); run++) {
        const begin = performance.now();
        matches = naive(words, plain);
        times.push(performance.now() - begin);
      }
      return { matches, ms: summary(times).median };
    },
  };
}

function naive(words: readonly string[], queries: readonly PlainQuery[]): number[] {
  const there = new Set(words);
  const text = ` ${words.join(" ")} `;
  const has = (run: string[]): boolean =>
    run.every((word) => there.has(word)) && (run.length === 1 || text.includes(` ${run.join(" ")} `));
  const matches: number[] = [];
  for (const [number, { required, excluded }] of queries.entries()) {
    if (required.every((group) => group.some(has)) && !excluded.some(has)) matches.push(number);
  }
  return matches;
}

/** The literals of all queries at once, without any logic: where each occurs is all that it tells. */
export function literalsEngine({ articles, queries }: Workload): Engine {
  const literals = new Set<string>();
  for (const query of queries) {
    const { required, excluded } = readPlain(query);
    for (const run of [...required.flat(), ...excluded]) literals.add(` ${run.join(" ")} `);
  }
  const before = ownMemory();
  const start = performance.now();
  const matcher = new AhoCorasick([...literals]);
  const build_seconds = seconds(start);
  const memory_mb = megabytes(ownMemory() - before);
  const texts = articles.map((text) => ` ${wordsOf(text).join(" ")} `);
  return {
    name: "modern-ahocorasick, literals alone",
    build_seconds,
    memory_mb,
    match: async (article) => ({ matches: undefined, ms: timed(() => matcher.search(texts[article] ?? "")) }),
  };
}
