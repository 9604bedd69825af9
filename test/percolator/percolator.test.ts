import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anchorsOf } from "../../src/percolator/anchors.ts";
import { MemoryStore } from "../../src/percolator/memory.ts";
import { Percolator } from "../../src/percolator/percolator.ts";
import { parseQuery } from "../../src/query/grammar.ts";
import { match } from "../../src/query/match.ts";
import {
  indexEntries,
  indexEntriesWithNames,
  type Narrowing,
  nameById,
  nameBySpellings,
  narrow,
} from "../../src/query/narrow.ts";
import { analyse, type Matchable } from "../../src/query/text.ts";
import type { Query } from "../../src/query/tree.ts";
import { ftsExpression, indexText } from "../../src/record/search.ts";
import { requiredSketches, show, texts } from "../query/arbitrary.ts";
import { MATCH_CASES, matchable } from "../query/cases.ts";
import { VOCABULARY } from "../query/vocabulary.ts";

const tree = (query: string): Query => parseQuery(query, VOCABULARY).tree;
const analysed = (text: Partial<Matchable>) => analyse(matchable(text), VOCABULARY);

const noneBroken = (query: number, error: unknown): void => {
  throw new Error(`query ${query} is broken`, { cause: error });
};

/** A percolator over queries in memory, which counts how many of them it was asked to run. */
function makePercolator(queries: readonly string[]) {
  const trees = queries.map(tree);
  const state = { asked: 0 };
  const percolator = new Percolator(new MemoryStore(), (number) => {
    state.asked++;
    const found = trees[number];
    if (found === undefined) throw new Error(`there is no query ${number}`);
    return found;
  });
  const anchors = trees.map((each, number) => percolator.add(number, each));
  const matching = (text: Partial<Matchable>, broken = noneBroken) =>
    percolator.match(analysed(text), broken).map(({ query }) => query);
  return { percolator, anchors, matching, state };
}

describe("the language through the percolator", () => {
  it.each(MATCH_CASES)("%s", (_, query, text, matches) => {
    expect(makePercolator([query]).matching(text)).toEqual(matches ? [0] : []);
  });

  it("all queries of the table at once, on every text of it", () => {
    const { matching } = makePercolator(MATCH_CASES.map(([, query]) => query));
    for (const [name, , text] of MATCH_CASES) {
      const all = MATCH_CASES.flatMap(([, query], number) => (match(tree(query), analysed(text)) ? [number] : []));
      expect([name, matching(text)]).toEqual([name, all]);
    }
  });
});

const someQueries = fc.array(requiredSketches.map(show), { minLength: 1, maxLength: 12 });

describe("for any queries and texts", () => {
  it("it finds what running every query finds, and why", () => {
    fc.assert(
      fc.property(someQueries, texts, (queries, text) => {
        const all = queries.flatMap((query, number) => {
          const found = match(tree(query), analysed(text));
          return found ? [{ query: number, found }] : [];
        });
        expect(makePercolator(queries).percolator.match(analysed(text), noneBroken)).toEqual(all);
      }),
      { numRuns: 200 },
    );
  });

  type Step = { add: string } | { remove: number } | { text: Matchable };
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.oneof(
      requiredSketches.map((sketch): Step => ({ add: show(sketch) })),
      fc.nat(10).map((remove): Step => ({ remove })),
      texts.map((text): Step => ({ text })),
    ),
    { minLength: 5, maxLength: 25 },
  );

  it("queries may come and go while it runs", () => {
    fc.assert(
      fc.property(steps, (script) => {
        const trees: Query[] = [];
        const filed = new Map<number, string[]>();
        const percolator = new Percolator(new MemoryStore(), (number) => trees[number] ?? tree("missing"));
        for (const step of script) {
          if ("add" in step) {
            const number = trees.push(tree(step.add)) - 1;
            filed.set(number, percolator.add(number, tree(step.add)));
          } else if ("remove" in step) {
            percolator.remove(step.remove, filed.get(step.remove) ?? []);
            filed.delete(step.remove);
          } else {
            const text = analysed(step.text);
            const model = [...filed.keys()].filter((number) => match(trees[number] ?? tree("missing"), text));
            expect(percolator.match(text, noneBroken).map(({ query }) => query)).toEqual(model);
          }
        }
      }),
    );
  });
});

describe("work done", () => {
  it("only queries that share an anchor with the text are asked about", () => {
    fc.assert(
      fc.property(someQueries, texts, (queries, text) => {
        const { percolator, anchors, state } = makePercolator(queries);
        const entries = indexEntriesWithNames(analysed(text));
        const sharing = anchors.flatMap((each, number) => (each.some((anchor) => entries.has(anchor)) ? [number] : []));
        expect(percolator.candidates(analysed(text))).toEqual(sharing);
        expect(state.asked).toBe(0);
        percolator.match(analysed(text), noneBroken);
        expect(state.asked).toBe(sharing.length);
      }),
    );
  });

  it("a thousand queries about other things are none", () => {
    const { matching, state } = makePercolator([
      ...Array.from({ length: 1000 }, (_, i) => `convoy subject${i}`),
      "aleppo convoy",
    ]);
    expect(matching({ title: "A convoy near Alep" })).toEqual([1000]);
    expect(state.asked).toBe(1);
  });

  it("one query under several anchors is asked about once", () => {
    const { matching, state } = makePercolator(["aleppo OR convoy OR truck"]);
    expect(matching({ title: "Aleppo convoy: truck" })).toEqual([0]);
    expect(state.asked).toBe(1);
  });

  it("a query that was removed leaves nothing behind", () => {
    const { percolator, anchors, matching, state } = makePercolator(["aleppo OR convoy", "convoy"]);
    percolator.remove(0, anchors[0] ?? []);
    expect(matching({ title: "Aleppo convoy" })).toEqual([1]);
    expect(state.asked).toBe(1);
  });
});

describe("anchors", () => {
  const cases: [name: string, query: string, anchors: string[]][] = [
    ["a word", "convoys", ["convoy"]],
    ["the longer of two", "aid convoy", ["convoy"]],
    ["all of OR", "aid OR convoy", ["aid", "convoy"]],
    ["of AND with OR the cheaper", "(aid OR convoy) passage", ["passage"]],
    ["a name", "alep", ["@place:aleppo"]],
    ["every name of a spelling", "vienna", ["@place:vienna", "@topic:vienna-talks"]],
    ["rather a word than a language", "lang:en aid", ["aid"]],
    ["rather a word than a prefix", "bombard* aid", ["aid"]],
    ["a prefix by its first letters", "bombard*", ["^bom"]],
    ["a language where nothing else is asked", "lang:en", ["lang:en"]],
    ["nothing of NOT", "aid -convoy", ["aid"]],
    ["one word of a phrase", '"safe passage"', ["passage"]],
    ["a compound in both spellings", "no-fly", ["fly", "nofly"]],
    ["none for a name that is not known", "place:nowhere", []],
    ["none where such a name is needed", "place:nowhere aid", []],
    ["the other side of OR", "place:nowhere OR aid", ["aid"]],
  ];
  it.each(cases)("%s", (_, query, anchors) => expect(anchorsOf(tree(query))).toEqual(anchors));

  it("are never asked of a query in which nothing must occur", () => {
    expect(() => anchorsOf({ kind: "not", operand: tree("convoy") })).toThrow("no anchor");
  });
});

describe("a broken query", () => {
  it("silences no other and is told of", () => {
    const percolator = new Percolator(new MemoryStore(), (number) => {
      if (number === 1) throw new Error("unreadable");
      return tree("convoy");
    });
    for (const number of [0, 1, 2]) percolator.add(number, tree("convoy"));
    const broken: [number, string][] = [];
    const found = percolator.match(analysed({ title: "convoy" }), (query, error) =>
      broken.push([query, String(error)]),
    );
    expect(found.map(({ query }) => query)).toEqual([0, 2]);
    expect(broken).toEqual([[1, "Error: unreadable"]]);
  });
});

/** What a narrowing lets through, said as simply as can be. */
function lets(narrowing: Narrowing, entries: ReadonlySet<string>): boolean {
  if (typeof narrowing === "string") return entries.has(narrowing);
  return "all" in narrowing
    ? narrowing.all.every((part) => lets(part, entries))
    : narrowing.any.some((part) => lets(part, entries));
}

const indexes = [
  ["names by id", nameById, indexEntriesWithNames],
  ["names by spelling", nameBySpellings(VOCABULARY), indexEntries],
] as const;

describe.each(indexes)("narrowing, %s", (_, nameIn, entriesOf) => {
  const narrowed = (query: string): Narrowing => narrow(tree(query), nameIn) ?? { any: [] };

  it("leaves out no match of the table", () => {
    for (const [name, query, text, matches] of MATCH_CASES) {
      if (matches) expect([name, lets(narrowed(query), entriesOf(analysed(text)))]).toEqual([name, true]);
    }
  });

  it("leaves out no match of any query", () => {
    fc.assert(
      fc.property(requiredSketches.map(show), texts, (query, text) => {
        fc.pre(match(tree(query), analysed(text)) !== undefined);
        expect(lets(narrowed(query), entriesOf(analysed(text)))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("lets FTS5 find exactly what it lets through", async () => {
    const { DB } = env;
    await DB.exec(
      "CREATE VIRTUAL TABLE IF NOT EXISTS entries_index USING fts5 (entries, detail = 'none', tokenize = 'ascii')",
    );
    await fc.assert(
      fc.asyncProperty(requiredSketches.map(show), texts, async (query, text) => {
        const entries = entriesOf(analysed(text));
        const narrowing = narrowed(query);
        const expression = ftsExpression(narrowing);
        if (expression === undefined) {
          expect(lets(narrowing, entries)).toBe(false);
          return;
        }
        const [, , found] = await DB.batch<{ found: number }>([
          DB.prepare("DELETE FROM entries_index"),
          DB.prepare("INSERT INTO entries_index (entries) VALUES (?)").bind(indexText(entries)),
          DB.prepare("SELECT count(*) AS found FROM entries_index WHERE entries_index MATCH ?").bind(expression),
        ]);
        expect(found?.results).toEqual([{ found: lets(narrowing, entries) ? 1 : 0 }]);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the FTS5 expression", () => {
  const cases: [name: string, narrowing: Narrowing, expression: string | undefined][] = [
    ["an entry", "convoy", '"convoy"'],
    ["all", { all: ["a", "b"] }, '("a" AND "b")'],
    ["any", { any: ["a", { all: ["b", "c"] }] }, '("a" OR ("b" AND "c"))'],
    ["one is no list", { all: [{ any: ["a"] }] }, '"a"'],
    ["each once", { any: ["a", "a"] }, '"a"'],
    ["nothing can match", { any: [] }, undefined],
    ["nor where that is needed", { all: ["a", { any: [] }] }, undefined],
    ["the other side of OR", { any: ["a", { any: [] }] }, '"a"'],
    ["signs of ASCII are moved out of the tokenizer’s sight", "@x:y-z", '"\ue040x\ue03ay\ue02dz"'],
    ["no quote gets out", 'a" OR "b', '"a\ue022\ue020\ue04f\ue052\ue020\ue022b"'],
  ];
  it.each(cases)("%s", (_, narrowing, expression) => expect(ftsExpression(narrowing)).toBe(expression));
});
