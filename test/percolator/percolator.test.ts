import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryStore } from "../../src/percolator/memory-store.ts";
import { Percolator, type PostingStore } from "../../src/percolator/percolator.ts";
import { parseQuery } from "../../src/query/grammar.ts";
import { match } from "../../src/query/match.ts";
import { analyse, type Matchable } from "../../src/query/text.ts";
import type { Query } from "../../src/query/tree.ts";
import { requiredSketches, show, texts } from "../query/arbitrary.ts";
import { MATCH_CASES, matchable } from "../query/cases.ts";
import { VOCABULARY } from "../query/vocabulary.ts";
import { inMemory, inShard, type SomeStore } from "./stores.ts";

const tree = (query: string): Query => parseQuery(query, VOCABULARY).tree;
const analysed = (text: Partial<Matchable>) => analyse(matchable(text), VOCABULARY);
const inOrder = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

/** Returns a percolator with these queries, numbered by their place in the list. */
function filled(store: PostingStore, queries: readonly Query[]) {
  const percolator = new Percolator(store);
  const filed = queries.map((query, number) => percolator.add(number, query));
  const matching = (text: Partial<Matchable>): number[] => inOrder(percolator.match(analysed(text)).found);
  return { percolator, filed, matching };
}

/** The naive matcher: runs every query. */
const naive = (queries: readonly Query[], text: Partial<Matchable>): number[] =>
  queries.flatMap((query, number) => (match(query, analysed(text)) ? [number] : []));

const stores: [name: string, SomeStore][] = [
  ["memory", inMemory],
  ["a shard's SQLite", inShard],
];

describe.each(stores)("in %s", (_, withStore) => {
  it("finds all queries of the table at once, on every text", () =>
    withStore((store) => {
      const queries = MATCH_CASES.map(([, query]) => tree(query));
      const { matching } = filled(store, queries);
      for (const [name, , text] of MATCH_CASES) expect([name, matching(text)]).toEqual([name, naive(queries, text)]);
    }));

  const someQueries = fc.array(requiredSketches.map(show), { minLength: 1, maxLength: 12 });

  it("finds what the naive matcher finds", () =>
    withStore((store) => {
      fc.assert(
        fc.property(someQueries, texts, (written, text) => {
          const queries = written.map(tree);
          const { percolator, filed, matching } = filled(store, queries);
          expect(matching(text)).toEqual(naive(queries, text));
          for (const [number, entries] of filed.entries()) percolator.remove(number, entries);
        }),
        { numRuns: 300 },
      );
    }));

  type Step = { add: string } | { remove: number } | { text: Matchable };
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.oneof(
      requiredSketches.map((sketch): Step => ({ add: show(sketch) })),
      fc.nat(10).map((remove): Step => ({ remove })),
      texts.map((text): Step => ({ text })),
    ),
    { minLength: 5, maxLength: 25 },
  );

  it("added and removed queries leave nothing behind", () =>
    withStore((store, rows) => {
      fc.assert(
        fc.property(steps, (script) => {
          const percolator = new Percolator(store);
          const filed = new Map<number, { query: Query; entries: number[] }>();
          for (const [number, step] of script.entries()) {
            if ("add" in step) {
              const query = tree(step.add);
              filed.set(number, { query, entries: percolator.add(number, query) });
            } else if ("remove" in step) {
              percolator.remove(step.remove, filed.get(step.remove)?.entries ?? []);
              filed.delete(step.remove);
            } else {
              const text = analysed(step.text);
              const model = [...filed].flatMap(([number, { query }]) => (match(query, text) ? [number] : []));
              expect(inOrder(percolator.match(text).found)).toEqual(model);
            }
          }
          for (const [number, { entries }] of filed) percolator.remove(number, entries);
          expect(rows()).toBe(0);
        }),
        { numRuns: 1500 },
      );
    }));

  it("a long row gains and loses queries like any other", () =>
    withStore((store, rows) => {
      const count = 4000;
      const queries = Array.from({ length: count }, (_, i) => tree(`convoy -"x${i}" -"y${i}"`));
      const { percolator, filed, matching } = filled(store, queries);
      expect(matching({ title: "A convoy x17 y1234" })).toEqual(
        Array.from({ length: count }, (_, i) => i).filter((i) => i !== 17 && i !== 1234),
      );
      const gone = new Set(Array.from({ length: count }, (_, i) => i).filter((i) => i % 3 !== 0));
      for (const number of gone) percolator.remove(number, filed[number] ?? []);
      expect(matching({ title: "A convoy" })).toEqual(
        Array.from({ length: count }, (_, i) => i).filter((i) => !gone.has(i)),
      );
      const last = percolator.add(count, tree("convoy -truck"));
      expect(matching({ title: "A convoy, a truck" })).not.toContain(count);
      for (const [number, entries] of filed.entries()) if (!gone.has(number)) percolator.remove(number, entries);
      expect(matching({ title: "A convoy" })).toEqual([count]);
      percolator.remove(count, last);
      expect(rows()).toBe(0);
    }));
});

describe("work done", () => {
  /** Returns how many rows and units a text reads. */
  function looked(queries: readonly string[], text: Partial<Matchable>) {
    const store = new MemoryStore();
    const { percolator } = filled(store, queries.map(tree));
    const seen = { rows: 0, units: 0 };
    const read: PostingStore["read"] = (entries, visit) =>
      MemoryStore.prototype.read.call(store, entries, (index, units, from, to) => {
        seen.rows++;
        seen.units += to - from;
        visit(index, units, from, to);
      });
    store.read = read;
    percolator.match(analysed(text));
    return seen;
  }

  it("queries about other topics are not read", () => {
    const others = Array.from({ length: 1000 }, (_, i) => `convoy subject${i}`);
    expect(looked([...others, "aleppo convoy"], { title: "A convoy near Alep" })).toEqual({ rows: 1, units: 5 });
  });

  it("at most one row per word is read, whatever the number of queries", () => {
    const words = ["convoy", "truck", "passage"];
    const queries = Array.from({ length: 900 }, (_, i) => `${words[i % 3]} ${words[(i + 1) % 3]} -z${i}`);
    expect(looked(queries, { title: "A convoy, a truck, a passage" }).rows).toBe(3);
  });

  it("a query of one word takes four bytes and has no check", () => {
    expect(looked(["convoy"], { title: "A convoy" })).toEqual({ rows: 1, units: 2 });
  });

  it("of several words, the anchor is the one that fewer queries have", () => {
    const queries = [...Array.from({ length: 100 }, (_, i) => `ceasefire town${i}`), "ceasefire convoy"];
    expect(looked(queries, { title: "A ceasefire" }).units).toBeLessThan(20);
  });

  it("no query is filed under a word that every text has", () => {
    const queries = Array.from({ length: 100 }, (_, i) => `"the town of town${i}" "after the end"`);
    expect(looked(queries, { text: "the end of it, after all" }).units).toBeLessThan(1000);
    expect(looked(queries, { text: "of the and after" })).toEqual({ rows: 0, units: 0 });
  });
});

describe("numbers", () => {
  it("beyond the range of a posting are refused", () => {
    const percolator = new Percolator(new MemoryStore());
    expect(percolator.add(2 ** 26 - 1, tree("convoy"))).toHaveLength(1);
    expect(() => percolator.add(2 ** 26, tree("convoy"))).toThrow(RangeError);
  });
});
