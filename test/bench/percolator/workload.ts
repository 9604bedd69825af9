/**
 * Articles and queries to measure with: a folder of files, or made here where none is given.
 *
 * `articles.jsonl` has an article a line, `{"id": 0, "text": "…"}`. `queries.txt` has a query a line, in a form of its own in which
 * every word is literal: `a b` both, `"a b"` a phrase, `(a | b)` either, `-a` not. `df.tsv`, which only the peer PostgreSQL uses, has a
 * word and the number of background articles that hold it a line.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "../random.ts";

export interface Workload {
  articles: readonly string[];
  queries: readonly string[];
  /** The queries are in Parley's language already. */
  parley?: boolean;
  /** In how many articles of a background corpus a word occurs; for words that are not known, 0. */
  frequency: ReadonlyMap<string, number>;
}

/** Reads the first `alerts` queries of a folder. Throws where it has fewer. */
export function readWorkload(folder: string, alerts: number): Workload {
  const lines = (file: string): string[] => readFileSync(join(folder, file), "utf8").trimEnd().split("\n");
  const queries = lines("queries.txt");
  if (queries.length < alerts)
    throw new Error(`${folder}/queries.txt has ${queries.length} queries, fewer than ${alerts}`);
  const articles = lines("articles.jsonl").map((line): string => JSON.parse(line).text);
  const background = existsSync(join(folder, "df.tsv")) ? lines("df.tsv").map((line) => line.split("\t")) : [];
  const frequency = new Map(background.map(([word = "", count]) => [word, Number(count)]));
  return { articles, queries: queries.slice(0, alerts), frequency };
}

/** The queries of a workload in Parley's language: all words in quotes. */
export const inParley = ({ queries, parley }: Workload): readonly string[] => (parley ? queries : queries.map(quoted));

const quoted = (line: string): string =>
  line.replace(/"[^"]*"|[^\s()|"-]+/g, (word) => (word.startsWith('"') ? word : `"${word}"`));

/** The words of a text as the workload counts them. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** A query of a workload as lists: of each of `required` at least one must occur, of `excluded` none; each is a run of words. */
export interface PlainQuery {
  required: string[][][];
  excluded: string[][];
}

export function readPlain(line: string): PlainQuery {
  const query: PlainQuery = { required: [], excluded: [] };
  let group: string[][] | undefined;
  let excluded = false;
  for (const token of line.match(/[()|-]|"[^"]*"|[^\s()|"-]+/g) ?? []) {
    if (token === "(") group = [];
    else if (token === ")") {
      if (group) query.required.push(group);
      group = undefined;
    } else if (token === "-") excluded = true;
    else if (token !== "|") {
      const words = wordsOf(token);
      if (excluded) query.excluded.push(words);
      else if (group) group.push(words);
      else query.required.push([words]);
      excluded = false;
    }
  }
  return query;
}

const VOCABULARY = 30_000;
const ARTICLES = 100;

/** A small workload of its own: words as often as in any language, queries of all forms. The same on every machine. */
export function makeWorkload(alerts: number): Workload {
  const next = random(2016);
  const syllables = "ba de fi go ku la me ni po ra su ta ve wo xi zu bre cla dro gli".split(" ");
  const word = (rank: number): string => {
    let name = "";
    for (let n = rank + syllables.length; n > 0; n = Math.floor(n / syllables.length))
      name += syllables[n % syllables.length];
    return name;
  };
  // The word number r is about r times as rare as the first: Zipf's law, by its inverse.
  const written = (): string => word(Math.floor(VOCABULARY ** next()) - 1);
  const asked = (): string => word(Math.floor(VOCABULARY * next() ** 2));
  const texts = Array.from({ length: ARTICLES }, () => Array.from({ length: 400 + Math.floor(400 * next()) }, written));
  const phrase = (): string => {
    const text = texts[Math.floor(next() * ARTICLES)] ?? [];
    const start = Math.floor(next() * (text.length - 4));
    return `"${text.slice(start, start + 2 + Math.floor(next() * 3)).join(" ")}"`;
  };
  const either = (): string => `(${[asked(), asked(), asked()].join(" | ")})`;
  const query = (): string => {
    const kind = next();
    if (kind < 0.35) return asked();
    if (kind < 0.6) return `${asked()} ${asked()}`;
    if (kind < 0.75) return `${asked()} ${asked()} ${asked()}`;
    if (kind < 0.9) return phrase();
    if (kind < 0.97) return next() < 0.5 ? either() : `${either()} ${asked()}`;
    return `${asked()} ${phrase()} -${written()}`;
  };
  const frequency = new Map<string, number>();
  for (const text of texts) for (const each of new Set(text)) frequency.set(each, (frequency.get(each) ?? 0) + 1);
  return {
    articles: texts.map((text) => text.join(" ")),
    queries: Array.from({ length: alerts }, query),
    frequency,
  };
}
