/** What D1 reads for a thousand requests, while an event is added; it must not grow with the record. */
import * as z from "zod";
import type { Row } from "../run.ts";
import { ask, type Case, casesOf, FORMATS, filterPath } from "./cases.ts";
import type { Reads } from "./counted.ts";
import type { LoadGenerator } from "./load.ts";
import { type Filled, putEvent, startParley } from "./workers.ts";

const CONNECTIONS = 50;
/** Half of them before the event is added. */
const REQUESTS = 1000;
const PATIENCE = 300;

const reads = z.object({ queries: z.number(), rows: z.number() });

export async function measureRows(
  filled: Filled,
  modules: Parameters<typeof startParley>[0],
  queries: Iterator<string>,
  generator: LoadGenerator,
): Promise<Row[]> {
  const parley = await startParley(modules, filled);
  const origin = parley.origins[0] ?? "";
  const readsOf = async (work: () => Promise<unknown>): Promise<Reads> => {
    const before = await readReads(origin);
    await work();
    const after = await readReads(origin);
    return { queries: after.queries - before.queries, rows: after.rows - before.rows };
  };
  let added = 0;
  const measure = async (each: Case): Promise<Row> => {
    const half = (): Promise<unknown> => request(generator, origin, each, queries);
    // Of the case's own kind, so that what is counted is not the isolate's beginning.
    if (each.paths !== "distinct") await ask(origin, each.paths[0] ?? "", {});
    const began = performance.now();
    const [first, put, second] = [
      await readsOf(half),
      await readsOf(() => putEvent(origin, `bench-added-${each.format}-${++added}`, EVENT)),
      await readsOf(half),
    ];
    return {
      events: filled.events,
      measured: each.name,
      format: each.format,
      requests: REQUESTS,
      seconds: Number(((performance.now() - began) / 1000).toFixed(2)),
      "D1 rows read": first.rows + second.rows,
      "D1 queries": first.queries + second.queries,
      "rows read by adding the event": put.rows,
    };
  };
  try {
    const { rows, queries: asked } = await readsOf(() => ask(origin, "/feed.rss", {}));
    const start: Row = {
      events: filled.events,
      measured: "first request of an isolate",
      format: "rss",
      requests: 1,
      seconds: "",
      "D1 rows read": rows,
      "D1 queries": asked,
      "rows read by adding the event": "",
    };
    const table: Row[] = [start];
    for (const format of FORMATS) {
      const { etag } = await ask(origin, `/feed.${format}`, {});
      for (const each of casesOf(format, etag)) if (each.status === 200) table.push(await measure(each));
    }
    return table;
  } finally {
    await parley.stop();
  }
}

/** An event that none of the filters that repeat finds. */
const EVENT = {
  date: "2016-09-12",
  title: "An event of the benchmark",
  summary: "It is added while others read.",
  places: [],
  actors: [],
  topics: [],
  articles: [],
};

const request = (
  generator: LoadGenerator,
  origin: string,
  { paths, format, headers, status }: Case,
  queries: Iterator<string>,
) => {
  const half = REQUESTS / 2;
  const distinct = paths === "distinct";
  return generator.run({
    origin,
    paths: distinct ? Array.from({ length: half }, () => filterPath(format, queries.next().value)) : paths,
    once: distinct,
    headers,
    connections: CONNECTIONS,
    seconds: PATIENCE,
    requests: half,
    status,
  });
};

async function readReads(origin: string): Promise<Reads> {
  const response = await fetch(`${origin}/bench/reads`);
  return reads.parse(await response.json());
}
