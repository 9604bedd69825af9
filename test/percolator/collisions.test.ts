/** Equal hashes of different words never lose a match: in rows, in long rows, in checks, and under NOT. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EntryHash, IndexEntries, keyedHash, makeKey } from "../../src/percolator/index-entry.ts";
import { Percolator, type PostingStore } from "../../src/percolator/percolator.ts";
import { parseQuery } from "../../src/query/grammar.ts";
import { match } from "../../src/query/match.ts";
import { type AnalysedText, analyse, type Matchable } from "../../src/query/text.ts";
import type { Query } from "../../src/query/tree.ts";
import { requiredSketches, show, texts } from "../query/arbitrary.ts";
import { matchable } from "../query/cases.ts";
import { VOCABULARY } from "../query/vocabulary.ts";
import { inMemory, inShard, type SomeStore } from "./stores.ts";

const tree = (query: string): Query => parseQuery(query, VOCABULARY).tree;
const inOrder = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

/** Returns a hash of so few bits that most words collide. Its key differs in each run. */
const hashOf =
  (bits: number): EntryHash =>
  (text) =>
    keyed(text) % 2 ** bits;
const keyed = keyedHash(makeKey());

/** A percolator beside the naive matcher, which runs every query on every text. */
class Judged {
  readonly #percolator: Percolator;
  readonly #filed = new Map<number, { query: Query; entries: number[] }>();
  #next = 0;

  constructor(store: PostingStore) {
    this.#percolator = new Percolator(store);
  }

  add(query: Query): void {
    const number = this.#next++;
    this.#filed.set(number, { query, entries: this.#percolator.add(number, query) });
  }

  /** Removes one of the present queries. */
  remove(which: number): void {
    const number = [...this.#filed.keys()][which % Math.max(1, this.#filed.size)];
    if (number === undefined) return;
    this.#percolator.remove(number, this.#filed.get(number)?.entries ?? []);
    this.#filed.delete(number);
  }

  removeAll(): void {
    while (this.#filed.size > 0) this.remove(0);
  }

  check(text: AnalysedText): void {
    const { found, excluded } = this.#percolator.match(text);
    const candidates = inOrder([...found, ...excluded]);
    const holds = (query: Query | undefined): boolean => query !== undefined && match(query, text) !== undefined;
    expect(candidates).toEqual([...new Set(candidates)]);
    expect(candidates.filter((number) => holds(this.#filed.get(number)?.query))).toEqual(
      [...this.#filed].flatMap(([number, { query }]) => (holds(query) ? [number] : [])),
    );
  }
}

type Step = { add: string } | { addLong: string } | { remove: number } | { text: Matchable };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: requiredSketches.map((sketch): Step => ({ add: show(sketch) })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("convoy", "aleppo", "con*", '"us"', "zone").map((addLong): Step => ({ addLong })),
    },
    { weight: 2, arbitrary: fc.nat(30).map((remove): Step => ({ remove })) },
    { weight: 2, arbitrary: texts.map((text): Step => ({ text })) },
  ),
  { minLength: 5, maxLength: 40 },
);

/** Many queries under one word, each with checks of 100 units: enough for several parts. */
const LONG = Array.from({ length: 16 }, (_, i) => `-"x${i} safe"`).join(" ");
function addMany(judged: Judged, word: string, count: number): void {
  for (let i = 0; i < count; i++) judged.add(tree(`${word} -y${i} ${LONG}`));
}

const stores: [name: string, SomeStore][] = [
  ["memory", inMemory],
  ["a shard's SQLite", inShard],
];

describe.each(stores)("in %s", (_, withStore) => {
  it.each([
    [8, 600],
    [2, 200],
    [0, 200],
  ])("a hash of %i bits: what the predicate leaves is what running every query finds", (bits, numRuns) =>
    withStore(
      (store, rows) => {
        fc.assert(
          fc.property(steps, (script) => {
            const judged = new Judged(store);
            for (const step of script) {
              if ("add" in step) judged.add(tree(step.add));
              else if ("addLong" in step) addMany(judged, step.addLong, 3);
              else if ("remove" in step) judged.remove(step.remove);
              else judged.check(analyse(step.text, VOCABULARY));
            }
            judged.removeAll();
            expect(rows()).toBe(0);
          }),
          { numRuns },
        );
      },
      { entries: new IndexEntries(hashOf(bits)), mostUnits: 64 },
    ),
  );

  it("keeps long rows of words with equal hashes", () =>
    withStore(
      (store, rows) => {
        const judged = new Judged(store);
        const words = ["convoy", "truck", "passage", "zone"];
        for (let round = 0; round < 2; round++) for (const word of words) addMany(judged, word, 200);
        judged.add(tree('"syria"'));
        const check = (): void => {
          for (const word of ["syria", ...words, "y7 zone", "x3 safe convoy"])
            judged.check(analyse(matchable({ title: word }), VOCABULARY));
        };
        check();
        for (let i = 0; i < 600; i++) judged.remove(7 * i);
        check();
        judged.removeAll();
        expect(rows()).toBe(0);
      },
      { entries: new IndexEntries(hashOf(0)) },
    ));
});
