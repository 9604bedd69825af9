/** The alerts of the benchmark: some hundred queries, asked in turn. */
import type { Seed } from "./parley-worker.ts";

const LETTERS = "abcdefghij";
/** A hundred words that are in no text. */
const WORDS = Array.from({ length: 100 }, (_, i) => `quarl${LETTERS[Math.floor(i / 10)]}${LETTERS[i % 10]}`);

/** Alert number n asks for word n, counted round, and calls host n, likewise. */
export const makeSeeds = (alerts: number, hosts: readonly string[]): Seed[] =>
  Array.from({ length: alerts }, (_, i) => ({
    query: `convoy ${WORDS[i % WORDS.length]}`,
    url: `http://${hosts[i % hosts.length]}/${i}`,
  }));

/** Words by which an article matches all alerts. */
export const ALL: readonly string[] = WORDS;

/** Words by which an article matches a tenth of the alerts: another one each time, with each tenth of the hosts. */
export const tenth = (turn: number): string[] => WORDS.filter((_, i) => i % 10 === turn % 10);
