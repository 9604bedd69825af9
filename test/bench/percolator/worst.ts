/** The worst that one article can be made to cost: each case is a desk, or a vandal, that asks for the same thing in many ways. */
import { rounded, summary } from "../clock.ts";
import type { Row } from "../run.ts";
import { memoryEngine, shardEngine } from "./engines.ts";
import type { Workload } from "./workload.ts";

/** As many as a shard takes. */
const ALERTS = 10_000;

/** Six hundred words in which the words of the cases stand forty times each. */
const ARTICLE = Array.from({ length: 40 }, (_, i) =>
  [
    "aleppo",
    "one",
    "two",
    "three",
    "four",
    "convoy",
    "five",
    "six",
    "seven",
    `con${letters(i)}`,
    "eight",
    "nine",
    "of",
    "the",
    "in",
  ].join(" "),
).join(" ");

/** A number as letters, since a word of digits and letters is cut in some scripts. */
function letters(number: number): string {
  return number.toString(26).replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)));
}

const CASES: readonly (readonly [name: string, query: (i: number) => string])[] = [
  ["a word each, of which the article has one", (i) => (i === 0 ? '"aleppo"' : `"${letters(i)}x"`)],
  ["all under one word, with nothing but NOT beside it", (i) => `"aleppo" -"${letters(i)}x"`],
  ["a word that many ask for suddenly stands in every article", (i) => `"aleppo" "${letters(i)}x"`],
  ["all match", (i) => `"aleppo" OR "${letters(i)}x"`],
  ["prefixes of one beginning, a few of which the article has", (i) => `con${letters(i)}*`],
  ["prefixes that match, under NOT", (i) => `con* -"${letters(i)}x"`],
  [
    "NEAR of two words that stand there forty times, not near",
    (i) => `("aleppo" NEAR/${1 + (i % 3)} "convoy") -"${letters(i)}x"`,
  ],
  ["phrases of words that are all there, not side by side", (i) => `"aleppo convoy" -"${letters(i)}x"`],
  ["phrases of nothing but common words", (i) => `"the of in the" -"${letters(i)}x"`],
  [
    "twenty alternatives beside a word",
    (i) => `"aleppo" (${Array.from({ length: 20 }, (_, k) => `"${letters(20 * i + k)}x"`).join(" OR ")})`,
  ],
];

export async function benchWorst(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, query] of CASES) {
    const workload: Workload = {
      articles: [ARTICLE],
      queries: Array.from({ length: ALERTS }, (_, i) => query(i)),
      parley: true,
      frequency: new Map(),
    };
    const memory = memoryEngine(workload);
    const shard = await shardEngine(workload);
    try {
      const { matches = [] } = await shard.match(0);
      const again = Array.from({ length: 5 }, async () => (await shard.match(0)).ms);
      const { ms } = await memory.match(0);
      rows.push({
        case: name,
        alerts: ALERTS,
        matches: matches.length,
        "memory ms": rounded(ms),
        "Durable Object ms": rounded(summary(await Promise.all(again)).median),
        "ns an alert": rounded((ms / ALERTS) * 1e6),
        "bytes an alert": rounded((memory.bytes ?? 0) / ALERTS),
        "add ms": rounded(shard.add_ms ?? 0),
      });
    } finally {
      await shard.stop?.();
    }
  }
  return rows;
}
