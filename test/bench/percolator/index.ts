/**
 * Which of N queries match an article: Parley's percolator beside its peers, on the same articles in the same run, in turns.
 *
 * `npm run bench -- percolator [--workload DIR] [--alerts N] [--out FILE] [--store memory]`
 */
import { writeFileSync } from "node:fs";
import { rounded, summary } from "../clock.ts";
import type { Row } from "../run.ts";
import { type Engine, literalsEngine, memoryEngine, naiveEngine, shardEngine } from "./engines.ts";
import { postgresEngine } from "./postgres.ts";
import { makeWorkload, readWorkload, type Workload } from "./workload.ts";

export interface PercolatorOptions {
  /** A folder in the format of `workload.ts`; without one, a small workload is made. */
  workload?: string | undefined;
  alerts?: string | undefined;
  /** A file for the figures of Parley's engine and what it found. */
  out?: string | undefined;
  /** `memory`: in this process; else in workerd, on a Durable Object's SQLite. */
  store?: string | undefined;
}

/** Articles matched by one engine before the next has its turn. */
const TURN = 10;
/** Beyond so many queries a peer is left out: it would take all the memory there is. */
const MOST_LITERALS = 200_000;

interface Measured {
  engine: Engine;
  times: number[];
  met: Awaited<ReturnType<NonNullable<Engine["meet"]>>> | undefined;
  matches: number[][];
}

export async function benchPercolator({ workload: folder, alerts, out, store }: PercolatorOptions): Promise<Row[]> {
  if (store !== undefined && store !== "memory")
    throw new Error(`--store: there is "memory", and without it a Durable Object`);
  const sizes = (alerts ?? "10000").split(",").map(Number);
  if (sizes.some((size) => !Number.isInteger(size) || size < 1))
    throw new Error(`--alerts: a number is expected, not ${alerts}`);
  const rows: Row[] = [];
  for (const size of sizes) {
    const workload = folder === undefined ? makeWorkload(size) : readWorkload(folder, size);
    rows.push(...(await compare(workload, store === "memory", out)));
  }
  return rows;
}

async function compare(workload: Workload, inMemory: boolean, out: string | undefined): Promise<Row[]> {
  const alerts = workload.queries.length;
  const engines = [
    inMemory ? memoryEngine(workload) : await shardEngine(workload),
    ...(inMemory ? [] : [memoryEngine(workload)]),
    postgresEngine(workload),
    alerts <= MOST_LITERALS ? literalsEngine(workload) : undefined,
    naiveEngine(workload),
  ].filter((engine) => engine !== undefined);
  try {
    const measured = await inTurns(engines, workload.articles.length);
    const [own] = measured;
    if (own && out !== undefined) writeFileSync(out, `${JSON.stringify(report(own, alerts), null, 1)}\n`);
    return table(measured, alerts);
  } finally {
    for (const { stop } of engines) await stop?.();
  }
}

async function inTurns(engines: readonly Engine[], articles: number): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const engine of engines) measured.push({ engine, times: [], met: await engine.meet?.(), matches: [] });
  for (let from = 0; from < articles; from += TURN) {
    for (const { engine, times, matches } of measured) {
      for (let article = from; article < Math.min(articles, from + TURN); article++) {
        const { ms, matches: found } = await engine.match(article);
        times.push(ms);
        if (found) matches.push(found.sort((a, b) => a - b));
      }
    }
  }
  return measured;
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

/** The figures of one engine, and what it found: of each article the numbers of the queries that match it, in order. */
function report({ engine, times, met, matches }: Measured, alerts: number) {
  const { median, p99 } = summary(times);
  return {
    engine: engine.name,
    alerts,
    articles: times.length,
    build_seconds: rounded(engine.build_seconds),
    add_ms: rounded(engine.add_ms ?? 0),
    median_ms: rounded(median),
    p99_ms: rounded(p99),
    // The first article that a shard matches after it has woken, and the rows that SQLite read for one on average, since then.
    first_ms: rounded(met?.first_ms ?? 0),
    rows_read: rounded(met ? mean(met.rows) : 0),
    most_rows_read: Math.max(0, ...(met?.rows ?? [])),
    bytes: engine.bytes ?? 0,
    disk_bytes: engine.disk_bytes ?? 0,
    memory_mb: engine.memory_mb ?? 0,
    matches,
  };
}

function table(measured: readonly Measured[], alerts: number): Row[] {
  const own = measured[0];
  const truth = measured.at(-1)?.matches ?? [];
  if (own === undefined) return [];
  const { median } = summary(own.times);
  return measured.map((each) => {
    const times = summary(each.times);
    return {
      alerts,
      engine: each.engine.name,
      "median ms": rounded(times.median),
      "p99 ms": rounded(times.p99),
      "times our time": rounded(times.median / median),
      "first ms": each.met ? rounded(each.met.first_ms) : "",
      "rows read": each.met ? rounded(mean(each.met.rows)) : "",
      "build s": rounded(each.engine.build_seconds),
      "add ms": each.engine.add_ms === undefined ? "" : rounded(each.engine.add_ms),
      "bytes an alert": each.engine.bytes === undefined ? "" : rounded(each.engine.bytes / alerts),
      "on disk": each.engine.disk_bytes === undefined ? "" : rounded(each.engine.disk_bytes / alerts),
      "memory MB": each.engine.memory_mb ?? "",
      differences:
        each.matches.length === 0 ? "" : each.matches.filter((found, i) => found.join() !== truth[i]?.join()).length,
    };
  });
}
