import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS, parseQuery, QueryError } from "../../src/query/grammar.ts";
import { makeVocabulary } from "../../src/query/names.ts";
import { reading } from "../../src/query/reading.ts";
import { required, requiredSketches, show, showOtherwise, sketches } from "./arbitrary.ts";
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

describe("operators", () => {
  const cases: [name: string, query: string, canonical: string][] = [
    ["one word", "a", "a"],
    ["side by side is AND", "a b", "a b"],
    ["AND", "a AND b", "a b"],
    ["OR", "a OR b", "a OR b"],
    ["| is OR", "a | b", "a OR b"],
    ["| needs no spaces", "a|b", "a OR b"],
    ["AND binds tighter than OR", "a b OR c AND d", "a b OR c d"],
    ["a parenthesis turns that round", "a (b OR c) d", "a (b OR c) d"],
    ["NOT", "a NOT b", "a -b"],
    ["- is NOT", "a -b", "a -b"],
    ["NOT binds tighter than AND", "NOT a b", "b -a"],
    ["NOT of a parenthesis", "a NOT (b OR c)", "a -(b OR c)"],
    ["- of a parenthesis", "a -(b c)", "a -(b c)"],
    ["- of a phrase", 'a -"b c"', 'a -"b c"'],
    ["- of a field", "a -title:b", "a -title:b"],
    ["NOT NOT is nothing", "a NOT NOT b", "a b"],
    ["-- is nothing", "--a", "a"],
    ["a - with spaces around is no operator", "a - b", "a b"],
    ["a - inside a word is none either", "a-b", "a-b"],
    ["operators are in capitals", "a or b and not c", "a and b c not or"],
    ["operators may be other words in quotes", 'a "OR" b', '"or" a b'],
    ["parentheses need no spaces", "(a)(b)", "a b"],
    ["signs without a word are passed over", "a & b … ! *", "a b"],
  ];
  it.each(cases)("%s", (_, query, expected) => expect(canonical(query)).toBe(expected));
});

describe("terms", () => {
  const cases: [name: string, query: string, canonical: string][] = [
    ["a word is folded", "CÔTÉ", "cote"],
    ["a phrase", '"Safe  Passage!"', '"safe passage"'],
    ["a phrase in curly quotes", "“safe passage”", '"safe passage"'],
    ["a phrase in German quotes", "„safe passage“", '"safe passage"'],
    ["a phrase in French quotes", "« safe passage »", '"safe passage"'],
    ["operators in a phrase are words", '"a OR b"', '"a or b"'],
    ["a phrase needs no spaces around", 'a"b c"d', '"b c" a d'],
    ["a compound", "cease-fire", "cease-fire"],
    ["a compound of three", "deir-ez-zor", "deir-ez-zor"],
    ["a compound with a slash", "air/strike", "air-strike"],
    ["an abbreviation with points", "U.S.", "us"],
    ["a time of day", "10:30", "10-30"],
    ["a prefix", "Bomb*", "bomb*"],
    ["NEAR", "b NEAR/8 a", "a NEAR/8 b"],
    ["NEAR binds tighter than AND", "c b NEAR/8 a d", "a NEAR/8 b c d"],
    ["NEAR of phrases", '"b c" NEAR/1 "a b"', '"a b" NEAR/1 "b c"'],
    ["NEAR under NOT", "c -a NEAR/2 b", "c -(a NEAR/2 b)"],
    ["title", "title:a", "title:a"],
    ["a field in capitals", "TITLE:a", "title:a"],
    ["a field and a space", "title: a", "title:a"],
    ["a field of a word only", "title:a b", "b title:a"],
    ["a field of a phrase", 'publisher:"a b"', 'publisher:"a b"'],
    ["a field of a parenthesis", "title:(b OR a)", "title:(a OR b)"],
    ["a field of NOT", "a title:(-b)", "a title:(-b)"],
    ["a field of NEAR", "title:(b NEAR/2 a)", "title:(a NEAR/2 b)"],
    ["a language", "lang:EN", "lang:en"],
    ["a language in quotes", 'lang:"ar"', "lang:ar"],
    ["an unknown name of one word", "place:Atlantis", "place:atlantis"],
    ["an unknown name with a hyphen", "place:new-atlantis", "place:new-atlantis"],
    ["an unknown name in quotes", 'place:"New Atlantis"', 'place:"new atlantis"'],
  ];
  it.each(cases)("%s", (_, query, expected) => expect(canonical(query)).toBe(expected));
});

describe("names", () => {
  const cases: [name: string, query: string, reading: [text: string, means: string][]][] = [
    ["a word that is a name", "Aleppo", [["aleppo", "place:aleppo"]]],
    ["a word that is none", "convoy", [["convoy", "word"]]],
    ["several words", "islamic state", [["islamic state", "actor:islamic-state"]]],
    ["the longest run wins", "damascus countryside", [["damascus countryside", "place:rural-damascus"]]],
    [
      "what is left is words",
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
    ["quotes switch it off", '"islamic state"', [['"islamic state"', "phrase"]]],
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
      "a space is no hyphen",
      "cease fire",
      [
        ["cease", "word"],
        ["fire", "word"],
      ],
    ],
    [
      "a hyphen that hangs on one word",
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
      "place: leaves what is no name",
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

  it("says the ids of the names", () => {
    expect(reading(parseQuery("vienna", VOCABULARY).tree)[0]?.names).toEqual(["place:vienna", "topic:vienna-talks"]);
    expect(reading(parseQuery("convoy", VOCABULARY).tree)[0]?.names).toEqual([]);
  });
});

describe("what cannot be read says where", () => {
  const cases: [name: string, query: string, message: RegExp, position: number][] = [
    ["nothing", "", /no word/, 0],
    ["spaces", "   ", /no word/, 0],
    ["signs only", "… !", /no word/, 0],
    ["NOT alone", "NOT a", /must be required/, 0],
    ["NOT on one side of OR", "a OR -b", /must be required/, 0],
    ["NOT in a field", "title:(-a)", /must be required/, 0],
    ["an open parenthesis", "a (b", /never closed/, 2],
    ["a closed parenthesis", "a b) c", /never opened/, 3],
    ["an empty parenthesis", "a ()", /expected before this parenthesis/, 3],
    ["an open quote", 'a "b', /never closed/, 2],
    ["an empty phrase", 'a "" b', /no word between/, 2],
    ["a phrase of signs", 'a "…"', /no word between/, 2],
    ["OR at the end", "a OR", /the query ends/, 4],
    ["AND at the beginning", "AND a", /before this operator/, 0],
    ["two operators", "a OR AND b", /before this operator/, 5],
    ["NOT at the end", "a NOT", /the query ends/, 5],
    ["an unknown field", "a site:b", /no field "site"/, 2],
    ["an address", "https://example.org", /no field "https"/, 0],
    ["a field in a field", "title:(a publisher:b)", /inside another/, 9],
    ["a name in a field", "title:place:b", /inside another/, 6],
    ["a field without a word", "title:", /the query ends/, 6],
    ["place: without a word", "a place:", /a word or a phrase/, 2],
    ["place: of a parenthesis", "place:(a)", /a word or a phrase/, 0],
    ["lang: of no code", "a lang:english", /language code/, 2],
    ["lang: of two words", 'lang:"en fr"', /language code/, 0],
    ["a short prefix", "a bo*", /at least 3 letters/, 2],
    ["a prefix of two words", "a no-fly*", /one word/, 2],
    ["NEAR without a number", "a NEAR b", /NEAR\/8/, 2],
    ["NEAR/0", "a NEAR/0 b", /from 1 to 100/, 2],
    ["NEAR/101", "a NEAR/101 b", /from 1 to 100/, 2],
    ["NEAR/x", "a NEAR/x b", /from 1 to 100/, 2],
    ["NEAR at the beginning", "NEAR/3 a", /before this operator/, 0],
    ["NEAR at the end", "a NEAR/3", /the query ends/, 8],
    ["NEAR of a parenthesis", "(a b) NEAR/3 c", /one word, phrase or name/, 6],
    ["NEAR of a field", "a NEAR/3 title:b", /one word, phrase or name/, 2],
    ["NEAR of three", "a NEAR/3 b NEAR/3 c", /two terms only/, 11],
  ];
  it.each(cases)("%s", (_, query, message, position) => {
    const error = errorOf(query);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`at character ${position + 1}`);
    expect(error.position).toBe(position);
  });
});

describe("limits", () => {
  const terms = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(" ");
  const deep = (depth: number) => `${"(".repeat(depth)}a${")".repeat(depth)}`;

  it("512 characters, counted as one reads them", () => {
    expect(canonical("a".repeat(512))).toHaveLength(512);
    expect(canonical("\u{10428}".repeat(512))).toHaveLength(1024);
    expect(errorOf("a".repeat(513))).toMatchObject({ position: 512, message: expect.stringContaining("512") });
    expect(errorOf("\u{10428}".repeat(513)).position).toBe(1024);
  });

  it("32 terms", () => {
    expect(reading(parseQuery(terms(32), NO_NAMES).tree)).toHaveLength(32);
    expect(errorOf(terms(33)).message).toMatch(/32 terms; this one has 33/);
    expect(errorOf(terms(33)).position).toBeGreaterThan(0);
  });

  it("a phrase or a name is one term", () => {
    expect(reading(parseQuery(`"${terms(40)}"`, NO_NAMES).tree)).toHaveLength(1);
    expect(parseQuery(`${terms(31)} islamic state`, VOCABULARY).canonical).toContain("islamic state");
    expect(errorOf(`${terms(32)} islamic state`).message).toMatch(/33/);
  });

  it("8 deep", () => {
    expect(canonical(deep(8))).toBe("a");
    expect(errorOf(deep(9))).toMatchObject({ position: 8, message: expect.stringContaining("8 deep") });
    expect(canonical("a NOT NOT NOT NOT NOT NOT NOT NOT b")).toBe("a b");
    expect(errorOf("a ---------b").position).toBe(10);
  });

  it("side by side is not deep", () => expect(canonical("(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)")).toBe("a"));

  const long = Array.from({ length: 32 }, (_, i) => String(i).padStart(15, "w")).join("|");
  const outgrown: [name: string, query: string][] = [
    ["512 characters", long],
    ["8 deep", "a (b OR c -(d OR -(e OR -(f -g NEAR/2 h))))"],
    ["a letter that folds to many", "\ufdfa".repeat(500)],
  ];
  it.each(outgrown)("a query whose canonical form would exceed them is still one: %s", (_, query) => {
    const first = parseQuery(query, NO_NAMES);
    expect([...first.canonical].length).toBeLessThanOrEqual(LIMITS.characters);
    expect(first.canonical).toBe(query);
    expect(parseQuery(first.canonical, NO_NAMES)).toEqual(first);
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
  ];
  it.each(different)("%s is not %s", (a, b) => expect(canonical(a)).not.toBe(canonical(b)));

  it("keeps apart what side by side would be a name", () => {
    expect(canonical("zone AND safe", VOCABULARY)).toBe("safe AND zone");
    expect(canonical("safe (zone OR b)", VOCABULARY)).toBe("(b OR zone) safe");
    expect(canonical("safe zone", VOCABULARY)).toBe("safe zone");
    expect(canonical("zone AND title:safe", VOCABULARY)).toBe("title:safe AND zone");
  });

  it("keeps the hyphen by which a name was known", () => {
    const first = parseQuery("topic:cease-fire", VOCABULARY);
    expect(parseQuery(first.canonical, VOCABULARY)).toEqual(first);
  });
});

describe("for any query", () => {
  it("reading the canonical form gives the same tree and the same form", () => {
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

  it("one is refused if nothing in it must occur, and only then", () => {
    fc.assert(
      fc.property(sketches, (sketch) => {
        if (required(sketch)) parseQuery(show(sketch), VOCABULARY);
        else expect(errorOf(show(sketch)).message).toMatch(/must be required/);
      }),
    );
  });

  const piece = fc.constantFrom(
    ...["a", "b", "safe", "zone", "us", "cease", "fire", "islamic", "state", "AND", "OR", "NOT", "NEAR/2", "NEAR", "|"],
    ...[
      "-",
      "--",
      "(",
      ")",
      '"',
      "“",
      "*",
      "con*",
      "title:",
      "place:",
      "topic:",
      "lang:",
      "en",
      "/",
      ".",
      "'",
      " ",
      " ",
      " ",
    ],
  );
  const soup = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));
  const anyString = fc.oneof(
    soup,
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(" ")),
    fc.string({ maxLength: 20 }),
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  it("any string is read, with a stable canonical form, or refused with a position in it", () => {
    fc.assert(
      fc.property(anyString, fc.constantFrom(NO_NAMES, VOCABULARY), (query, vocabulary) => {
        try {
          const first = parseQuery(query, vocabulary);
          expect(parseQuery(first.canonical, vocabulary)).toEqual(first);
        } catch (error) {
          if (!(error instanceof QueryError)) throw error;
          expect(error.position).toBeGreaterThanOrEqual(0);
          expect(error.position).toBeLessThanOrEqual(query.length);
        }
      }),
      { numRuns: 2000 },
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
