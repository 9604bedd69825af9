import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findingNames, makeVocabulary, readName, type Vocabulary } from "../../src/query/names.ts";
import { finish } from "../../src/query/steps.ts";
import { splitWords } from "../../src/query/words.ts";
import { NAMES, VOCABULARY } from "./vocabulary.ts";

/** Returns the names in a text, each as its id and the words it covers. */
function found(text: string, vocabulary: Vocabulary = VOCABULARY): string[] {
  const words = splitWords(text);
  return finish(findingNames(vocabulary, words)).flatMap(({ start, end, ids }) => {
    const written = text.slice(words[start]?.start, words[end - 1]?.end);
    return ids.map((id) => `${id} ${written}`);
  });
}

const US = ["actor:us US"];

describe("names in a text", () => {
  const cases: [name: string, text: string, expected: string[]][] = [
    ["none", "A convoy left", []],
    ["one", "Fighting in Aleppo", ["place:aleppo Aleppo"]],
    ["each time", "Aleppo, Alep", ["place:aleppo Aleppo", "place:aleppo Alep"]],
    ["of several words", "the Islamic State said", ["actor:islamic-state Islamic State"]],
    ["the beginning of a name is no name", "the Islamic republic", []],
    ["never a part of a word", "the crisis", []],
    [
      "the longest wins",
      "Damascus Countryside",
      ["place:rural-damascus Damascus Countryside", "place:damascus Damascus"],
    ],
    [
      "one inside another counts",
      "the US State Department",
      [...["actor:state-department US State Department", "actor:us US", "actor:state-department State Department"]],
    ],
    ["unless it is hidden", "the Geneva Conventions", ["topic:geneva-conventions Geneva Conventions"]],
    [
      "hidden there but not elsewhere",
      "Geneva Conventions in Geneva",
      [...["topic:geneva-conventions Geneva Conventions", "place:geneva Geneva"]],
    ],
    [
      "a name that overlaps an earlier one does not count",
      "Islamic State Department",
      ["actor:islamic-state Islamic State"],
    ],
    ["one spelling, two names", "in Vienna", ["place:vienna Vienna", "topic:vienna-talks Vienna"]],
    [
      "longer for one of them",
      "Vienna talks",
      [...["topic:vienna-talks Vienna talks", "place:vienna Vienna", "topic:vienna-talks Vienna"]],
    ],
    ["possessive", "Aleppo’s east", ["place:aleppo Aleppo’s"]],
    ["plural", "two ceasefires", ["topic:ceasefire ceasefires"]],
    ["accents", "à Geneve", ["place:geneva Geneve"]],
    ["small letters", "aleppo", ["place:aleppo aleppo"]],
  ];
  it.each(cases)("%s", (_, text, expected) => expect(found(text)).toEqual(expected));
});

describe("hyphens", () => {
  const cases: [name: string, text: string, expected: string[]][] = [
    ["as spelled", "in Deir ez-Zor", ["place:deir-ez-zor Deir ez-Zor"]],
    ["a space instead", "in Deir ez Zor", ["place:deir-ez-zor Deir ez Zor"]],
    ["one more", "in Deir-ez-Zor", ["place:deir-ez-zor Deir-ez-Zor"]],
    ["none", "in Deir Ezzor", ["place:deir-ez-zor Deir Ezzor"]],
    ["in a word spelled as one", "the cease-fire", ["topic:ceasefire cease-fire"]],
    ["a non-breaking one", "the cease\u2011fire", ["topic:ceasefire cease\u2011fire"]],
    ["an invisible character beside it", "the cease-\u200bfire", ["topic:ceasefire cease-\u200bfire"]],
    ["a space is not a hyphen", "the cease fire", []],
    ["a dash is not a hyphen", "cease – fire", []],
    ["before another word", "Aleppo-based", ["place:aleppo Aleppo"]],
    ["an abbreviation before another word", "the US-led coalition", US],
  ];
  it.each(cases)("%s", (_, text, expected) => expect(found(text)).toEqual(expected));
});

describe("Arabic", () => {
  const cases: [name: string, text: string, expected: string[]][] = [
    ["as spelled", "القتال في حلب", ["place:aleppo حلب"]],
    ["with a preposition", "القتال بحلب", ["place:aleppo بحلب"]],
    ["with conjunction and preposition", "وبحلب", ["place:aleppo وبحلب"]],
    ["with the article", "الهدنة", ["topic:ceasefire الهدنة"]],
    ["with preposition and article", "للهدنة", ["topic:ceasefire للهدنة"]],
    ["of several words, the first with a particle", "لوقف إطلاق النار", ["topic:ceasefire لوقف إطلاق النار"]],
    ["without hamza", "وقف اطلاق النار", ["topic:ceasefire وقف اطلاق النار"]],
    ["without the article of its spelling", "وقف إطلاق نار", ["topic:ceasefire وقف إطلاق نار"]],
    ["vowel marks", "حَلَب", ["place:aleppo حَلَب"]],
    ["another word that only ends like it", "مطلب", []],
    ["without the article that its spelling begins with", "رأى أسدا", []],
    ["with it after a preposition", "للأسد", ["actor:assad للأسد"]],
    ["a conjunction before Latin letters", "وISIS", ["actor:islamic-state ISIS"]],
    ["between bidirectional controls", "و\u2067Aleppo\u2069", ["place:aleppo Aleppo\u2069"]],
  ];
  it.each(cases)("%s", (_, text, expected) => expect(found(text)).toEqual(expected));
});

describe("abbreviations that are also words", () => {
  const cases: [name: string, text: string, expected: string[]][] = [
    ["in running text", "The US said on Monday", US],
    ["the word", "They told us on Monday", []],
    ["the word at the beginning", "Us and them", []],
    ["with points", "The U.S. said", ["actor:us U.S"]],
    ["with points in small letters", "the u.s. army", ["actor:us u.s"]],
    ["with points among capitals", "THE U.S. SAID", ["actor:us U.S"]],
    ["possessive", "The US’s stance", ["actor:us US’s"]],
    ["in a headline in capitals", "TELL US WHO IS RIGHT", []],
    ["in a headline in capitals with a number", "GIVE US 10 DAYS OF PEACE", []],
    ["in a headline with some capitals", "AP: US and Russia meet", US],
    ["alone", "US", US],
    ["among other abbreviations", "US, UN, WHO", ["actor:us US", "actor:un UN", "actor:who WHO"]],
    ["among other known names in capitals", "US, ISIS", ["actor:us US", "actor:islamic-state ISIS"]],
    ["with a number only", "US 2016", US],
    ["among Arabic words", "قوات US في المدينة", US],
    ["IS in running text", "Fighters of IS withdrew", ["actor:islamic-state IS"]],
    ["is", "Peace is near", []],
    ["Is at the beginning", "Is peace near?", []],
    ["UN in French", "un convoi", []],
    ["UN of the United Nations", "Le convoi de l’ONU, the UN convoy", ["actor:un UN"]],
    ["WHO in running text", "The WHO warned", ["actor:who WHO"]],
    ["Who", "Who warned them, and who not", []],
    ["a long name needs no capitals", "the united states", ["actor:us united states"]],
    ["ISIS needs none either", "isis", ["actor:islamic-state isis"]],
    ["in a shouted stretch of a quiet text", "the poster asks: WHO IS LISTENING TO US? Two said", []],
    ["before one other abbreviation", "a US CENTCOM officer", US],
    [
      "after an elision",
      "de l’US et d’IS",
      [...US, "actor:islamic-state d’IS"].map((name) => name.replace(" US", " l’US")),
    ],
    ["far from what is in small letters", "ONE TWO THREE FOUR US FIVE SIX SEVEN EIGHT then small", []],
  ];
  it.each(cases)("%s", (_, text, expected) => expect(found(text)).toEqual(expected));
});

describe("spellings that are ordinary words in small letters", () => {
  const cases: [name: string, text: string, expected: string[]][] = [
    ["with a capital", "Talks in Turkey", ["place:turkey Turkey"]],
    ["possessive", "Talks on Turkey’s terms", ["place:turkey Turkey’s"]],
    ["in small letters", "They ate turkey", []],
    ["plural", "They saw Turkeys", []],
    ["where nothing has a capital", "talks in turkey", ["place:turkey turkey"]],
    ["another spelling of the same name needs no capital", "turquie, Oui", ["place:turkey turquie"]],
    ["inflected", "Встреча в Вене", ["place:vienna-city Вене"]],
    ["the word, inflected", "Врач вскрыл вены", []],
    ["each of its words", "the Islamic Caliphate", ["actor:caliphate Islamic Caliphate"]],
    ["one of its words", "an Islamic caliphate", []],
    ["only those that have a capital in the spelling", "Исламского халифата", ["actor:caliphate Исламского халифата"]],
  ];
  it.each(cases)("%s", (_, text, expected) => expect(found(text)).toEqual(expected));

  it("in Arabic: without the article, and with the same last letter", () => {
    const vocabulary = makeVocabulary([
      { id: "place:syria", spellings: ["سوریه", "سورية"], capitals: [], proper: ["سوریه", "سورية"], hides: [] },
      { id: "place:turkey", spellings: ["ترکیه"], capitals: [], proper: ["ترکیه"], hides: [] },
    ]);
    expect(found("سوریه", vocabulary)).toEqual(["place:syria سوریه"]);
    expect(found("في سورية", vocabulary)).toEqual(["place:syria سورية"]);
    expect(found("الحكومة السورية", vocabulary)).toEqual([]);
    expect(found("در ترکیه", vocabulary)).toEqual(["place:turkey ترکیه"]);
    expect(found("قوات تركية", vocabulary)).toEqual([]);
  });
});

describe("topics", () => {
  const vocabulary = makeVocabulary([
    { id: "topic:walkout", spellings: ["quit the talks"], capitals: [], hides: [] },
    { id: "topic:geneva", spellings: ["talks in Geneva"], capitals: [], hides: [] },
    { id: "actor:group", spellings: ["in Geneva group"], capitals: [], hides: [] },
  ]);
  it("may overlap, since they are not proper names", () => {
    expect(found("They quit the talks in Geneva", vocabulary)).toEqual([
      ...["topic:walkout quit the talks", "topic:geneva talks in Geneva"],
    ]);
  });
});

describe("a vocabulary", () => {
  const of = (spellings: string[]) => makeVocabulary([{ id: "topic:x", spellings, capitals: [], hides: [] }]);

  it("skips a spelling without a word", () => {
    expect(found("… – any text", of(["", "…", "–"]))).toEqual([]);
    expect(found("any text", of(["…", "text"]))).toEqual(["topic:x text"]);
  });

  it("without names finds none", () => expect(found("Aleppo", makeVocabulary([]))).toEqual([]));

  it("names that hide each other’s parts are both found on their own", () => {
    const vocabulary = makeVocabulary([
      { id: "topic:a", spellings: ["aa bb"], capitals: [], hides: ["topic:b"] },
      { id: "topic:b", spellings: ["bb", "bb aa"], capitals: [], hides: ["topic:a"] },
    ]);
    expect(found("aa bb bb", vocabulary)).toEqual(["topic:a aa bb", "topic:b bb"]);
  });
});

describe("the name at the beginning of a query’s words", () => {
  const read = (text: string, ends: number[], kind?: string) => {
    const name = readName(VOCABULARY, splitWords(text), (end) => ends.includes(end), kind);
    return name && [name.end, ...name.ids];
  };
  const cases: [name: string, text: string, ends: number[], kind: string | undefined, expected: unknown][] = [
    ["the longest", "damascus countryside convoy", [1, 2, 3], undefined, [2, "place:rural-damascus"]],
    ["the longest that ends where it may", "damascus countryside", [1], undefined, [1, "place:damascus"]],
    ["none that ends where it may", "damascus countryside", [3], undefined, undefined],
    ["not further on", "in damascus", [1, 2], undefined, undefined],
    ["in any case", "us", [1], undefined, [1, "actor:us"]],
    ["all of one spelling", "vienna", [1], undefined, [1, "place:vienna", "topic:vienna-talks"]],
    ["of one kind", "vienna", [1], "topic", [1, "topic:vienna-talks"]],
    ["of one kind, shorter than one of another", "vienna talks", [1, 2], "place", [1, "place:vienna"]],
    ["of a kind that has none", "vienna", [1], "actor", undefined],
  ];
  it.each(cases)("%s", (_, text, ends, kind, expected) => expect(read(text, ends, kind)).toEqual(expected));
});

describe("for any text", () => {
  const word = fc.constantFrom(
    ...NAMES.flatMap(({ spellings, capitals }) => [...spellings, ...capitals]),
    "the",
    "of",
    "—",
  );
  const prose = fc.array(word, { maxLength: 12 }).map((words) => words.join(" "));

  it("names are in order, inside the text, and never partly overlap", () => {
    fc.assert(
      fc.property(prose, (text) => {
        const words = splitWords(text);
        const names = finish(findingNames(VOCABULARY, words));
        for (const [i, name] of names.entries()) {
          expect(name.ids.length).toBeGreaterThan(0);
          expect(name.end).toBeGreaterThan(name.start);
          expect(name.end).toBeLessThanOrEqual(words.length);
          const topic = name.ids.every((id) => id.startsWith("topic:"));
          for (const earlier of topic ? [] : names.slice(0, i)) {
            expect(earlier.start).toBeLessThanOrEqual(name.start);
            const aside = earlier.ids.every((id) => id.startsWith("topic:"));
            expect(aside || earlier.end <= name.start || earlier.end >= name.end).toBe(true);
          }
        }
      }),
    );
  });

  it("the first spelling of every name is found in running text", () => {
    for (const { id, spellings } of NAMES) expect(found(`in ${spellings[0]} today`).join()).toContain(id);
  });
});
