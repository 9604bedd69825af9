import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuery } from "../../src/query/grammar.ts";
import { makeVocabulary } from "../../src/query/names.ts";
import { reading } from "../../src/query/reading.ts";
import { barePair, unknownWords, warnings } from "../../src/query/warnings.ts";
import { requiredSketches, show } from "./arbitrary.ts";
import { NAMES, NO_NAMES, VOCABULARY } from "./vocabulary.ts";

const said = (source: string, vocabulary = VOCABULARY) => warnings(source, parseQuery(source, vocabulary), vocabulary);

it("a reading says how each term was read, including those under NOT", () => {
  const { tree } = parseQuery('aleppo convoys -"safe zone" (vienna OR lang:ar) place:nowhere', VOCABULARY);
  expect(reading(tree)).toEqual([
    { text: "aleppo", means: "place:aleppo", names: ["place:aleppo"] },
    { text: "convoys", means: "word", names: [] },
    { text: "lang:ar", means: "language", names: [] },
    { text: "vienna", means: "place:vienna|topic:vienna-talks", names: ["place:vienna", "topic:vienna-talks"] },
    { text: "place:nowhere", means: "unknown name", names: [] },
    { text: '"safe zone"', means: "phrase", names: [] },
  ]);
});

describe("warnings", () => {
  const cases: [name: string, query: string, expected: (string | RegExp)[]][] = [
    ["none for a plain query", "aleppo convoy", []],
    ["none for names, phrases and NEAR", '(issg OR "safe passage") kerry NEAR/8 lavrov', []],

    [
      "operators in small letters",
      "convoy or truck",
      [/^"or" is searched for as a word: operators must be in capitals$/],
    ],

    [
      "an unknown name, with the nearest known one",
      "place:alepo",
      ["place:alepo is not a known name: it finds nothing until one is added; did you mean Aleppo (place:aleppo)?"],
    ],
    ["… of several words", 'place:"deir al zor"', [/did you mean Deir ez-Zor \(place:deir-ez-zor\)\?$/]],
    ["… in another script", "place:Алепо", [/did you mean Алеппо \(place:aleppo\)\?$/]],
    ["… of another kind", "actor:aleppo", [/did you mean Aleppo \(place:aleppo\)\?$/]],
    ["… with none near", "place:atlantis", ["place:atlantis is not a known name: it finds nothing until one is added"]],
    ["… under NOT", "convoy -place:atlantis", [/^place:atlantis .*: this NOT excludes nothing until one is added$/]],
    ["… beside something else", "convoy place:atlantis", [/^place:atlantis is not a known name/]],
    [
      "a word close to a name",
      "Alepo",
      ["Alepo is not a known name, so it is searched for as a word; did you mean Aleppo (place:aleppo)?"],
    ],
    ["… with two letters swapped", "Dmaascus convoy", [/^Dmaascus is .* did you mean Damascus/]],
    ["… two of eight letters off", "Dammascuss", [/did you mean Damascus/]],
    ["… not two of fewer", "Allepppo", [/did you mean Aleppo/]],
    ["… not two of seven", "Geenvva", []],
    ["… not in small letters, which may be an ordinary word", "alepo", []],
    ["… not with another first letter", "Aeneva", []],
    ["… not a word derived from a name", "Genevan Alepan Aleppine Damascuss", []],
    ["… of a topic, if it is long", "Ceasfire", [/did you mean ceasefire \(topic:ceasefire\)/]],
    ["… not of a short word", "Ale", [/^Ale: short/]],

    [
      "an abbreviation that is also a word",
      "us convoy",
      [
        'us: read as actor:us, and found only where the text writes it as an abbreviation (US); for the ordinary word write "us"',
      ],
    ],
    ["… in capitals", "WHO", [/^who: read as actor:who, .*\(WHO\)/]],
    ["… under NOT", "convoy -is", [/^is: read as actor:islamic-state/]],
    ["… not one that is not a word", "issg", []],
    ["… not in quotes", '"us" convoy', []],
    ["… not the name in full", "united states", []],
    ["… not by its kind", "actor:us", []],
    ["a short unknown word", "sdf aleppo", [/^sdf: short, and not a known name/]],
    ["… as it is written", "SDF aleppo", [/^SDF: short, and not a known name/]],
    ["… with points", "S.D.F. aleppo", [/^S\.D\.F: short, and not a known name/]],
    ["… not an ordinary word", "aid aleppo", []],
    ["… but one in capitals", "AID aleppo", [/^AID: short/]],
    ["… not in quotes", '"sdf" aleppo', []],
    ["… not in another script", "сдф aleppo", []],

    ["a function word", "the", ["the: occurs in nearly every article; on its own the query would match daily"]],
    ["several", "of the", ["of, the: occurs in nearly every article; on its own the query would match daily"]],
    ["… as a phrase", '"of the"', [/^"of the": occurs in nearly every article/]],
    ["… as an alternative", "aleppo OR the", [/^the: occurs in nearly every article/]],
    ["… in a title", "title:the", [/^the: occurs in nearly every/]],
    ["… NEAR one another", "of NEAR/2 the", [/^of, the: /]],
    ["… with a NOT", "the -convoy", [/^the: /]],
    ["… not beside another word", "the convoy", []],
    ["Arabic", "في", [/^في: occurs in nearly every article/]],
    ["Russian", "и OR что", [/^и, что: occurs in nearly every article/]],
    ["French", "été", [/^ete: occurs in nearly every article/]],
    [
      "a language alone",
      "lang:en",
      ["lang:en: matches every article in that language; on its own the query would match daily"],
    ],
    ["… not beside a word", "lang:en convoy", []],
  ];
  it.each(cases)("%s: %s", (_, query, expected) => {
    expect(said(query)).toEqual(
      expected.map((each) => (typeof each === "string" ? each : expect.stringMatching(each))),
    );
  });

  it("an abbreviation of several names", () => {
    const vocabulary = makeVocabulary([
      ...NAMES,
      { id: "actor:national-coalition", spellings: ["National Coalition", "NC"], capitals: [], hides: [] },
      { id: "place:north-camp", spellings: ["North Camp"], capitals: ["NC"], hides: [] },
    ]);
    expect(said("nc", vocabulary)).toEqual([
      "nc: stands for several names and finds each of them (actor:national-coalition, place:north-camp); write one of these to find only that one",
    ]);
    // A place and the talks there are not an abbreviation.
    expect(said("vienna")).toEqual([]);
  });

  it("appear only once", () => expect(said("us OR title:us")).toHaveLength(1));

  it("are single lines for any query", () => {
    fc.assert(
      fc.property(requiredSketches, fc.boolean(), (sketch, known) => {
        for (const warning of said(show(sketch), known ? VOCABULARY : NO_NAMES)) expect(warning).toMatch(/^\S.*\S$/u);
      }),
    );
  });
});

describe("words close to names", () => {
  const found = (source: string) =>
    unknownWords(source, parseQuery(source, VOCABULARY).tree, VOCABULARY).map(({ written, nearest, capitalised }) => [
      written,
      nearest.id,
      capitalised,
    ]);
  it("include small letters", () => {
    expect(found("alepo")).toEqual([["alepo", "place:aleppo", false]]);
    expect(found("Alepo alepo")).toEqual([["Alepo", "place:aleppo", true]]);
    expect(found("ceasfire convoy")).toEqual([["ceasfire", "topic:ceasefire", false]]);
    expect(found("aleppo convoy")).toEqual([]);
    expect(found('"alepo"')).toEqual([]);
  });
});

describe("a pair of words that may be meant as a phrase", () => {
  const cases: [query: string, phrase: string | undefined][] = [
    ["safe passage", '"safe passage"'],
    ["passage safe", '"passage safe"'],
    ["الأسلحة الكيميائية", '"الأسلحة الكيميائية"'],
    ["  Safe   Passage ", '"Safe Passage"'],
    ["safe AND passage", undefined],
    ["safe passage convoy", undefined],
    ["safe -passage", undefined],
    ["safe OR passage", undefined],
    ["(safe) passage", undefined],
    ['"safe" passage', undefined],
    ["title:safe passage", undefined],
    ["safe pass*", undefined],
    ["safe NEAR/2 passage", undefined],
    ["safe-passage", undefined],
    ["safe safe", undefined],
    ["safe zone", undefined],
    ["aleppo passage", undefined],
    ["the passage", undefined],
  ];
  it.each(cases)("%s", (query, phrase) =>
    expect(barePair(query, parseQuery(query, VOCABULARY).tree)?.phrase).toBe(phrase),
  );
});
