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

/** Checks that each reason points at what it says. */
function check(found: Match[], text: Matchable): void {
  for (const { term, means, field, text: words, snippet, offset, occurrences } of found) {
    expect(term).not.toBe("");
    expect(means).not.toBe("");
    if (words === null || offset === null || snippet === null) {
      expect([field, words, snippet, offset, occurrences]).toEqual([
        expect.stringMatching(/^(?:event|language|absent)$/),
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
      "a name that is in the text and is linked",
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

  it("an absent term has no place", () => {
    expect(reasons("convoy -truck", { text: "convoy" })[1]).toEqual({
      term: "-truck",
      means: "word",
      field: "absent",
      text: null,
      snippet: null,
      offset: null,
      occurrences: 0,
    });
  });

  /** Expected terms only. Absent ones have their minus. */
  const made: [name: string, query: string, text: Partial<Matchable>, terms: string[]][] = [
    ["NOT: what is absent", "convoy -truck", { text: "convoy" }, ["convoy", "-truck"]],
    ["NOT of AND: one operand absent", "convoy -(truck aid)", { text: "convoy, aid" }, ["convoy", "-truck"]],
    ["NOT of AND: both absent", "convoy -(truck aid)", { text: "convoy" }, ["convoy", "-aid", "-truck"]],
    ["NOT of OR: all of them", "convoy -(truck OR aid)", { text: "convoy" }, ["convoy", "-aid", "-truck"]],
    ["NOT of a name", "convoy -halab -aleppo", { text: "convoy" }, ["convoy", "-aleppo", "-halab"]],
    ["NOT of a phrase", 'convoy -"safe passage"', { text: "convoy passage" }, ["convoy", '-"safe passage"']],
    ["NOT of place:", "convoy -place:aleppo", { text: "convoy" }, ["convoy", "-place:aleppo"]],
    ["NOT of lang:", "convoy -lang:ar", { text: "convoy", language: "en" }, ["convoy", "-lang:ar"]],
    ["NOT of a prefix", "convoy -bomb*", { text: "convoy" }, ["convoy", "-bomb*"]],
    ["NOT in a field", "truck -title:truck", { text: "truck" }, ["truck", "-title:truck"]],
    ["NOT of OR in a field", "truck -title:(truck OR aid)", { text: "truck" }, ["truck", "-title:aid", "-title:truck"]],
    [
      "a field of NOT",
      "truck title:(convoy -truck)",
      { title: "convoy", text: "truck" },
      ["convoy", "-title:truck", "truck"],
    ],
    [
      "NOT of NEAR, both of which are there",
      "convoy -(convoy NEAR/1 truck)",
      { text: "convoy one two truck" },
      ["convoy", "-(convoy NEAR/1 truck)"],
    ],
    [
      "NOT of NEAR in a field",
      "convoy -title:(convoy NEAR/1 truck)",
      { text: "convoy truck" },
      ["convoy", "-title:(convoy NEAR/1 truck)"],
    ],
    ["NOT of NOT within AND: what is there", "convoy -(truck -aid)", { text: "convoy truck aid" }, ["convoy", "aid"]],
    ["the same, by the other operand", "convoy -(truck -aid)", { text: "convoy" }, ["convoy", "-truck"]],
    ["NOT within OR: the alternative that is true", "convoy (truck OR -aid)", { text: "convoy" }, ["convoy", "-aid"]],
    ["NOT within OR: the other", "convoy (truck OR -aid)", { text: "convoy aid truck" }, ["convoy", "truck"]],
    ["NOT within OR: both", "convoy (truck OR -aid)", { text: "convoy truck" }, ["convoy", "truck", "-aid"]],
    ["OR: the one that is true", "truck OR convoy", { text: "convoy" }, ["convoy"]],
    ["OR: all that are true", "truck OR convoy OR aid", { text: "truck convoy" }, ["convoy", "truck"]],
    [
      "OR of AND: the alternative that is true, whole",
      "(truck aid) OR convoy",
      { text: "aid truck" },
      ["aid", "truck"],
    ],
    ["OR of AND: not a term of one that is not", "(truck aid) OR convoy", { text: "aid convoy" }, ["convoy"]],
    ["OR of NEAR: not one side alone", "(truck NEAR/1 aid) OR convoy", { text: "convoy, truck" }, ["convoy"]],
    [
      "the same absence in two branches once",
      "(aid -truck) OR (convoy -truck)",
      { text: "aid convoy" },
      ["aid", "-truck", "convoy"],
    ],
  ];
  it.each(made)("%s", (_, query, text, terms) => {
    const found = reasons(query, text);
    expect(found.map(({ term }) => term)).toEqual(terms);
    expect(found.filter(({ field }) => field === "absent").map(({ term }) => term)).toEqual(
      terms.filter((term) => term.startsWith("-")),
    );
    check(found, matchable(text));
  });

  it("NOT of NEAR says how each side was read", () => {
    const [, absent] = reasons("convoy -(aleppo NEAR/3 truck)", { text: "convoy" });
    expect(absent).toMatchObject({ term: "-(aleppo NEAR/3 truck)", means: "place:aleppo NEAR/3 word" });
  });

  it("absent terms are absent, and found terms make the rest of the query true", () => {
    fc.assert(
      fc.property(requiredSketches, texts, (sketch, text) => {
        const analysed = analyse(text, VOCABULARY);
        for (const { term, field } of reasons(show(sketch), text)) {
          // An absent term alone needs a required term beside it.
          if (field !== "absent") continue;
          const { tree } = parseQuery(`zzz OR ${term.slice(1)}`, VOCABULARY);
          expect([term, match(tree, analysed)]).toEqual([term, undefined]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("every match of the table says where", () => {
    for (const [, query, text, matches] of MATCH_CASES) {
      const found = reasons(query, text);
      expect(found.length > 0).toBe(matches);
      check(found, matchable(text));
    }
  });

  it("every match of any query says where", () => {
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

  it("mark the cut in the middle of a long word", () => {
    const [reason] = reasons("con*", { text: `a con${"x".repeat(300)} b` });
    expect(reason?.snippet).toBe(`a con${"x".repeat(157)} … b`);
  });

  it("begin with a whole cluster if a word begins with a mark", () => {
    const [reason] = reasons("2", { text: "1.\u03012 left" });
    expect(reason).toMatchObject({ text: ".\u03012", offset: 1, snippet: "1.\u03012 left" });
    expect(snippet(`1.\u03012 ${many("x").slice(26)} convoy`)).toMatch(/^… \.\u03012 x/);
  });

  it("stay short even if a word is long", () => {
    const [reason] = reasons("con*", { text: `a con${"x".repeat(100_000)} b` });
    expect(reason?.text).toHaveLength(160);
    expect(reason?.snippet?.length).toBeLessThan(500);
  });
});

describe("bidirectional formatting in snippets (UAX 9)", () => {
  const [LRE, RLE, PDF, LRO, RLO] = ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e"];
  const [LRI, RLI, FSI, PDI] = ["\u2066", "\u2067", "\u2068", "\u2069"];
  const snippet = (text: string) => reasons("convoy", { text })[0]?.snippet;
  const far = Array.from({ length: 9 }, () => "x").join(" ");
  const near = far.slice(2);
  const cases: [name: string, text: string, expected: string][] = [
    ["balanced formatting stays", `a ${RLI}ب${PDI} convoy ${RLE}ب${PDF} b`, `a ${RLI}ب${PDI} convoy ${RLE}ب${PDF} b`],
    ["an override that is never closed", `a convoy ${RLO}b`, `a convoy ${RLO}b${PDF}`],
    ["an isolate that is never closed", `a ${FSI}convoy b`, `a ${FSI}convoy b${PDI}`],
    ["several, the last first", `${LRE}a ${RLI}convoy ${LRO}b`, `${LRE}a ${RLI}convoy ${LRO}b${PDF}${PDI}${PDF}`],
    ["closed behind the cut", `convoy ${RLE}${far}${PDF}`, `convoy ${RLE}x x x x x x x x${PDF} …`],
    ["opened before the cut", `${RLE}${far} convoy${PDF} b`, `… ${RLE}${near} convoy${PDF} b`],
    ["opened before, closed behind", `${LRI}${far} convoy ${far}${PDI}`, `… ${LRI}${near} convoy ${near}${PDI} …`],
    ["opened and closed before the cut", `${RLO}${PDF}${far} convoy`, `… ${near} convoy`],
    ["a terminator that closes nothing", `a${PDF} ${PDI}convoy${PDI}`, "a convoy"],
    ["PDF does not reach out of an isolate", `${RLE}a ${LRI}${PDF}convoy${PDI}`, `${RLE}a ${LRI}convoy${PDI}${PDF}`],
    ["PDI closes what was embedded within", `${LRI}a ${RLE}convoy${PDI} ${PDF}b`, `${LRI}a ${RLE}convoy${PDI} b`],
    ["a paragraph ends everything", `${RLO}a\nconvoy${PDF}`, `${RLO}a${PDF} convoy`],
    ["… before the cut too", `${RLO}a\n${far} convoy`, `… ${near} convoy`],
    ["… and a line does not", `${RLI}a\u2028convoy`, `${RLI}a convoy${PDI}`],
    [
      "the innermost eight are opened again",
      `${RLE.repeat(20)}${far} convoy`,
      `… ${RLE.repeat(8)}${near} convoy${PDF.repeat(8)}`,
    ],
  ];
  it.each(cases)("%s", (_, text, expected) => expect(snippet(text)).toBe(expected));

  it("the words found end before the closing marks", () => {
    const text = `${RLE}قافلة convoy${PDF}${PDI} b`;
    expect(reasons("convoy", { text })[0]).toMatchObject({
      text: "convoy",
      offset: 7,
      snippet: `${RLE}قافلة convoy${PDF} b`,
    });
  });

  it("is balanced in every snippet of any text", () => {
    const piece = fc.constantFrom(LRE, RLE, PDF, LRO, RLO, LRI, RLI, FSI, PDI, "\n", " ", "convoy", "حلب", "x ");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join("");
        for (const { snippet: shown, text: words, offset } of reasons("convoy OR aleppo", { text })) {
          expect(unpaired(shown ?? "")).toBe("");
          expect(text.slice(offset ?? 0)).toMatch(new RegExp(`^${words}`));
        }
      }),
      { numRuns: 1000 },
    );
  });

  /** The naive model: removes pairs that contain no other mark until none is left. */
  function unpaired(text: string): string {
    const controls = text.replace(/[^\u202a-\u202e\u2066-\u2069]/g, "");
    // The end of an isolate closes the embeddings inside it.
    const less = controls.replace(
      /[\u202a\u202b\u202d\u202e]\u202c|[\u2066-\u2068][\u202a\u202b\u202d\u202e]*\u2069/g,
      "",
    );
    return less === controls ? controls : unpaired(less);
  }
});
