/**
 * Feeds: rendering beside the package feedsmith, requests a second beside a constant Worker, and what D1 reads for them. The Workers and
 * the load generator are processes of their own on this machine, so that they share its processors: what counts are the ratios.
 */
import { readData } from "../../../src/cli/data.ts";
import { DATA } from "../../../src/cli/paths.ts";
import { removeFolder } from "../delivery/parley.ts";
import type { Row } from "../run.ts";
import { startLoadGenerator } from "./load.ts";
import { benchRendering } from "./rendering.ts";
import { measureRows } from "./rows.ts";
import { makeQueries } from "./stories.ts";
import { measureThroughput } from "./throughput.ts";
import { bundleAll, fillRecord } from "./workers.ts";

export interface FeedsOptions {
  /** Sizes of the record, in events; data/ has some already. */
  events?: string | undefined;
  /** How long each case of the throughput is measured. */
  seconds?: string | undefined;
  /** Only these parts: rendering, throughput, rows. */
  only?: string | undefined;
}

const PARTS = ["rendering", "throughput", "rows"];

export async function benchFeeds({ events = "100,100000", seconds = "5", only }: FeedsOptions): Promise<Row[]> {
  const parts = only?.split(",") ?? PARTS;
  const unknown = parts.filter((part) => !PARTS.includes(part));
  if (unknown.length > 0) throw new Error(`--only: one of ${PARTS.join(", ")} is expected, not ${unknown.join(", ")}`);
  const data = readData(DATA);
  const sizes = events.split(",").map((size) => readInteger("--events", size, data.events.size));
  const duration = readInteger("--seconds", seconds, 1);
  const rendering = parts.includes("rendering") ? benchRendering(data) : [];
  if (!parts.includes("throughput") && !parts.includes("rows")) return rendering;

  const bundles = bundleAll();
  const generator = startLoadGenerator();
  const rows: Row[] = [];
  try {
    for (const size of sizes) {
      const queries = makeQueries(data);
      const filled = await fillRecord(bundles.counting, data, size);
      console.log(`${size} events on record, after ${filled.took.toFixed(0)} s`);
      try {
        if (parts.includes("rows")) rows.push(...(await measureRows(filled, bundles.counting, queries, generator)));
        if (parts.includes("throughput"))
          rows.push(...(await measureThroughput(filled, bundles.plain, queries, generator, duration)));
      } finally {
        removeFolder(filled.folder);
      }
    }
  } finally {
    generator.stop();
  }
  return [...rendering, ...rows];
}

function readInteger(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new Error(`${option}: a number from ${least} is expected, not ${text}`);
  return value;
}
