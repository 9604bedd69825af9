/** The percolator in memory beside the naive way: every query run on the article. Both get the analysed text. */
import { join } from "node:path";
import { readData } from "../../src/cli/data.ts";
import { DATA } from "../../src/cli/paths.ts";
import { MemoryStore } from "../../src/percolator/memory.ts";
import { Percolator } from "../../src/percolator/percolator.ts";
import { parseQuery } from "../../src/query/grammar.ts";
import { match } from "../../src/query/match.ts";
import { makeVocabulary } from "../../src/query/names.ts";
import { analyse } from "../../src/query/text.ts";
import type { Query } from "../../src/query/tree.ts";
import { queryName } from "../../src/record/name.ts";
import { interleave, rounded } from "./clock.ts";
import type { Row } from "./run.ts";

/** A generator of numbers in [0, 1) that is the same on every machine (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const WORDS = 20_000;
const ARTICLE_WORDS = 600;

export function benchPercolator(): Row[] {
  const data = readData(join(DATA));
  const vocabulary = makeVocabulary([...data.names].map(([id, name]) => queryName({ id, ...name })));
  const next = random(2016);
  // Some words are common and most are rare, as in any text.
  const word = (): string => `w${Math.floor(WORDS * next() ** 3).toString(36)}`;
  const text = Array.from({ length: ARTICLE_WORDS }, word).join(" ");
  const rows: Row[] = [];
  for (const alerts of [1_000, 10_000]) {
    const trees = Array.from({ length: alerts }, () => {
      const terms = Array.from({ length: 1 + Math.floor(next() * 3) }, word);
      return parseQuery(next() < 0.1 ? `${terms.join(" ")} -${word()}` : terms.join(" "), vocabulary).tree;
    });
    rows.push(compare(trees, text, vocabulary));
  }
  return rows;
}

function compare(trees: readonly Query[], source: string, vocabulary: ReturnType<typeof makeVocabulary>): Row {
  const percolator = new Percolator(new MemoryStore(), (number) => trees[number] ?? never());
  for (const [number, tree] of trees.entries()) percolator.add(number, tree);
  const text = analyse({ title: "", text: source }, vocabulary);
  const naive = (): number => trees.filter((tree) => match(tree, text) !== undefined).length;
  const indexed = (): number => percolator.match(text, never).length;
  if (naive() !== indexed()) throw new Error("the percolator and the naive way differ");
  const timed = interleave({ naive, indexed, analysis: () => analyse({ title: "", text: source }, vocabulary) }, 200);
  return {
    alerts: trees.length,
    matches: naive(),
    candidates: percolator.candidates(text).length,
    "analysis ms": rounded(timed.analysis.median),
    "naive ms": rounded(timed.naive.median),
    "percolator ms": rounded(timed.indexed.median),
    "percolator p99": rounded(timed.indexed.p99),
    "times faster": rounded(timed.naive.median / timed.indexed.median),
  };
}

function never(): never {
  throw new Error("a query broke");
}
