/**
 * The labelled set in `quality/`: what each query finds, beside what a careful news editor would want. Two peers are scored
 * on the same pairs: the query's words as substrings, and as whole words, which is what a plain keyword alert looks for.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { readData } from "../../src/cli/data.ts";
import { DATA } from "../../src/cli/paths.ts";
import { parseQuery } from "../../src/query/grammar.ts";
import { match } from "../../src/query/match.ts";
import { makeVocabulary } from "../../src/query/names.ts";
import { analyse } from "../../src/query/text.ts";
import { queryName } from "../../src/record/names/name.ts";
import { rounded } from "./clock.ts";
import type { Row } from "./run.ts";

const FOLDER = join(import.meta.dirname, "quality");

export const CLASSES = ["literal", "names", "languages"] as const;
export type QueryClass = (typeof CLASSES)[number];

const articleFixture = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  language: z.string(),
  title: z.string().min(1),
  text: z.string().min(1),
  publisher: z.string().nullable().default(null),
  names: z.array(z.string()).default([]).describe("Full ids of the names of the events that it belongs to"),
});
export type ArticleFixture = z.infer<typeof articleFixture>;

const labelledQuery = z.strictObject({
  query: z.string(),
  class: z.enum(CLASSES),
  match: z.array(z.string()).describe("Ids of all articles that match"),
  either: z.array(z.string()).default([]).describe("Ids of articles that are not scored"),
  trap: z.string().optional().describe("Why a plainer reading goes wrong"),
});
export type LabelledQuery = z.infer<typeof labelledQuery>;

/** The articles of all files, and the queries with their labels. Throws where a file is not well formed. */
export function readQualitySet(): { articles: ArticleFixture[]; queries: LabelledQuery[] } {
  const read = (file: string): unknown => parse(readFileSync(join(FOLDER, file), "utf8"));
  const files = readdirSync(FOLDER).filter((file) => file.startsWith("articles."));
  return {
    articles: files.sort().flatMap((file) => z.array(articleFixture).parse(read(file))),
    queries: z.array(labelledQuery).parse(read("queries.yaml")),
  };
}

/** A query and an article of which the answer is not the label. */
export interface WrongPair {
  class: QueryClass;
  query: string;
  article: string;
  /** What the label says; the answer was the other. */
  expected: boolean;
}

export interface Score {
  class: QueryClass;
  queries: number;
  /** Pairs of a query and an article that were scored, and how many of them the labels call a match. */
  pairs: number;
  labelled: number;
  /** Of what was found, how much is labelled; of what is labelled, how much was found. 1 where there is nothing to count. */
  precision: number;
  recall: number;
  /** Queries without a wrong pair. */
  exact: number;
  wrong: readonly WrongPair[];
}

/** For one query, whether an article matches it. */
type Engine = (query: string) => (article: ArticleFixture) => boolean;

/** What the program answers, class by class. */
export const qualityScores = (): Score[] => scores(parley());

/** The table: a row for each class and engine, then a row for each pair that the program gets wrong. */
export function benchQuality(): Row[] {
  const own = qualityScores();
  const engines = { parley: own, substrings: scores(substrings), "whole words": scores(wholeWords) };
  const rows = CLASSES.flatMap((_, i) =>
    Object.entries(engines).flatMap(([engine, all]) => all.slice(i, i + 1).map((score) => scoreRow(engine, score))),
  );
  return [...rows, ...own.flatMap(({ wrong }) => wrong.map(wrongRow))];
}

const wrongRow = ({ class: group, query, article, expected }: WrongPair): Row => ({
  class: group,
  engine: "parley",
  wrong: `${query} → ${article}: ${expected ? "missed" : "should not match"}`,
});

const scoreRow = (engine: string, score: Score): Row => ({
  class: score.class,
  engine,
  queries: score.queries,
  pairs: score.pairs,
  labelled: score.labelled,
  precision: rounded(score.precision),
  recall: rounded(score.recall),
  exact: score.exact,
  wrong: score.wrong.length,
});

function scores(engine: Engine): Score[] {
  const { articles, queries } = readQualitySet();
  return CLASSES.map((name) =>
    score(
      name,
      queries.filter((query) => query.class === name),
      articles,
      engine,
    ),
  );
}

function score(
  name: QueryClass,
  queries: readonly LabelledQuery[],
  articles: readonly ArticleFixture[],
  engine: Engine,
): Score {
  const pairs = queries.flatMap(({ query, match: labels, either }) => {
    const matches = engine(query);
    return articles
      .filter(({ id }) => !either.includes(id))
      .map((article) => ({ query, article: article.id, expected: labels.includes(article.id), got: matches(article) }));
  });
  const labelled = pairs.filter(({ expected }) => expected).length;
  const found = pairs.filter(({ got }) => got).length;
  const right = pairs.filter(({ expected, got }) => expected && got).length;
  const wrong = pairs
    .filter(({ expected, got }) => expected !== got)
    .map(({ query, article, expected }) => ({ class: name, query, article, expected }));
  return {
    class: name,
    queries: queries.length,
    pairs: pairs.length,
    labelled,
    precision: found === 0 ? 1 : right / found,
    recall: labelled === 0 ? 1 : right / labelled,
    exact: queries.length - new Set(wrong.map(({ query }) => query)).size,
    wrong,
  };
}

/** The query language, with the vocabulary of data/. */
function parley(): Engine {
  const names = [...readData(DATA).names].map(([id, name]) => queryName({ id, ...name }));
  const vocabulary = makeVocabulary(names);
  const analysed = new Map<string, ReturnType<typeof analyse>>();
  return (source) => {
    const { tree } = parseQuery(source, vocabulary);
    return (article) => {
      const text = analysed.get(article.id) ?? analyse(article, vocabulary);
      analysed.set(article.id, text);
      return match(tree, text) !== undefined;
    };
  };
}

const wholeText = ({ title, text }: ArticleFixture): string => `${title} ${text}`.toLowerCase();

const substrings: Engine = (query) => {
  const words = wordsOfQuery(query);
  return (article) => words.every((word) => wholeText(article).includes(word));
};

const wholeWords: Engine = (query) => {
  const words = wordsOfQuery(query).flatMap(plainWords);
  return (article) => {
    const all = new Set(plainWords(wholeText(article)));
    return words.every((word) => all.has(word));
  };
};

const plainWords = (text: string): string[] => text.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== "");

/** The words of a query without its syntax, in lower case; what must not occur, and the language, are left out. */
const wordsOfQuery = (query: string): string[] =>
  query
    .replace(/(?<=^|\s)-(?:\w+:)?(?:"[^"]*"|\([^)]*\)|\S+)/g, " ")
    .replace(/\blang:\S+/g, " ")
    .replace(/\b(?:AND|OR|NEAR\/\d+)\b/g, " ")
    .replace(/\b\w+:/g, " ")
    .replace(/["()*]/g, " ")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
