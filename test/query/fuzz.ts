/**
 * Fuzzes the query language with the names of data/: `node test/query/fuzz.ts [--runs 1000000] [--seed 1]`.
 *
 * For each string it checks that only a `QueryError` with a position in the string is thrown, and that the canonical
 * form parses as the same query with the same canonical form. It also checks that parsing takes at most 5 ms. A slow
 * string is measured again and again, since any run may wait for the compiler, the garbage collector or other programs.
 * Exits with status 1 at the first string that fails.
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

/** Maximum time of a query in ms. */
const SLOW = 5;

const { values } = parseArgs({
  options: { runs: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];

const { names } = readData(new URL("../../data", import.meta.url).pathname);
const vocabulary = makeVocabulary([...names].map(([id, name]) => queryName({ id, ...name })));
const queries = [...MATCH_CASES, ...READ, ...REFUSED].map(([, query]) => query);
const next = makeStrings(seed, queries, vocabulary);

/** Time to parse a string in ms: processor time if that is less, since other programs make the parser wait. */
function timed(source: string, vocabulary: Vocabulary): number {
  const [start, used] = [performance.now(), process.threadCpuUsage()];
  try {
    parseQuery(source, vocabulary);
  } catch {
    // A refusal takes time as well. `checkString` examines its message.
  }
  const { user, system } = process.threadCpuUsage(used);
  return Math.min((user + system) / 1000, performance.now() - start);
}

function fail(run: number, source: string, what: unknown): never {
  console.error(`seed ${seed}, string ${run}: ${JSON.stringify(source)}\n${what instanceof Error ? what.stack : what}`);
  process.exit(1);
}

/** Returns a message without the query that it quotes. */
const kindOf = (outcome: Outcome): string =>
  outcome.kind === "refused"
    ? `refused: ${outcome.message
        .replace(/ \(at character.*/s, "")
        .replace(/"[^"]*"/g, '"…"')
        .replace(/(?<=this one has )\d+|(?<=Each side of )\S+|(?<=expected (?:after|before) )\S+/u, "…")}`
    : outcome.kind;

// A program is slow just after its start.
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
