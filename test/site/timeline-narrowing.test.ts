import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuery, QueryError } from "../../src/query/grammar.ts";
import type { NameRecord } from "../../src/record/names/name.ts";
import type { Names } from "../../src/record/names/read-names.ts";
import { narrowed, requiredNames, requires, widened } from "../../src/site/timeline/narrowing.ts";
import { requiredSketches, show } from "../query/arbitrary.ts";
import { NAMES, VOCABULARY } from "../query/vocabulary.ts";

const names: Names = { version: 1, vocabulary: VOCABULARY, records: new Map<string, NameRecord>() };
const read = (query: string) => parseQuery(query, VOCABULARY);
const queries = requiredSketches.map(show);
const ids = fc.constantFrom(...NAMES.map(({ id }) => id));

/** Parses the query in full parentheses. */
function slowly(query: string, id: string): string | undefined {
  try {
    return read(`(${query}) AND ${id}`).canonical;
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw error;
  }
}

describe("a query with one more name", () => {
  it("is the canonical form of both", () => {
    fc.assert(
      fc.property(queries, ids, (query, id) => {
        expect(narrowed(read(query), id, names)).toBe(slowly(query, id));
      }),
      { numRuns: 500 },
    );
  });

  it("requires the name; removing it restores the query", () => {
    fc.assert(
      fc.property(queries, ids, (written, id) => {
        const query = read(written);
        fc.pre(!requires(query, id));
        const more = read(narrowed(query, id, names) ?? "");
        expect(requires(more, id)).toBe(true);
        expect(requiredNames(more)).toEqual(expect.arrayContaining([...requiredNames(query), id]));
        expect(widened(more, id, names)).toBe(query.canonical);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["nothing was asked", undefined, "place:aleppo", "place:aleppo"],
    ["it is required already", "place:aleppo convoy", "place:aleppo", "convoy place:aleppo"],
    ["a word before it", "convoy", "place:aleppo", "convoy place:aleppo"],
    ["words after it, with which it is another name", "state department", "actor:us", "actor:us AND state department"],
    ["a word after it that is none of it", "zebra", "topic:safe-zone", "topic:safe-zone zebra"],
    ["alternatives", "convoy OR truck", "place:aleppo", "(convoy OR truck) place:aleppo"],
    ["what must not occur", "convoy -truck", "place:aleppo", "convoy place:aleppo -truck"],
  ])("where %s", (_, query, id, canonical) => {
    expect(narrowed(query === undefined ? undefined : read(query), id, names)).toBe(canonical);
  });

  it("does not exist beyond 32 terms or 512 characters", () => {
    const terms = Array.from({ length: 32 }, (_, i) => `t${i}`);
    expect(narrowed(read(terms.join(" ")), "place:aleppo", names)).toBeUndefined();
    expect(narrowed(read(terms.slice(1).join(" ")), "place:aleppo", names)).toContain("place:aleppo");
    expect(narrowed(read("a".repeat(499)), "place:aleppo", names)).toHaveLength(512);
    expect(narrowed(read("a".repeat(500)), "place:aleppo", names)).toBeUndefined();
  });
});

describe("a query without one of its names", () => {
  it.each([
    ["is empty where nothing else was asked", "place:aleppo", "place:aleppo", ""],
    ["is what is left", "convoy place:aleppo", "place:aleppo", "convoy"],
    ["is none where what is left must not occur", "place:aleppo -convoy", "place:aleppo", undefined],
    ["leaves a word alone that means the name", "aleppo place:aleppo", "place:aleppo", "aleppo"],
    ["is the same where it does not require it", "convoy OR place:aleppo", "place:aleppo", "convoy OR place:aleppo"],
  ])("%s", (_, query, id, rest) => {
    expect(widened(read(query), id, names)).toBe(rest);
  });
});
