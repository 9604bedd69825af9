/** `npm run bench [-- NAME …]`: runs benchmarks, prints their tables, and writes them as JSON. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { benchFeeds } from "./feeds.ts";
import { benchPercolator } from "./percolator.ts";

/** A line of a table: what was measured, and the figures. */
export type Row = Record<string, string | number>;

const BENCHMARKS: Readonly<Record<string, () => Row[]>> = { feeds: benchFeeds, percolator: benchPercolator };

/** `--record` puts the results where they can be committed; else they stay out of the way. */
const record = process.argv.includes("--record");
const asked = process.argv.slice(2).filter((option) => option !== "--record");
const unknown = asked.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; there are ${Object.keys(BENCHMARKS).join(", ")}`);
  process.exit(1);
}
const folder = record
  ? join(import.meta.dirname, "results")
  : join(import.meta.dirname, "..", "..", ".wrangler", "bench");
mkdirSync(folder, { recursive: true });
for (const [name, bench] of Object.entries(BENCHMARKS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const rows = bench();
  console.log(`\n${name}`);
  console.table(rows);
  const date = new Date().toISOString().slice(0, 10);
  const machine = { node: process.version, cpus: cpus().length };
  writeFileSync(join(folder, `${date}-${name}.json`), `${JSON.stringify({ date, machine, rows }, null, 2)}\n`);
}
