import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearestName } from "../../src/query/nearest.ts";
import { VOCABULARY } from "./vocabulary.ts";

const nearest = (written: string, most: number, kind: string) => {
  const found = nearestName(VOCABULARY, written, most, ({ id }) => id.startsWith(kind));
  return found && [found.spelling, found.id];
};

describe("the nearest name", () => {
  const cases: [written: string, most: number, kind: string, expected: [spelling: string, id: string] | undefined][] = [
    ["alepo", 1, "", ["Aleppo", "place:aleppo"]],
    ["alpepo", 1, "", ["Aleppo", "place:aleppo"]],
    ["ALEPPO", 0, "", ["Aleppo", "place:aleppo"]],
    ["allepo", 2, "", ["Aleppo", "place:aleppo"]],
    ["alepp", 1, "", ["Aleppo", "place:aleppo"]],
    ["alp", 1, "", ["Alep", "place:aleppo"]],
    ["geneve", 1, "", ["Genève", "place:geneva"]],
    ["deirezzor", 1, "place:", ["Deir ez-Zor", "place:deir-ez-zor"]],
    ["Dayr ezzor", 2, "place:", ["Deir ez-Zor", "place:deir-ez-zor"]],
    ["Алепо", 1, "", ["Алеппо", "place:aleppo"]],
    ["هدنه", 0, "", ["هدنة", "topic:ceasefire"]],
    ["alepo", 1, "actor:", undefined],
    ["alepo", 0, "", undefined],
    ["atlantis", 2, "", undefined],
    ["", 0, "", undefined],
    ["x".repeat(500), 3, "", undefined],
  ];
  it.each(cases)("%s, within %i, of %s", (written, most, kind, expected) =>
    expect(nearest(written, most, kind)).toEqual(expected),
  );
});

describe("the distance of two strings", () => {
  const cases: [a: string, b: string, distance: number][] = [
    ["", "", 0],
    ["", "abc", 3],
    ["abc", "abc", 0],
    ["abc", "abd", 1],
    ["abc", "ab", 1],
    ["abc", "xabc", 1],
    ["abc", "acb", 1],
    ["ca", "abc", 3],
    ["𐐨a", "𐐨b", 1],
  ];
  it.each(cases)("%s, %s", (a, b, distance) => expect(editDistance(a, b, 5)).toBe(distance));

  /** Follows the definition, without a table. */
  const model = (a: string, b: string): number => {
    if (a === "" || b === "") return a.length + b.length;
    const same = a.at(-1) === b.at(-1) ? 0 : 1;
    const swapped = a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
    return Math.min(
      model(a.slice(0, -1), b) + 1,
      model(a, b.slice(0, -1)) + 1,
      model(a.slice(0, -1), b.slice(0, -1)) + same,
      ...(swapped ? [model(a.slice(0, -2), b.slice(0, -2)) + 1] : []),
    );
  };
  const short = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });

  it("follows the definition, and is infinite beyond the limit", () => {
    fc.assert(
      fc.property(short, short, fc.nat(4), (a, b, most) => {
        const distance = model(a, b);
        expect(editDistance(a, b, most)).toBe(distance > most ? Number.POSITIVE_INFINITY : distance);
      }),
    );
  });
});
