/** `npm run bench [-- NAME …] [--record]`: runs benchmarks, prints their tables, and writes them as JSON. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchAnalysis } from "./analysis.ts";
import { benchDelivery } from "./delivery/index.ts";
import { benchFeeds } from "./feeds/index.ts";
import { benchPercolator } from "./percolator/index.ts";
import { benchWorst } from "./percolator/worst.ts";
import { benchQuality } from "./quality.ts";
import { benchSite } from "./site/index.ts";

/** A line of a table: what was measured, and the figures. */
export type Row = Record<string, string | number>;

const { positionals: asked, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    // Puts the results where they can be committed; else they stay out of the way.
    record: { type: "boolean" },
    workload: { type: "string" },
    alerts: { type: "string" },
    out: { type: "string" },
    store: { type: "string" },
    seconds: { type: "string" },
    events: { type: "string" },
    only: { type: "string" },
    loads: { type: "string" },
  },
});

const BENCHMARKS: Readonly<Record<string, () => Row[] | Promise<Row[]>>> = {
  analysis: benchAnalysis,
  percolator: () => benchPercolator(options),
  worst: benchWorst,
  quality: benchQuality,
  feeds: () => benchFeeds(options),
  delivery: () => benchDelivery(options),
  site: () => benchSite(options),
};

const unknown = asked.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; there are ${Object.keys(BENCHMARKS).join(", ")}`);
  process.exit(1);
}
const folder = options.record
  ? join(import.meta.dirname, "results")
  : join(import.meta.dirname, "..", "..", ".wrangler", "bench");
mkdirSync(folder, { recursive: true });
for (const [name, bench] of Object.entries(BENCHMARKS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const rows = await bench();
  console.log(`\n${name}`);
  // Rows with the same columns are a table of their own.
  for (const table of Map.groupBy(rows, (row) => Object.keys(row).join()).values()) console.table(table);
  const date = new Date().toISOString().slice(0, 10);
  const machine = { node: process.version, cpus: cpus().length };
  writeFileSync(join(folder, `${date}-${name}.json`), `${JSON.stringify({ date, machine, rows }, null, 2)}\n`);
}
