import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compoundAt, fold, queryKey, splitWords } from "../../src/query/words.ts";

const literals = (text: string) => splitWords(text).map((word) => word.literal);
const keys = (text: string) => splitWords(text).map((word) => word.keys);

describe("words of a text", () => {
  const cases: [name: string, text: string, expected: string[]][] = [
    ["whole words", "The crisis, and ISIS.", ["the", "crisis", "and", "isis"]],
    ["a full stop without a space", "in Aleppo.The talks", ["in", "aleppo", "the", "talks"]],
    ["an abbreviation with points", "the U.S. and the U.N.", ["the", "us", "and", "the", "un"]],
    ["numbers stay whole", "1,000.5 tonnes at 10:30", ["1,000.5", "tonnes", "at", "10", "30"]],
    ["a hyphen separates", "cease-fire", ["cease", "fire"]],
    ["an apostrophe does not", "Syria’s O'Brien", ["syria's", "o'brien"]],
    ["invisible characters", "Ale\u200bppo con\u00advoy tr\u2060uce", ["aleppo", "convoy", "truce"]],
    ["nothing but signs", "… — !?", []],
    ["a lone surrogate", "\ud800 talks", ["talks"]],
    ["underscores around a word", "_Aleppo_ and __", ["aleppo", "and"]],
    ["a narrow space before French punctuation", "Alep\u202f: paix\u202f!", ["alep", "paix"]],
    ["letters that are marks only", "ـ ʼ", []],
    ["wide full stops and colons", "a：bc．de", ["a", "bc", "de"]],
    ["a long run of letters with points", "a.b.c.d.e.f.g.h.i.j", ["abcdefghi", "j"]],
    ["Arabic", "وقف إطلاق النار", ["وقف", "اطلاق", "النار"]],
    ["Arabic and Latin letters side by side", "وISIS الـUN aحb", ["و", "isis", "ال", "un", "a", "ح", "b"]],
    ["with a bidirectional control between", "و\u2067Aleppo\u2069", ["و", "aleppo"]],
    ["what is elided", "L’État qu'elle jusqu’ici aujourd’hui", ["etat", "elle", "ici", "aujourd'hui"]],
    ["an apostrophe of a name", "O'Brien N'Djamena", ["o'brien", "djamena"]],
  ];
  it.each(cases)("%s", (_, text, expected) => expect(literals(text)).toEqual(expected));

  it("keep the offsets of the source, including invisible characters", () => {
    const text = "in Ale\u200bppo’s east";
    const [, word] = splitWords(text);
    expect(text.slice(word?.start, word?.end)).toBe("Ale\u200bppo’s");
  });

  it("knows how a word is written", () => {
    expect(splitWords("US U.S. us Us US's").map((word) => word.written)).toEqual([
      ...["capitals", "pointed", "plain", "plain", "capitals"],
    ]);
  });

  it("knows whether a word begins with a capital", () => {
    expect(splitWords("Iran l’Iran iran L’iran Иран US U.S. 3A حلب").map((word) => word.capital)).toEqual([
      ...[true, true, false, false, true, true, true, false, false],
    ]);
  });

  it("cuts a long run of letters of changing scripts without a deep stack", () => {
    expect(splitWords("aح".repeat(20_000))).toHaveLength(40_000);
  });

  it("reads only a hyphenated pair also as one word", () => {
    expect(compoundAt(splitWords("cease-fire"), 0)).toBe("ceasefire");
    expect(compoundAt(splitWords("cease - fire"), 0)).toBeUndefined();
    expect(compoundAt(splitWords("cease fire"), 0)).toBeUndefined();
    expect(compoundAt(splitWords("cease-"), 0)).toBeUndefined();
    expect(compoundAt(splitWords("cease-\u200bfire"), 0)).toBe("ceasefire");
  });
});

describe("what never matters", () => {
  const cases: [name: string, a: string, b: string][] = [
    ["case", "ALEPPO", "aleppo"],
    ["dotted and dotless i", "İSTANBUL", "istanbul"],
    ["sharp s", "Straße", "STRASSE"],
    ["accents", "Genève", "Geneve"],
    ["capital sharp s", "STRAẞE", "strasse"],
    ["transliterated ayn at the edge", "ʿAyn", "Ayn"],
    ["strokes", "Łódź", "Lodz"],
    ["width", "ＡＬＥＰＰＯ", "aleppo"],
    ["ligatures", "ﬁre", "fire"],
    ["curly quotes", "O’Brien", "O'Brien"],
    ["final sigma", "ΣΥΡΙΑΣ", "συριας"],
    ["ё", "ещё", "еще"],
    ["Arabic vowel marks", "حَلَب", "حلب"],
    ["tatweel", "حـلـب", "حلب"],
    ["alef variants", "إطلاق أطلاق آطلاق", "اطلاق اطلاق اطلاق"],
    ["taa marbuta and alef maqsura", "هدنة على", "هدنه علي"],
    ["presentation forms", "ﺣﻠﺐ", "حلب"],
    ["Persian letters", "کیلو", "كيلو"],
    ["Arabic digits", "٢٠١٦", "2016"],
  ];
  it.each(cases)("%s", (_, a, b) => expect(fold(a)).toBe(fold(b)));

  it("й differs from и", () => expect(fold("мой")).not.toBe(fold("мои")));
});

describe("what does not matter outside quotes", () => {
  const same: [name: string, a: string, b: string][] = [
    ["plural", "convoys", "convoy"],
    ["plural in -es", "clashes", "clash"],
    ["plural in -ies", "bodies", "body"],
    ["plural in -oes", "vetoes", "veto"],
    ["plural in -ses", "houses", "house"],
    ["irregular plural", "crises", "crisis"],
    ["plural of a word in -ay", "delays", "delay"],
    ["possessive", "aleppo's", "aleppo"],
    ["possessive of a plural", "states'", "state"],
    ["French elision", "l'accord", "accord"],
    ["inner apostrophe", "o'brien", "obrien"],
    ["plural in -men", "gunmen", "gunman"],
    ["plural in -yses", "analyses", "analysis"],
    ["plural of an inhabitant in -i", "iraqis", "iraqi"],
    ["plural of a plural", "childrens", "child"],
    ["Russian genitive", "перемирия", "перемирие"],
    ["Arabic article", "الهدنه", "هدنه"],
  ];
  it.each(same)("%s", (_, a, b) => expect(queryKey(a)).toBe(queryKey(b)));

  const different: [a: string, b: string][] = [
    ["isis", "isi"],
    ["press", "pres"],
    ["damascus", "damascu"],
    ["crisis", "isis"],
    ["paris", "pari"],
    ["bombing", "bomb"],
    ["russian", "russia"],
    ["news", "new"],
    ["hamas", "hama"],
    ["yemen", "yeman"],
    ["dans", "dan"],
    ["specimen", "speciman"],
  ];
  it.each(different)("%s is not %s", (a, b) => expect(queryKey(a)).not.toBe(queryKey(b)));

  it.each([
    ["بحلب", "حلب"],
    ["وحلب", "حلب"],
    ["وبحلب", "حلب"],
    ["للهدنة", "هدنه"],
    ["والهدنة", "هدنه"],
  ])("the particles of %s come off", (text, word) => expect(keys(text)[0]).toContain(queryKey(word)));

  it("a short word keeps its first letter: ولد is not لد", () => expect(keys("ولد")[0]).toEqual(["ولد"]));
});

describe("cached words", () => {
  it("have the same description, according to the language of the text", () => {
    const text = "Les généraux ont parlé à Asadov. Асадов — Асадов, l’ONU";
    for (const french of [false, true]) expect(splitWords(text, french)).toEqual(splitWords(text, french));
    expect(splitWords("généraux")[0]?.keys).toEqual(["generaux"]);
    expect(splitWords("généraux", true)[0]?.keys).toContain("general");
  });
});

describe("for any text", () => {
  const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));
  it("folding twice equals folding once", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
    );
  });
  it("no word is empty", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const { literal, keys } of splitWords(text)) expect([literal, ...keys]).not.toContain("");
      }),
    );
  });
  it("the key of a key is the key itself", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const { literal } of splitWords(text)) expect(queryKey(queryKey(literal))).toBe(queryKey(literal));
      }),
    );
  });
  it("every word is at its offsets, and its keys include its query key", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let end = 0;
        for (const word of splitWords(text)) {
          expect(word.start).toBeGreaterThanOrEqual(end);
          expect(word.end).toBeGreaterThan(word.start);
          expect(word.keys).toContain(queryKey(word.literal));
          end = word.end;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
