import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuery, QueryError } from "../../src/query/grammar.ts";
import { makeVocabulary } from "../../src/query/names.ts";
import { reading } from "../../src/query/reading.ts";
import { required, requiredSketches, show, showOtherwise, sketches } from "./arbitrary.ts";
import { READ, REFUSED } from "./grammar-cases.ts";
import { NO_NAMES, VOCABULARY } from "./vocabulary.ts";

const canonical = (query: string, vocabulary = NO_NAMES) => parseQuery(query, vocabulary).canonical;
const means = (query: string) => reading(parseQuery(query, VOCABULARY).tree).map(({ text, means }) => [text, means]);

function errorOf(query: string): QueryError {
  try {
    parseQuery(query, VOCABULARY);
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
  throw new Error(`${query} was read`);
}

describe("canonical forms", () => {
  it.each(READ)("%s", (_, query, expected) => expect(canonical(query)).toBe(expected));
});

describe("names", () => {
  const cases: [name: string, query: string, reading: [text: string, means: string][]][] = [
    ["a word that is a name", "Aleppo", [["aleppo", "place:aleppo"]]],
    ["a word that is not a name", "convoy", [["convoy", "word"]]],
    ["several words", "islamic state", [["islamic state", "actor:islamic-state"]]],
    ["the longest run wins", "damascus countryside", [["damascus countryside", "place:rural-damascus"]]],
    [
      "the rest are words",
      "Damascus countries",
      [
        ["countries", "word"],
        ["damascus", "place:damascus"],
      ],
    ],
    [
      "a name in the middle",
      "the islamic state convoy",
      [
        ["convoy", "word"],
        ["islamic state", "actor:islamic-state"],
        ["the", "word"],
      ],
    ],
    [
      "two names side by side",
      "aleppo islamic state",
      [
        ["aleppo", "place:aleppo"],
        ["islamic state", "actor:islamic-state"],
      ],
    ],
    ["several names of one spelling", "vienna", [["vienna", "place:vienna|topic:vienna-talks"]]],
    ["any language", "حلب", [["حلب", "place:aleppo"]]],
    ["an abbreviation in small letters", "us", [["us", "actor:us"]]],
    [
      "plurals and possessives",
      "aleppo's united nation",
      [
        ["aleppo's", "place:aleppo"],
        ["united nation", "actor:un"],
      ],
    ],
    ["quotes switch names off", '"islamic state"', [['"islamic state"', "phrase"]]],
    ["quotes around one word", '"aleppo"', [['"aleppo"', "phrase"]]],
    [
      "an operator between",
      "islamic AND state",
      [
        ["islamic", "word"],
        ["state", "word"],
      ],
    ],
    [
      "a parenthesis between",
      "islamic (state)",
      [
        ["islamic", "word"],
        ["state", "word"],
      ],
    ],
    [
      "a phrase between",
      'islamic "state"',
      [
        ['"state"', "phrase"],
        ["islamic", "word"],
      ],
    ],
    [
      "a prefix ends the run",
      "islamic state*",
      [
        ["islamic", "word"],
        ["state*", "prefix"],
      ],
    ],
    ["a hyphen", "cease-fire", [["cease-fire", "topic:ceasefire"]]],
    ["any sign that joins", "cease/fire", [["cease-fire", "topic:ceasefire"]]],
    [
      "a space is not a hyphen",
      "cease fire",
      [
        ["cease", "word"],
        ["fire", "word"],
      ],
    ],
    [
      "a hyphen attached to one word",
      "cease- fire",
      [
        ["cease", "word"],
        ["fire", "word"],
      ],
    ],
    ["a name never ends inside a compound", "us-led", [["us-led", "compound"]]],
    ["a name with its own hyphen", "deir ez-zor", [["deir ez-zor", "place:deir-ez-zor"]]],
    ["hyphens where the spelling has none", "islamic-state", [["islamic-state", "actor:islamic-state"]]],
    ["in a field", "title:islamic state", [["islamic state", "actor:islamic-state"]]],
    [
      "on a side of NEAR",
      "islamic state NEAR/3 aleppo",
      [
        ["aleppo", "place:aleppo"],
        ["islamic state", "actor:islamic-state"],
      ],
    ],
    ["place: by its slug", "place:deir-ez-zor", [["place:deir-ez-zor", "place:deir-ez-zor"]]],
    ["place: by a slug that is also the words", "place:deir ez-zor", [["place:deir-ez-zor", "place:deir-ez-zor"]]],
    ["place: by a spelling", "place:Alep", [["place:alep", "place:aleppo"]]],
    ["place: by a phrase", 'place:"Deir Ezzor"', [['place:"deir ezzor"', "place:deir-ez-zor"]]],
    [
      "place: takes the longest",
      "place:damascus countryside",
      [['place:"damascus countryside"', "place:rural-damascus"]],
    ],
    [
      "place: leaves words that are not names",
      "place:damascus convoy",
      [
        ["convoy", "word"],
        ["place:damascus", "place:damascus"],
      ],
    ],
    ["topic: by a hyphenated spelling of one word", "topic:cease-fire", [["topic:cease-fire", "topic:ceasefire"]]],
    ["the same in quotes", 'topic:"cease-fire"', [["topic:cease-fire", "topic:ceasefire"]]],
    ["only names of that kind", "place:vienna", [["place:vienna", "place:vienna"]]],
    ["of another kind", "place:issg", [["place:issg", "unknown name"]]],
    ["not known", "actor:nobody", [["actor:nobody", "unknown name"]]],
  ];
  it.each(cases)("%s", (_, query, expected) => expect(means(query)).toEqual(expected));

  it("gives the ids of the names", () => {
    expect(reading(parseQuery("vienna", VOCABULARY).tree)[0]?.names).toEqual(["place:vienna", "topic:vienna-talks"]);
    expect(reading(parseQuery("convoy", VOCABULARY).tree)[0]?.names).toEqual([]);
  });
});

describe("an error says where, and what to write instead", () => {
  it.each(REFUSED)("%s", (_, query, message, position) => {
    const error = errorOf(query);
    expect(error.message).toContain(message);
    expect(error.position).toBe(position);
    // The position is for programs. The message counts characters, and one emoji has several code units.
    const character = [...query.slice(0, position)].length + 1;
    expect(error.message).toContain(`(at character ${character}): `);
  });

  it("gives an example that can be parsed", () => {
    for (const [name, query] of REFUSED) {
      const { message } = errorOf(query);
      const [, example, quoted] = /: write (.*?)(?:, or .*)?$|, (".*")$/.exec(message) ?? [];
      const right = (example ?? quoted ?? "aleppo").replace(/^-/, "aleppo -");
      expect([name, parseQuery(right, VOCABULARY).canonical]).toEqual([name, expect.any(String)]);
    }
  });
});

describe("limits", () => {
  const terms = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(" ");
  const deep = (depth: number) => `${"(".repeat(depth)}a${")".repeat(depth)}`;

  it("512 characters, counted as code points", () => {
    expect(canonical("a".repeat(512))).toHaveLength(512);
    expect(canonical("\u{10428}".repeat(512))).toHaveLength(1024);
    expect(errorOf("a".repeat(513))).toMatchObject({
      position: 512,
      message: expect.stringContaining("at most 512 characters; this one has 513 (at character 513)"),
    });
    expect(errorOf("\u{10428}".repeat(513))).toMatchObject({
      position: 1024,
      message: expect.stringContaining("this one has 513 (at character 513)"),
    });
    expect(errorOf("a".repeat(1_000_000)).message).toContain("this one has 1000000");
  });

  it("32 terms", () => {
    expect(reading(parseQuery(terms(32), NO_NAMES).tree)).toHaveLength(32);
    expect(errorOf(terms(33))).toMatchObject({
      position: terms(33).indexOf("w32"),
      message: expect.stringContaining("at most 32 terms"),
    });
    expect(errorOf("a ".repeat(33)).position).toBe(64);
    expect(errorOf(`${"(a NEAR/2 b) ".repeat(16)} -c`).message).toContain("at most 32 terms");
  });

  it("a phrase or a name is one term", () => {
    expect(reading(parseQuery(`"${terms(40)}"`, NO_NAMES).tree)).toHaveLength(1);
    expect(parseQuery(`${terms(31)} islamic state`, VOCABULARY).canonical).toContain("islamic state");
    expect(errorOf(`${terms(32)} islamic state`).position).toBe(terms(32).length + 1);
  });

  it("8 levels of parentheses and 8 NOTs", () => {
    expect(canonical(deep(8))).toBe("a");
    expect(errorOf(deep(9))).toMatchObject({ position: 8, message: expect.stringContaining("8 deep") });
    expect(canonical("a -(b -(c -(d -(e -(f -(g -(h -(i))))))))")).toBe("a -(b -(c -(d -(e -(f -(g -(h -i)))))))");
    expect(errorOf("a -(b -(c -(d -(e -(f -(g -(h -(i -(j)))))))))").position).toBe(35);
    expect(canonical("a NOT NOT NOT NOT NOT NOT NOT NOT b")).toBe("a b");
    expect(errorOf("a ---------b").position).toBe(10);
  });

  it("parentheses side by side are not nested", () => {
    expect(canonical("(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)")).toBe("a");
    expect(canonical("-(a) -(a) -(a) -(a) -(a) -(a) -(a) -(a) -(a) b")).toBe("b -a");
  });

  const shuffled = (list: readonly string[], seed: number) =>
    list
      .map((each, i) => ({ each, key: (i * seed) % 37 }))
      .sort((a, b) => a.key - b.key)
      .map(({ each }) => each);
  const long = Array.from({ length: 32 }, (_, i) => String(i).padStart(15, "w"));
  const outgrown: [name: string, a: string, b: string, canonical: string][] = [
    ["in characters", long.join("|"), shuffled(long, 5).join("|"), [...long].sort().join("|")],
    [
      "in depth",
      "a (b OR c (d OR e (f OR g (h OR i (j OR k (l OR m (n OR o (p OR q -r NEAR/2 s))))))))",
      "((((((((-s NEAR/2 r q | p) o | n) m | l) k | j) i | h) g | f) e | d) c | b) a",
      "a (b|c (d|e (f|g (h|i (j|k (l|m (n|o (p|q -r NEAR/2 s))))))))",
    ],
  ];
  it.each(outgrown)("a form that would exceed a limit is written shorter: %s", (_, a, b, expected) => {
    expect(canonical(a)).toBe(expected);
    expect(canonical(b)).toBe(expected);
    expect(canonical(expected)).toBe(expected);
  });

  it("if every form exceeds a limit, as with a sign for a whole sentence, the query stays as it was written", () => {
    const query = "\ufdfa".repeat(500);
    expect(canonical(` ${query}\n`)).toBe(query);
    expect(parseQuery(query, NO_NAMES)).toEqual(parseQuery(` ${query}`, NO_NAMES));
  });
});

describe("the canonical form", () => {
  const same: [name: string, a: string, b: string][] = [
    ["order of AND", "a b c", "c b a"],
    ["order of OR", "a OR b", "b | a"],
    ["order of NEAR", "a NEAR/3 b", "b NEAR/3 a"],
    ["repetition", "a b a", "a b"],
    ["repetition in another spelling", "Côte cote", "cote"],
    ["redundant parentheses", "((a) (b))", "a b"],
    ["nested AND", "a (b (c d))", "d c b a"],
    ["nested OR", "a OR (b OR (c OR d))", "d | c | b | a"],
    ["a repetition that leaves AND alone", "(a b OR b a) c", "a b c"],
    ["ways to write NOT", "a NOT b", "a -b"],
    ["kinds of quotes", '"a b"', "«a b»"],
    ["NOT NOT", "a -(-(b c))", "a b c"],
    ["the case of a field’s name", "Title:a", "title:a"],
    ["width", "ＡＢ （ｃ）", "ab c"],
    ["Arabic vowel marks", "قَافِلَة", "قافلة"],
    ["invisible characters", "con\u00advoy \u200fb", "b convoy"],
    ["the sign that joins", "air/strike", "air-strike"],
    ["a field of several languages", "lang:(en | ar)", "lang:ar OR lang:en"],
    ["a phrase’s punctuation", '"a, b"', '"a b"'],
  ];
  it.each(same)("%s does not matter", (_, a, b) => expect(canonical(a)).toBe(canonical(b)));

  const different: [a: string, b: string][] = [
    ["a b", "a OR b"],
    ["a b", '"a b"'],
    ["a b", "a-b"],
    ["a -b", "a b"],
    ["a -(b c)", "a -b -c"],
    ["a (b OR c)", "a b OR c"],
    ["title:a b", "title:(a b)"],
    ["a NEAR/3 b", "a NEAR/4 b"],
    // Equal in meaning, but separate words for the person who wrote them.
    ["convoys", "convoy"],
    ["cease-fire", "ceasefire"],
  ];
  it.each(different)("%s is not %s", (a, b) => expect(canonical(a)).not.toBe(canonical(b)));

  it("separates words that would form a name side by side", () => {
    expect(canonical("zone AND safe", VOCABULARY)).toBe("safe AND zone");
    expect(canonical("safe (zone OR b)", VOCABULARY)).toBe("(b OR zone) safe");
    expect(canonical("safe zone", VOCABULARY)).toBe("safe zone");
    expect(canonical("zone AND title:safe", VOCABULARY)).toBe("title:safe AND zone");
  });

  it("keeps the hyphen of a name", () => {
    const first = parseQuery("topic:cease-fire", VOCABULARY);
    expect(parseQuery(first.canonical, VOCABULARY)).toEqual(first);
  });
});

describe("for any query", () => {
  it("the canonical form parses to the same tree and the same form", () => {
    fc.assert(
      fc.property(requiredSketches, (sketch) => {
        const first = parseQuery(show(sketch), VOCABULARY);
        expect(parseQuery(first.canonical, VOCABULARY)).toEqual(first);
      }),
      { numRuns: 300 },
    );
  });

  it("order, repetition, parentheses and ways to write an operator do not matter", () => {
    fc.assert(
      fc.property(requiredSketches, fc.gen(), (sketch, choose) => {
        expect(parseQuery(showOtherwise(sketch, choose), VOCABULARY)).toEqual(parseQuery(show(sketch), VOCABULARY));
      }),
      { numRuns: 300 },
    );
  });

  it("exactly a query without a required term is refused", () => {
    fc.assert(
      fc.property(sketches, (sketch) => {
        if (required(sketch)) parseQuery(show(sketch), VOCABULARY);
        else expect(errorOf(show(sketch)).message).toMatch(/must be required/);
      }),
    );
  });

  it("any spelling of a name is read as that name", () => {
    const spelling = fc.array(fc.constantFrom("ab", "cd", "o'x", "e-f", "g.h", "al", "st’s"), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(spelling, (words) => {
        const spelled = words.join(" ");
        const vocabulary = makeVocabulary([{ id: "topic:x", spellings: [spelled], capitals: [], hides: [] }]);
        expect(reading(parseQuery(spelled, vocabulary).tree).map(({ means }) => means)).toEqual(["topic:x"]);
        expect(reading(parseQuery(`topic:"${spelled}"`, vocabulary).tree).map(({ means }) => means)).toEqual([
          "topic:x",
        ]);
      }),
    );
  });
});
