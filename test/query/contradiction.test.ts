import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contradictions, neverMatches } from "../../src/query/contradiction.ts";
import { parseQuery } from "../../src/query/grammar.ts";
import { match } from "../../src/query/match.ts";
import { analyse } from "../../src/query/text.ts";
import { write } from "../../src/query/tree.ts";
import { requiredSketches, show, texts } from "./arbitrary.ts";
import { VOCABULARY } from "./vocabulary.ts";

const tree = (query: string) => parseQuery(query, VOCABULARY).tree;

describe("a query that can never match", () => {
  const never = [
    "convoy -convoy",
    "convoy -convoys",
    "convoy truck -truck",
    "convoy -(convoy OR truck)",
    "convoy truck -(convoy truck)",
    "(convoy -convoy) OR (truck -truck)",
    "(convoy OR truck) -(convoy OR truck OR aid) -convoy -truck",
    "title:convoy -convoy",
    "title:convoy -title:convoy",
    "convoy title:(truck -truck)",
    '"safe passage" -passage',
    '"safe passage" -"safe passage"',
    "convoy NEAR/3 truck -convoy",
    "convoy NEAR/3 truck -(convoy NEAR/3 truck)",
    "aleppo -alep",
    "aleppo -place:aleppo",
    "place:aleppo -place:aleppo",
    "bomb* -bomb*",
    "lang:en lang:ar",
    "place:nowhere",
    "convoy place:nowhere",
    "place:nowhere OR topic:nothing",
    "convoy (place:nowhere OR topic:nothing)",
  ];
  it.each(never)("%s", (query) => expect(neverMatches(tree(query))).toBe(true));
});

describe("a query that may match", () => {
  const may = [
    "convoy",
    "convoy -truck",
    "convoy -(convoy truck)",
    "convoy -title:convoy",
    "convoy -publisher:convoy",
    'convoy -"convoy"',
    'convoy passage -"convoy passage"',
    'safe -"safe passage"',
    "place:aleppo -aleppo",
    "convoy truck -(convoy NEAR/3 truck)",
    "convoy OR place:nowhere",
    "convoy -place:nowhere",
    "(convoy -convoy) OR truck",
    "bombing -bomb*",
    "vienna -place:vienna",
    "lang:en -lang:ar",
    "lang:en OR lang:ar",
    "convoy (truck OR -convoy)",
  ];
  it.each(may)("%s", (query) => expect(neverMatches(tree(query))).toBe(false));
});

it("a query that never matches matches no text", () => {
  fc.assert(
    fc.property(requiredSketches, texts, (sketch, text) => {
      const query = tree(show(sketch));
      if (neverMatches(query)) expect(match(query, analyse(text, VOCABULARY))).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

describe("the NOT that excludes everything", () => {
  const cases: [query: string, culprits: string[]][] = [
    ["convoy -convoy", ["-convoy"]],
    ["convoy -truck -convoys", ["-convoys"]],
    ["convoy -truck -(convoy OR aid)", ["-(aid OR convoy)"]],
    ["convoy -truck", []],
    ["place:nowhere -truck", []],
    ["convoy", []],
  ];
  it.each(cases)("%s", (query, culprits) =>
    expect(contradictions(tree(query)).map((each) => write(each))).toEqual(culprits),
  );
});
