import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuery } from "../../src/query/grammar.ts";
import { match } from "../../src/query/match.ts";
import { analyse, type Matchable } from "../../src/query/text.ts";
import { MATCH_CASES, matchable } from "./cases.ts";
import { NO_NAMES, VOCABULARY } from "./vocabulary.ts";

const found = (query: string, text: Partial<Matchable>, vocabulary = VOCABULARY) =>
  match(parseQuery(query, vocabulary).tree, analyse(matchable(text), vocabulary));

describe("a query and a text", () => {
  it.each(MATCH_CASES)("%s", (_, query, text, matches) => {
    expect(found(query, text) !== undefined).toBe(matches);
  });

  it("a canonical form matches what its query matches", () => {
    for (const [name, query, text, matches] of MATCH_CASES) {
      const { canonical } = parseQuery(query, VOCABULARY);
      expect([name, found(canonical, text) !== undefined]).toEqual([name, matches]);
    }
  });
});

describe("the terms found", () => {
  const terms = (query: string, text: Partial<Matchable>) =>
    found(query, text)?.flatMap((reason) => ("not" in reason ? [] : [[reason.term.text, reason.spans.length]]));
  const cases: [name: string, query: string, text: Partial<Matchable>, terms: [string, number][]][] = [
    [
      "every operand of AND",
      "convoy truck",
      { title: "truck convoy" },
      [
        ["convoy", 1],
        ["truck", 1],
      ],
    ],
    [
      "every operand of OR that is true",
      "a1 OR b1 OR c1",
      { title: "c1 a1" },
      [
        ["a1", 1],
        ["c1", 1],
      ],
    ],
    ["nothing of NOT", "convoy -truck", { title: "convoy" }, [["convoy", 1]]],
    [
      "both sides of NEAR, where they are near",
      "a1 NEAR/1 b1",
      { title: "a1 b1 x x x x a1" },
      [
        ["a1", 1],
        ["b1", 1],
      ],
    ],
    ["every occurrence", "convoy", { title: "convoy", text: "convoys and a convoy" }, [["convoy", 3]]],
    ["only those in the field", "title:convoy", { title: "convoy", text: "convoys" }, [["convoy", 1]]],
    ["a compound once, however it is found", "no-fly", { title: "no-fly" }, [["no-fly", 1]]],
    ["one spelling of two names once", "vienna", { title: "in Vienna" }, [["vienna", 1]]],
    ["a linked name nowhere", "place:aleppo", { names: ["place:aleppo"] }, [["place:aleppo", 0]]],
    ["a language nowhere", "lang:en", { language: "en" }, [["lang:en", 0]]],
  ];
  it.each(cases)("%s", (_, query, text, expected) => expect(terms(query, text)).toEqual(expected));
});

describe("compared with a naive model", () => {
  const words = fc.constantFrom("one", "two", "six");
  const wordLists = fc.array(words, { maxLength: 8 });
  const anywhere = (lists: string[][], test: (list: string[]) => boolean): boolean => lists.some(test);

  it("a phrase is a slice of a field", () => {
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 3 }), wordLists, wordLists, (phrase, title, text) => {
        const holds = (list: string[]) =>
          list.some((_, i) => list.slice(i, i + phrase.length).join(" ") === phrase.join(" "));
        const result = found(`"${phrase.join(" ")}"`, { title: title.join(" "), text: text.join(" ") }, NO_NAMES);
        expect(result !== undefined).toBe(anywhere([title, text], holds));
      }),
    );
  });

  it("NEAR/n is two places in a field with at most n words between", () => {
    fc.assert(
      fc.property(words, words, fc.integer({ min: 1, max: 5 }), wordLists, wordLists, (a, b, n, title, text) => {
        const holds = (list: string[]) =>
          list.some((x, i) => x === a && list.some((y, k) => y === b && k !== i && Math.abs(i - k) - 1 <= n));
        const result = found(`${a} NEAR/${n} ${b}`, { title: title.join(" "), text: text.join(" ") }, NO_NAMES);
        expect(result !== undefined).toBe(anywhere([title, text], holds));
      }),
    );
  });

  type Model = { query: string; holds: (all: readonly string[]) => boolean };
  const models: fc.Arbitrary<Model> = fc.letrec<{ model: Model }>((tie) => ({
    model: fc.oneof(
      { maxDepth: 2 },
      words.map((word): Model => ({ query: word, holds: (all) => all.includes(word) })),
      tie("model").map(({ query, holds }): Model => ({ query: `-(${query})`, holds: (all) => !holds(all) })),
      fc.tuple(tie("model"), tie("model")).map(
        ([a, b]): Model => ({
          query: `(${a.query}) (${b.query})`,
          holds: (all) => a.holds(all) && b.holds(all),
        }),
      ),
      fc.tuple(tie("model"), tie("model")).map(
        ([a, b]): Model => ({
          query: `(${a.query}) OR (${b.query})`,
          holds: (all) => a.holds(all) || b.holds(all),
        }),
      ),
    ),
  })).model;

  it("AND, OR and NOT follow logic", () => {
    fc.assert(
      fc.property(models, wordLists, (model, list) => {
        const text = { title: ["must", ...list].join(" ") };
        expect(found(`must (${model.query})`, text, NO_NAMES) !== undefined).toBe(model.holds(list));
      }),
    );
  });
});
