/**
 * Analysing an article of 600 words (folding, keys, names) in each language, with the vocabulary of `data/`. Beside it, on the same
 * text: the platform's segmenter alone, which gives the words' boundaries and nothing else; and what a plain keyword alert does,
 * text in small letters cut at what is no letter or digit.
 */
import { join } from "node:path";
import { readData } from "../../src/cli/data.ts";
import { DATA } from "../../src/cli/paths.ts";
import { makeVocabulary } from "../../src/query/names.ts";
import { analyse } from "../../src/query/text.ts";
import { queryName } from "../../src/record/names/name.ts";
import { interleave, rounded } from "./clock.ts";
import { readQualitySet } from "./quality.ts";
import type { Row } from "./run.ts";

const LANGUAGES = ["en", "ar", "ru", "fr"] as const;
const WORDS = 600;
/** So many different articles in turns: most words of each were in one before, as in a shard that follows the wire. */
const ARTICLES = 20;
const ROUNDS = 400;

export function benchAnalysis(): Row[] {
  const vocabulary = makeVocabulary([...readData(join(DATA)).names].map(([id, name]) => queryName({ id, ...name })));
  const segmenter = new Intl.Segmenter("en", { granularity: "word" });
  return LANGUAGES.map((language) => {
    const articles = articlesIn(language);
    let round = 0;
    const article = (): string => articles[Math.floor(round++ / 3) % articles.length] ?? "";
    const timed = interleave(
      {
        analysis: () => analyse({ title: "", text: article(), language }, vocabulary),
        segmenter: () => countWords(segmenter.segment(article())),
        split: () =>
          new Set(
            article()
              .toLowerCase()
              .split(/[^\p{L}\p{N}]+/u),
          ).size,
      },
      ROUNDS,
    );
    const { words = [] } = analyse({ title: "", text: articles[0] ?? "", language }, vocabulary).fields[1] ?? {};
    return {
      language,
      words: words.length,
      "median ms": rounded(timed.analysis.median),
      "p99 ms": rounded(timed.analysis.p99),
      "segmenter alone ms": rounded(timed.segmenter.median),
      "plain split ms": rounded(timed.split.median),
      "times the segmenter": rounded(timed.analysis.median / timed.segmenter.median),
      "times the split": rounded(timed.analysis.median / timed.split.median),
    };
  });
}

function countWords(segments: Iterable<{ isWordLike?: boolean }>): number {
  let words = 0;
  for (const { isWordLike } of segments) if (isWordLike) words++;
  return words;
}

/** Articles of 600 words: the sentences of the labelled set in that language, each article beginning at another. */
function articlesIn(language: string): string[] {
  const sentences = readQualitySet()
    .articles.filter((article) => article.language.startsWith(language))
    .flatMap(({ text }) => text.split(/(?<=[.!?؟])\s+/u));
  return Array.from({ length: ARTICLES }, (_, i) => {
    const from = Math.floor((i * sentences.length) / ARTICLES);
    const words = [...sentences.slice(from), ...sentences, ...sentences].join(" ").split(" ");
    return words.slice(0, WORDS).join(" ");
  });
}
