import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuery } from "../../src/query/grammar.ts";
import { match } from "../../src/query/match.ts";
import {
  assumeNames,
  indexEntries,
  type Narrowing,
  nameBySpellings,
  nameEntry,
  namesIn,
  narrow,
} from "../../src/query/narrow.ts";
import { analyse, type Matchable } from "../../src/query/text.ts";
import type { Query } from "../../src/query/tree.ts";
import { ftsExpression, indexText } from "../../src/record/search/full-text.ts";
import { requiredSketches, show, texts } from "./arbitrary.ts";
import { MATCH_CASES, matchable } from "./cases.ts";
import { VOCABULARY } from "./vocabulary.ts";

const tree = (query: string): Query => parseQuery(query, VOCABULARY).tree;
const analysed = (text: Partial<Matchable>) => analyse(matchable(text), VOCABULARY);

/** The simplest evaluation of a narrowing. */
function lets(narrowing: Narrowing, entries: ReadonlySet<string>): boolean {
  if (typeof narrowing === "string") return entries.has(narrowing);
  return "all" in narrowing
    ? narrowing.all.every((part) => lets(part, entries))
    : narrowing.any.some((part) => lets(part, entries));
}

describe("narrowing", () => {
  const narrowed = (query: string): Narrowing => narrow(tree(query), nameBySpellings(VOCABULARY)) ?? { any: [] };

  it("excludes no match of the table", () => {
    for (const [name, query, text, matches] of MATCH_CASES) {
      if (matches) expect([name, lets(narrowed(query), indexEntries(analysed(text)))]).toEqual([name, true]);
    }
  });

  it("excludes no match of any query", () => {
    fc.assert(
      fc.property(requiredSketches.map(show), texts, (query, text) => {
        fc.pre(match(tree(query), analysed(text)) !== undefined);
        expect(lets(narrowed(query), indexEntries(analysed(text)))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("by words without names, and by names beside words, excludes no match of any query", () => {
    const letsThrough = (part: Narrowing | boolean, entries: ReadonlySet<string>): boolean =>
      typeof part === "boolean" ? part : lets(part, entries);
    fc.assert(
      fc.property(requiredSketches.map(show), texts, (query, text) => {
        const whole = analysed(text);
        fc.pre(whole.about.size === 0 && match(tree(query), whole) !== undefined);
        const narrowing = narrow(tree(query), nameBySpellings(VOCABULARY, true)) ?? { any: [] };
        const words = indexEntries(analysed({ ...text, names: [] }));
        const named = namesIn(narrowing).some((id) => indexEntries(whole).has(nameEntry(id)));
        const found =
          letsThrough(assumeNames(narrowing, false), words) ||
          (named && letsThrough(assumeNames(narrowing, true), words));
        expect(found).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("lets FTS5 find exactly what the narrowing allows", async () => {
    const { DB } = env;
    await DB.exec(
      "CREATE VIRTUAL TABLE IF NOT EXISTS entries_index USING fts5 (entries, detail = 'none', tokenize = 'ascii')",
    );
    await fc.assert(
      fc.asyncProperty(requiredSketches.map(show), texts, async (query, text) => {
        const entries = indexEntries(analysed(text));
        const narrowing = narrowed(query);
        const expression = ftsExpression(narrowing);
        if (expression === undefined) {
          expect(lets(narrowing, entries)).toBe(false);
          return;
        }
        const [, , found] = await DB.batch<{ found: number }>([
          DB.prepare("DELETE FROM entries_index"),
          DB.prepare("INSERT INTO entries_index (entries) VALUES (?)").bind(indexText(entries)),
          DB.prepare("SELECT count(*) AS found FROM entries_index WHERE entries_index MATCH ?").bind(expression),
        ]);
        expect(found?.results).toEqual([{ found: lets(narrowing, entries) ? 1 : 0 }]);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the FTS5 expression", () => {
  const cases: [name: string, narrowing: Narrowing, expression: string | undefined][] = [
    ["an entry", "convoy", '"convoy"'],
    ["all", { all: ["a", "b"] }, '("a" AND "b")'],
    ["any", { any: ["a", { all: ["b", "c"] }] }, '("a" OR ("b" AND "c"))'],
    ["one operand is no list", { all: [{ any: ["a"] }] }, '"a"'],
    ["each once", { any: ["a", "a"] }, '"a"'],
    ["nothing can match", { any: [] }, undefined],
    ["nor if that is required", { all: ["a", { any: [] }] }, undefined],
    ["the other side of OR", { any: ["a", { any: [] }] }, '"a"'],
    ["ASCII signs are hidden from the tokenizer", "@x:y-z", '"\ue040x\ue03ay\ue02dz"'],
    ["no quote ends the string", 'a" OR "b', '"a\ue022\ue020\ue04f\ue052\ue020\ue022b"'],
  ];
  it.each(cases)("%s", (_, narrowing, expression) => expect(ftsExpression(narrowing)).toBe(expression));
});
