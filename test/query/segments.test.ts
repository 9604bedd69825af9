import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold } from "../../src/query/fold.ts";
import { segments } from "../../src/query/segments.ts";
import { finish, STEP } from "../../src/query/steps.ts";
import { splitting, splitWords } from "../../src/query/words.ts";

type Cut = [start: number, end: number];

/**
 * Cuts words at full stops and colons, except in numbers, since runtimes differ there. A narrow no-break space counts
 * as a space, although it joins in UAX 29.
 */
function cut(text: string, start: number, end: number): Cut[] {
  const segment = text.slice(start, end);
  const parts = [...segment.matchAll(/[^\u202f]+/gu)].flatMap((stretch) =>
    /^[\p{N}.,:]+$/u.test(stretch[0])
      ? [{ 0: stretch[0], index: stretch.index }]
      : [...stretch[0].matchAll(/[^.:\u2024\ufe13\ufe52\ufe55\uff0e\uff1a]+/gu)].map((part) => ({
          0: part[0],
          index: stretch.index + part.index,
        })),
  );
  return parts
    .filter((part) => fold(part[0]) !== "")
    .map((part): Cut => [start + part.index, start + part.index + part[0].length]);
}

function own(text: string): Cut[] {
  const cuts: Cut[] = [];
  segments(text, (start, end) => cuts.push(...cut(text, start, end)));
  return cuts;
}

const segmenter = new Intl.Segmenter("en", { granularity: "word" });
const model = (text: string): Cut[] =>
  [...segmenter.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .flatMap(({ segment, index }) => cut(text, index, index + segment.length));

describe("where words begin and end", () => {
  const cases: [text: string, words: string[]][] = [
    ["can't stop", ["can't", "stop"]],
    ["don't.", ["don't"]],
    ["'quoted'", ["quoted"]],
    ["1,000.5 tonnes", ["1,000.5", "tonnes"]],
    ["1,000, then", ["1,000", "then"]],
    ["3:4", ["3", "4"]],
    ["a.b U.S.", ["a", "b", "U", "S"]],
    ["v1.5 1.5km", ["v1", "5", "1", "5km"]],
    ["_x_ __ a_b", ["_x_", "a_b"]],
    ["l’accord «d’Alep»", ["l’accord", "d’Alep"]],
    ["cease-fire—now", ["cease", "fire", "now"]],
    ["٣٫٥ و١٢،٥", ["٣٫٥", "و١٢،٥"]],
    ["e\u0301tat con\u00advoy", ["e\u0301tat", "con\u00advoy"]],
    ["می‌شود 停火协议 today", ["می‌شود", "停火", "协议", "today"]],
    ["👍🏽 yes👍no", ["yes", "no"]],
    ["1,000.5\u202fkm", ["1,000.5", "km"]],
  ];
  it.each(cases)("%s", (text, words) => {
    expect(own(text).map(([start, end]) => text.slice(start, end))).toEqual(words);
  });

  /** Strings that the rules depend on, and letters of each script that is cut here. */
  const pieces = fc.constantFrom(
    ...[..."abZ019.,;:'’‘_-– \n\t\"«»!/@#&%$()[]|*+…“”éßıİœØжЙёѓحلبةىـ٣۵،؛؟"],
    ...["\u0301", "\u064e", "\u00ad", "\u200d", "\u200c", "\u00a0", "\u202f", "\r\n", "·", "º", "²", "½", "€", "№"],
    ...[
      "漢",
      "カ",
      "ス",
      "ไทย",
      "א",
      "״",
      "👍",
      "🏽",
      "🇸",
      "🇾",
      "ŉ",
      "ǆ",
      "ʼ",
      "ʿ",
      "ا",
      "لل",
      "п",
      "\ud800",
      "𝐀",
      "ﷲ",
      "ﬁ",
    ],
    ...["U.S.", "can't", "1,000.5", "l’", "d'", "3:4", "a:b", "_x_"],
  );
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.integer({ min: 0, max: 0x6ff }).map((code) => String.fromCharCode(code)) }),
    fc.string({ unit: fc.integer({ min: 0x2000, max: 0x2050 }).map((code) => String.fromCharCode(code)) }),
  );
  it("match those of the segmenter", () => {
    fc.assert(
      fc.property(text, (text) => {
        expect(own(text)).toEqual(model(text));
      }),
      { numRuns: 5000 },
    );
  });

  it("do not depend on what is beside a number", () => {
    const written = (text: string) => splitWords(text, false).map(({ literal }) => literal);
    expect(written("火 1,000.5 火")).toEqual(["火", "1,000.5", "火"]);
    expect(written("\u{1f600} a 1,000.5 \u{1f600}")).toEqual(["a", "1,000.5"]);
  });

  it("are the same in small steps as in one", () => {
    const joined = fc.array(text, { maxLength: 6 }).map((texts) => texts.join(""));
    fc.assert(
      fc.property(joined, fc.integer({ min: 1, max: 9 }), fc.boolean(), (text, step, french) => {
        expect(finish(splitting(text, french, step))).toEqual(splitWords(text, french));
      }),
      { numRuns: 5000 },
    );
  });

  it("no step of a long text is much longer than another, with or without spaces", () => {
    for (const sentence of [
      "Aid reached Aleppo. ",
      "aid,",
      "a.",
      "停火协议在日内瓦达成。",
      "وصلت المساعدات،",
      "a/",
      'a"',
    ]) {
      const long = sentence.repeat(Math.ceil(200_000 / sentence.length));
      for (const taken of splitting(long, false)) expect([sentence, taken <= 2 * STEP]).toEqual([sentence, true]);
    }
  });

  it("hold for every known character, between letters, between digits and alone", () => {
    const others: string[] = [];
    for (let code = 0; code < 0x2100; code++) {
      const sign = String.fromCharCode(code);
      for (const text of [
        `a${sign}b`,
        `1${sign}2`,
        `a${sign}1`,
        `ж${sign}ж`,
        `ح${sign}ح`,
        `${sign}a ${sign} a${sign}`,
      ]) {
        if (own(text).join() !== model(text).join()) others.push(`${text} (${code.toString(16)})`);
      }
    }
    expect(others).toEqual([]);
  });
});

describe("folding letter by letter", () => {
  it("equals folding the whole word", () => {
    const letter = fc.oneof(
      fc.integer({ min: 0, max: 0x6ff }).map((code) => String.fromCharCode(code)),
      fc.constantFrom("'", "’", "a", "Z", "é", "İ", "ß", "Σ", "ς", "ё", "й"),
    );
    fc.assert(
      fc.property(fc.array(letter, { minLength: 1, maxLength: 8 }), (letters) => {
        const word = letters.join("");
        // A soft hyphen folds to nothing, but a word with one is not folded letter by letter.
        expect(fold(word)).toBe(fold(`${word}\u00ad`));
      }),
      { numRuns: 5000 },
    );
  });
});
