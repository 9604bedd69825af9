/**
 * Measures the cost of texts and queries. Runs in Node, since the clock of workerd stands still while a program
 * computes.
 */
import { threadCpuUsage } from "node:process";
import { readData } from "../../src/cli/data.ts";
import { DATA } from "../../src/cli/paths.ts";
import { explain } from "../../src/query/explain.ts";
import { type ParsedQuery, parseQuery, QueryError } from "../../src/query/grammar.ts";
import { match } from "../../src/query/match.ts";
import { makeVocabulary } from "../../src/query/names.ts";
import { indexEntries, nameBySpellings, narrow } from "../../src/query/narrow.ts";
import { type AnalysedText, analyse } from "../../src/query/text.ts";
import { barePair, warnings } from "../../src/query/warnings.ts";
import { splitWords } from "../../src/query/words.ts";
import { queryName } from "../../src/record/names/name.ts";
import { ftsExpression } from "../../src/record/search/full-text.ts";
import { readQualitySet } from "../bench/quality.ts";
import { fill } from "./texts.ts";

const vocabulary = makeVocabulary([...readData(DATA).names].map(([id, name]) => queryName({ id, ...name })));

export const analysed = (text: string): AnalysedText => analyse({ title: text.slice(0, 200), text }, vocabulary);

/** Everything that a query does with an analysed text. */
export const ask = (text: AnalysedText, { tree }: ParsedQuery): unknown => explain(match(tree, text) ?? [], text);

/** Everything that a search, an alert and a preview do with a text, from analysis to snippets. */
export function process(text: string, query: ParsedQuery): void {
  const ready = analysed(text);
  indexEntries(ready);
  ask(ready, query);
}

/** Everything that happens to a query before a text is read: parsing, narrowing and warnings. */
export function read(source: string): ParsedQuery {
  const parsed = parseQuery(source, vocabulary);
  const narrowing = narrow(parsed.tree, nameBySpellings(vocabulary));
  if (narrowing) ftsExpression(narrowing);
  warnings(source, parsed, vocabulary);
  barePair(source, parsed.tree);
  return parsed;
}

/** Returns a query that asks for the beginning of a text in several ways and for the word at its end. */
export function queryFor(text: string): ParsedQuery {
  const beginning = text.slice(0, 40).replace(/["“”„‟«»*]/gu, " ");
  const word = beginning.slice(0, 8).trim();
  const asked = [`"${beginning}" OR "${beginning.slice(0, 3)}" OR ${word} NEAR/8 none`, `"${beginning}"`, "none"];
  const [parsed] = asked.flatMap((query) => readable(`${query} OR aleppo`) ?? []);
  if (parsed === undefined) throw new Error("the last of them can be read");
  return parsed;
}

function readable(query: string): ParsedQuery | undefined {
  try {
    return parseQuery(query, vocabulary);
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw error;
  }
}

/** Resolution of the processor clock, in ms. */
const COARSE = 20;

/** Time of one run in ms: processor time where available, since other programs delay a run. */
export function milliseconds(run: () => void): number {
  const [start, before] = [performance.now(), threadCpuUsage()];
  run();
  const passed = performance.now() - start;
  const { user, system } = threadCpuUsage(before);
  return passed < COARSE ? passed : Math.min(passed, (user + system) / 1000);
}

/** Returns the least of up to `runs` values. Stops at one within the limit, or at one ten times beyond it. */
function fewest(runs: number, bound: number, once: () => number): number {
  let least = once();
  for (let i = 1; i < runs && least > bound && least < 10 * bound; i++) least = Math.min(least, once());
  return least;
}

/** Returns the least time in ms of up to six runs. Stops at one within the limit. */
export const within = (bound: number, run: () => void): number => fewest(6, bound, () => milliseconds(run));

/** Returns the least time in ms of five runs. */
export const atLeast = (run: () => void): number => Math.min(...Array.from({ length: 5 }, () => milliseconds(run)));

export const KB = 1024;
/** Labelled articles in Arabic: of the four languages it takes the longest. */
const ORDINARY = fill(
  readQualitySet()
    .articles.filter(({ language }) => language === "ar")
    .map(({ text }) => text)
    .join("\n"),
  25 * KB,
);

/** Time in ms per code unit of 25 KB of ordinary text. */
function ordinary(): number {
  const query = queryFor(ORDINARY);
  return atLeast(() => process(ORDINARY, query)) / ORDINARY.length;
}

let usual = Math.min(ordinary(), ordinary(), ordinary());

/**
 * Returns the time of a code unit relative to ordinary text: one measurement, or the least of up to six, each beside
 * ordinary text. A word counts as two code units at least: where every character is a word, there is more to find.
 */
export function timesOrdinary(text: string, bound = Number.POSITIVE_INFINITY): number {
  const query = queryFor(text);
  const units = Math.max(text.length, 2 * splitWords(text).length);
  const once = (): number => milliseconds(() => process(text, query)) / units;
  return fewest(6, bound, () => {
    const took = once();
    if (took > bound * usual) usual = ordinary();
    return took / usual;
  });
}
