import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explain, type Match } from "../../src/query/explain.ts";
import { parseQuery } from "../../src/query/grammar.ts";
import { match } from "../../src/query/match.ts";
import { analyse, type Matchable } from "../../src/query/text.ts";
import { requiredSketches, show, texts } from "./arbitrary.ts";
import { MATCH_CASES, matchable } from "./cases.ts";
import { VOCABULARY } from "./vocabulary.ts";

function reasons(query: string, text: Partial<Matchable>): Match[] {
  const analysed = analyse(matchable(text), VOCABULARY);
  return explain(match(parseQuery(query, VOCABULARY).tree, analysed) ?? [], analysed);
}

/** That each reason points at what it says. */
function check(found: Match[], text: Matchable): void {
  for (const { term, means, field, text: words, snippet, offset, occurrences } of found) {
    expect(term).not.toBe("");
    expect(means).not.toBe("");
    if (words === null || offset === null || snippet === null) {
      expect([field, words, snippet, offset, occurrences]).toEqual([
        expect.stringMatching(/^(?:event|language)$/),
        ...[null, null, null, 0],
      ]);
    } else {
      const source = field === "title" || field === "text" || field === "publisher" ? (text[field] ?? "") : "";
      expect(source.slice(offset, offset + words.length)).toBe(words);
      expect(occurrences).toBeGreaterThan(0);
      expect(snippet.replaceAll(/\s+/gu, " ")).toContain(words.replaceAll(/\s+/gu, " "));
    }
  }
}

describe("why a query matched", () => {
  const cases: [name: string, query: string, text: Partial<Matchable>, expected: Partial<Match>[]][] = [
    [
      "a word",
      "convoys",
      { text: "A Convoy left." },
      [
        {
          term: "convoys",
          means: "word",
          field: "text",
          text: "Convoy",
          snippet: "A Convoy left.",
          offset: 2,
          occurrences: 1,
        },
      ],
    ],
    [
      "a name in another spelling",
      "aleppo",
      { title: "Alep" },
      [{ term: "aleppo", means: "place:aleppo", field: "title", text: "Alep" }],
    ],
    [
      "a name of several words",
      "islamic state",
      { title: "The Islamic\nState" },
      [{ text: "Islamic\nState", snippet: "The Islamic State", offset: 4 }],
    ],
    [
      "two names of one spelling",
      "vienna",
      { title: "Vienna" },
      [{ means: "place:vienna|topic:vienna-talks", occurrences: 1 }],
    ],
    ["a phrase", '"safe passage"', { text: "It is “Safe – Passage”." }, [{ means: "phrase", text: "Safe – Passage" }]],
    ["a prefix", "bomb*", { text: "Bombing" }, [{ term: "bomb*", means: "prefix", text: "Bombing" }]],
    ["a compound", "no-fly", { text: "a no-fly area" }, [{ means: "compound", text: "no-fly", occurrences: 1 }]],
    [
      "a publisher",
      "publisher:reuters",
      { publisher: "Reuters" },
      [{ field: "publisher", text: "Reuters", offset: 0 }],
    ],
    [
      "a language",
      "lang:en",
      { language: "en" },
      [{ term: "lang:en", means: "language", field: "language", text: null }],
    ],
    [
      "a linked name",
      "place:aleppo",
      { names: ["place:aleppo"] },
      [
        {
          term: "place:aleppo",
          means: "place:aleppo",
          field: "event",
          text: null,
          snippet: null,
          offset: null,
          occurrences: 0,
        },
      ],
    ],
    [
      "a name that stands in the text and is linked",
      "place:aleppo",
      { text: "Alep", names: ["place:aleppo"] },
      [{ field: "text", text: "Alep", occurrences: 1 }],
    ],
    ["title before text", "convoy", { title: "Convoy", text: "convoy" }, [{ field: "title", occurrences: 2 }]],
    ["both sides of AND", "convoy truck", { text: "truck, convoy" }, [{ term: "convoy" }, { term: "truck" }]],
    [
      "both sides of NEAR, where they are near",
      "convoy NEAR/1 hit",
      { text: "convoy one two convoy hit" },
      [
        ...[
          { term: "convoy", offset: 15, occurrences: 1 },
          { term: "hit", offset: 22 },
        ],
      ],
    ],
    ["nothing of NOT", "convoy -truck", { text: "convoy" }, [{ term: "convoy" }]],
    [
      "the same term in two branches once",
      "(convoy a1) OR (convoy b1)",
      { text: "a1 b1 convoy" },
      [...[{ term: "a1" }, { term: "convoy" }, { term: "b1" }]],
    ],
    [
      "the same term in a field is another",
      "convoy title:convoy",
      { title: "convoy", text: "convoy" },
      [...[{ occurrences: 2 }, { occurrences: 1 }]],
    ],
    [
      "Arabic, as it is written",
      "aleppo",
      { text: "القتال بِحَلَب مستمر" },
      [{ text: "بِحَلَب", snippet: "القتال بِحَلَب مستمر", offset: 7 }],
    ],
    ["a word with an invisible character", "convoy", { text: "a con\u00advoy" }, [{ text: "con\u00advoy", offset: 2 }]],
    ["a word after an emoji", "convoy", { text: "👨‍👩‍👧‍👦 convoy" }, [{ text: "convoy", offset: 12 }]],
  ];
  it.each(cases)("%s", (_, query, text, expected) => {
    const found = reasons(query, text);
    expect(found).toEqual(expected.map((each) => expect.objectContaining(each)));
    check(found, matchable(text));
  });

  it("every match of the language’s table says where", () => {
    for (const [, query, text, matches] of MATCH_CASES) {
      const found = reasons(query, text);
      expect(found.length > 0).toBe(matches);
      check(found, matchable(text));
    }
  });

  it("so does every match of any query", () => {
    fc.assert(
      fc.property(requiredSketches, texts, (sketch, text) => check(reasons(show(sketch), text), text)),
      { numRuns: 300 },
    );
  });
});

describe("snippets", () => {
  const snippet = (text: string) => reasons("convoy", { text })[0]?.snippet;
  const many = (word: string) => Array.from({ length: 20 }, () => word).join(" ");
  const cases: [name: string, text: string, expected: string][] = [
    ["all of a short text", "“A convoy left.”", "“A convoy left.”"],
    ["white space as one space", "A\n\n convoy\t left", "A convoy left"],
    ["cut before", `${many("x")} convoy left.`, "… x x x x x x x x convoy left."],
    ["cut after", `A convoy ${many("x")}`, "A convoy x x x x x x x x …"],
    ["cut on both sides", `${many("x")} convoy ${many("y")}`, "… x x x x x x x x convoy y y y y y y y y …"],
    [
      "not cut where just as much stands there",
      "1 2 3 4 5 6 7 8 convoy 1 2 3 4 5 6 7 8.",
      "1 2 3 4 5 6 7 8 convoy 1 2 3 4 5 6 7 8.",
    ],
    [
      "Arabic",
      `${many("كلمة")} convoy ${many("أخرى")}`,
      "… كلمة كلمة كلمة كلمة كلمة كلمة كلمة كلمة convoy أخرى أخرى أخرى أخرى أخرى أخرى أخرى أخرى …",
    ],
  ];
  it.each(cases)("%s", (_, text, expected) => expect(snippet(text)).toBe(expected));

  const clusters: [name: string, cluster: string][] = [
    ["emoji families", "👨‍👩‍👧‍👦"],
    ["flags", "🇸🇾"],
    ["skin tones", "👋🏽"],
    ["Devanagari", "क्षि"],
    ["combining marks", "a\u0301\u0323\u0304"],
    ["Arabic vowel marks", "بَّ"],
    ["surrogate pairs", "𐐨"],
  ];
  it.each(clusters)("are cut between, never inside, %s", (_, cluster) => {
    const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });
    for (const shift of ["", ".", "..", "..."]) {
      const text = `${cluster.repeat(200)}${shift} convoy ${shift}${cluster.repeat(200)}`;
      const shown = snippet(text) ?? "";
      expect(shown).toMatch(/^… .*convoy.* …$/u);
      expect(shown.length).toBeLessThan(270);
      for (const { segment } of segmenter.segment(shown)) expect([cluster, ...".… convoy"]).toContain(segment);
    }
  });

  it("stay short where a word does not", () => {
    const [reason] = reasons("con*", { text: `a con${"x".repeat(100_000)} b` });
    expect(reason?.text).toHaveLength(160);
    expect(reason?.snippet?.length).toBeLessThan(500);
  });
});
