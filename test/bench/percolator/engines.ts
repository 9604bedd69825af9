/** What is measured, and what it is measured beside: each takes the queries once, then one article at a time. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import AhoCorasick from "modern-ahocorasick";
import { bundle } from "../../../src/cli/server.ts";
import { MemoryStore } from "../../../src/percolator/memory.ts";
import { Percolator } from "../../../src/percolator/percolator.ts";
import { parseQuery } from "../../../src/query/grammar.ts";
import { makeVocabulary } from "../../../src/query/names.ts";
import { analyse } from "../../../src/query/text.ts";
import type { Call } from "./engine-worker.ts";
import { inParley, readPlain, type Workload, wordsOf } from "./workload.ts";

export interface Engine {
  name: string;
  build_seconds: number;
  /** Milliseconds to add one more query to what is there. */
  add_ms?: number;
  /** Bytes of the postings, or of what stands in their place. */
  bytes?: number;
  /** All that is kept on disk. */
  disk_bytes?: number;
  /** Megabytes of its process, after the queries were added less what it had before. */
  memory_mb?: number;
  /** Forgets what it has read, as if it were started anew. */
  wake?(): Promise<void>;
  /** The numbers of the queries that match an article; undefined where it does not tell. */
  match(article: number): Promise<{ matches: number[] | undefined; ms: number; rowsRead?: number }>;
  stop?(): Promise<void>;
}

const NO_NAMES = makeVocabulary([]);
const seconds = (since: number): number => (performance.now() - since) / 1000;
const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

/** How often an article is matched for one figure: the mean of several, since a clock has its limits. */
const LEAST_MS = 20;

function timed<T>(run: () => T): { result: T; ms: number } {
  const result = run();
  const start = performance.now();
  let runs = 0;
  do {
    run();
    runs++;
  } while (performance.now() - start < LEAST_MS);
  return { result, ms: (performance.now() - start) / runs };
}

/** Parley's percolator in workerd, on a Durable Object's SQLite. */
export async function shardEngine(workload: Workload): Promise<Engine> {
  const { articles } = workload;
  const queries = inParley(workload);
  const folder = mkdtempSync(join(tmpdir(), "parley-bench-"));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      resourcePersistencePath: folder,
      workers: [
        {
          name: "engine",
          modules: bundle(join(import.meta.dirname, "wrangler.toml"), "engine-worker.js"),
          compatibilityDate: "2026-10-01",
          durableObjects: { ENGINE: { className: "Engine", useSQLite: true } },
        },
      ],
    }),
  );
  const ask = async <T>(call: Call): Promise<T> => {
    const response = await miniflare.dispatchFetch("http://engine/", { method: "POST", body: JSON.stringify(call) });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as T;
  };
  await ask({ do: "sizes" });
  const before = childMemory();
  const start = performance.now();
  let add_ms = 0;
  const STEP = 10_000;
  for (let from = 0; from < queries.length; from += STEP) {
    add_ms = await ask<number>({ do: "add", from, queries: queries.slice(from, from + STEP) });
  }
  const build_seconds = seconds(start);
  for (const text of articles) await ask({ do: "articles", texts: [text] });
  const sizes = await ask<{ rows: number; bytes: number; disk: number }>({ do: "sizes" });
  await ask({ do: "wake" });
  return {
    name: "parley in a Durable Object",
    build_seconds,
    add_ms,
    bytes: sizes.bytes,
    disk_bytes: sizes.disk,
    get memory_mb() {
      return megabytes(childMemory() - before);
    },
    wake: () => ask({ do: "wake" }),
    match: (article) => ask({ do: "match", article }),
    stop: async () => {
      await miniflare.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The resident memory of this process's children, in bytes: of workerd, here. 0 where the system does not tell. */
function childMemory(): number {
  try {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
    return children.reduce((sum, pid) => {
      const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      return sum + 1024 * Number(kilobytes ?? 0);
    }, 0);
  } catch {
    return 0;
  }
}

const ownMemory = (): number => {
  globalThis.gc?.();
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
  const STEP = 10_000;
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
      const { result, ms } = timed(() => percolator.match(text));
      return { matches: result, ms };
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
      const begin = performance.now();
      const there = new Set(words);
      const text = ` ${words.join(" ")} `;
      const has = (run: string[]): boolean =>
        run.every((word) => there.has(word)) && (run.length === 1 || text.includes(` ${run.join(" ")} `));
      const matches: number[] = [];
      for (const [number, { required, excluded }] of plain.entries()) {
        if (required.every((group) => group.some(has)) && !excluded.some(has)) matches.push(number);
      }
      return { matches, ms: performance.now() - begin };
    },
  };
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
    match: async (article) => ({ matches: undefined, ms: timed(() => matcher.search(texts[article] ?? "")).ms }),
  };
}
