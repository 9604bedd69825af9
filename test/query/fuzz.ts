/**
 * Fuzzes the query language with the names of data/: `node test/query/fuzz.ts [--runs 1000000] [--seed 1]`.
 *
 * For each string: only a `QueryError` is thrown, with a position in the string; the canonical form is read as the same query, with
 * the same canonical form; and no reading takes more than 5 ms, said only of a string that takes longer again and again, since now
 * and then any of them waits for the compiler, the garbage collector, or whatever else runs on the machine. Ends with status 1 at the
 * first string for which that is not so.
 */
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { readData } from "../../src/cli/data.ts";
import { parseQuery } from "../../src/query/grammar.ts";
import { makeVocabulary, type Vocabulary } from "../../src/query/names.ts";
import { queryName } from "../../src/record/names/name.ts";
import { MATCH_CASES } from "./cases.ts";
import { checkString, makeStrings, type Outcome } from "./fuzzing.ts";
import { READ, REFUSED } from "./grammar-cases.ts";

/** Milliseconds that no query may take. */
const SLOW = 5;

const { values } = parseArgs({
  options: { runs: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];

const { names } = readData(new URL("../../data", import.meta.url).pathname);
const vocabulary = makeVocabulary([...names].map(([id, name]) => queryName({ id, ...name })));
const queries = [...MATCH_CASES, ...READ, ...REFUSED].map(([, query]) => query);
const next = makeStrings(seed, queries, vocabulary);

/** Milliseconds that reading a string takes: of the processor where those are fewer, since whatever else runs makes it wait. */
function timed(source: string, vocabulary: Vocabulary): number {
  const [start, used] = [performance.now(), process.threadCpuUsage()];
  try {
    parseQuery(source, vocabulary);
  } catch {
    // A refusal takes its time as well. What it says is looked at by `checkString`.
  }
  const { user, system } = process.threadCpuUsage(used);
  return Math.min((user + system) / 1000, performance.now() - start);
}

function fail(run: number, source: string, what: unknown): never {
  console.error(`seed ${seed}, string ${run}: ${JSON.stringify(source)}\n${what instanceof Error ? what.stack : what}`);
  process.exit(1);
}

/** What was said, without what it was said of. */
const kindOf = (outcome: Outcome): string =>
  outcome.kind === "refused"
    ? `refused: ${outcome.message
        .replace(/ \(at character.*/s, "")
        .replace(/"[^"]*"/g, '"…"')
        .replace(/(?<=this one has )\d+|(?<=Each side of )\S+|(?<=expected (?:after|before) )\S+/u, "…")}`
    : outcome.kind;

// A program that has just begun is slow, whatever it reads.
const warmUp = makeStrings(seed + 1, queries, vocabulary);
for (let run = 0; run < 5000; run++) timed(warmUp(), vocabulary);

const counts = new Map<string, number>();
const slowest: { milliseconds: number; source: string }[] = [];
const started = performance.now();
for (let run = 1; run <= runs; run++) {
  const source = next();
  let milliseconds = timed(source, vocabulary);
  if (milliseconds > (slowest.at(-1)?.milliseconds ?? 0) || slowest.length < 5) {
    milliseconds = Math.min(milliseconds, timed(source, vocabulary), timed(source, vocabulary));
    for (let again = 0; again < 3 && milliseconds > SLOW; again++) {
      await setTimeout(100);
      milliseconds = Math.min(milliseconds, timed(source, vocabulary));
    }
    if (milliseconds > SLOW) fail(run, source, `takes ${milliseconds} ms`);
    slowest.push({ milliseconds, source });
    slowest.sort((a, b) => b.milliseconds - a.milliseconds).splice(5);
  }
  try {
    const kind = kindOf(checkString(source, vocabulary));
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  } catch (error) {
    fail(run, source, error);
  }
  if (run % 100_000 === 0) console.error(`${run} strings in ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

console.log(`${runs} strings from seed ${seed}, ${vocabulary.names.size} names`);
for (const [kind, count] of [...counts].sort((a, b) => b[1] - a[1]))
  console.log(`${String(count).padStart(8)} ${kind}`);
for (const { milliseconds, source } of slowest) console.log(`${milliseconds.toFixed(2)} ms ${JSON.stringify(source)}`);
