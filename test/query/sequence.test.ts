import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyNear, spansNear } from "../../src/query/near.ts";
import { sequences } from "../../src/query/sequence.ts";
import type { Span } from "../../src/query/text.ts";

describe("words that stand one after the other", () => {
  /** Words of a text, each with the letters that it may be taken for, as an Arabic word has several keys. */
  const words = fc.array(fc.constantFrom("a", "b", "ab", "c"), { maxLength: 90 });
  const sequence = fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 40 });

  it("are found wherever they stand, few places or many", () => {
    fc.assert(
      fc.property(words, sequence, fc.integer({ min: 0, max: 70 }), (words, sequence, gap) => {
        const positions = gap + words.length;
        const is = (letter: string, position: number) => words[position - gap]?.includes(letter) === true;
        const spans = (letter: string): Span[] =>
          words.flatMap((word, i) => (word.includes(letter) ? [{ position: gap + i, length: 1 }] : []));
        const expected = Array.from({ length: positions }, (_, start) => start).filter((start) =>
          sequence.every((letter, k) => is(letter, start + k)),
        );
        expect(sequences(sequence, { spans, is, positions })).toEqual(
          expected.map((position) => ({ position, length: sequence.length })),
        );
      }),
      { numRuns: 2000 },
    );
  });
});

describe("spans that are near one another", () => {
  const spans = fc
    .array(fc.record({ position: fc.integer({ min: 0, max: 60 }), length: fc.integer({ min: 1, max: 9 }) }))
    .map((all) => all.sort((a, b) => a.position - b.position || a.length - b.length));

  it("are those that a look at every pair finds", () => {
    const between = (a: Span, b: Span) =>
      Math.max(b.position - a.position - a.length, a.position - b.position - b.length);
    fc.assert(
      fc.property(spans, spans, fc.integer({ min: 1, max: 12 }), (some, others, distance) => {
        const isNear = (a: Span, b: Span) => between(a, b) >= 0 && between(a, b) <= distance;
        const expected = some.filter((span) => others.some((other) => isNear(span, other)));
        expect(spansNear(some, others, distance)).toEqual(expected);
        expect(anyNear(some, others, distance)).toBe(expected.length > 0);
      }),
      { numRuns: 2000 },
    );
  });
});
