/** `npm run crash [-- --kills N --messages N --seed N --record]`: kills the Worker over and over, and says what came of it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { crash } from "./suite.ts";

const { values: options } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    messages: { type: "string", default: "5000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    // Keeps the result where it can be committed.
    record: { type: "boolean" },
    verbose: { type: "boolean" },
  },
});
const readNumber = (name: "kills" | "messages" | "seed"): number => {
  if (/^\d{1,9}$/.test(options[name])) return Number(options[name]);
  console.error(`--${name} takes a whole number`);
  process.exit(1);
};
const [kills, messages, seed] = [readNumber("kills"), readNumber("messages"), readNumber("seed")];
console.log(`seed ${seed}: the same one makes the same choices, but not the same moments`);

const { violations, ...figures } = await crash({
  kills,
  messages,
  seed,
  onKill: (count, kind) => {
    if (options.verbose || count % 20 === 0) console.log(`kill ${count}: ${kind}`);
  },
  onLog: (line) => {
    if (options.verbose) console.log(line.trimEnd());
  },
});
const { kills: kinds, ...rest } = figures;
console.table(kinds);
console.table(
  Object.entries(rest).map(([what, figure]) => ({
    what,
    figure: typeof figure === "number" ? figure : JSON.stringify(figure),
  })),
);
const date = new Date().toISOString().slice(0, 10);
const folder = options.record
  ? join(import.meta.dirname, "..", "bench", "results")
  : join(import.meta.dirname, "..", "..", ".wrangler", "bench");
mkdirSync(folder, { recursive: true });
const machine = { node: process.version, cpus: cpus().length };
writeFileSync(
  join(folder, `${date}-crash.json`),
  `${JSON.stringify({ date, machine, seed, ...figures, violations: violations.length }, null, 2)}\n`,
);
const [first] = violations;
if (first) {
  console.error(`\n${violations.length} violations. The first, of "${first.rule}":\n${first.says}\n`);
  console.error(JSON.stringify(first.known, (_, value) => (value instanceof Set ? [...value] : value), 2));
  for (const { rule, says } of violations.slice(1, 20)) console.error(`${rule}: ${says}`);
  process.exit(1);
}
console.log("\nNothing was lost, no number is missing, and what came twice bears the same id.");
process.exit(0);
