/** Fuzzing of the query language: strings that nobody would write, and the properties that each must have. */
import { LIMITS, parseQuery, QueryError } from "../../src/query/grammar.ts";
import type { Vocabulary } from "../../src/query/names.ts";
import { STYLES, write } from "../../src/query/tree.ts";

/** Returns whole numbers from 0 to below `bound`. */
type Random = (bound: number) => number;

/** Returns the same numbers for the same seed (mulberry32). */
function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

const SIGNS = [
  ...'( ) ( ) " " “ ” „ « » | || & && - -- − – ‐ — * ** : / （ ） ： ＂ ｜ ＊ － ، ؛ ؟ . ’ \' ʿ _ , … ! @ # + ـ'.split(
    " ",
  ),
  ..."\t \n \0 \u200f \u200e \u061c \u200b \u00ad \ufeff \u202b \ufe0f \u0301 \ud800 \udc00".split(" "),
];
const OPERATORS = "AND OR NOT and And NEAR/2 NEAR/100 NEAR/0 NEAR/101 NEAR NEAR/ near/3".split(" ");
const FIELDS = "title: publisher: lang: place: actor: topic: TITLE: site: pubisher: https://".split(" ");
const WORDS = [
  ..."a b safe zone us U.S. cease fire cease-fire islamic state bomb* bo* en ar 10:30 C++ x@y.org l'accord".split(" "),
  ..."حلب بحلب الدولة Алеппо ﷺ ß İ ı ½ ㏂ ǆ 中文 ไทย 👩‍🚀".split(" "),
];
/** Beginning and length of the Unicode blocks of the strings. The last is all of Unicode. */
const BLOCKS: readonly (readonly [first: number, length: number])[] = (
  "20+5f 20+5f 0+20 80+180 300+70 370+190 590+170 900+80 e00+80 1100+100 2000+70 2100+90 3040+c0 3300+100 " +
  "ac00+100 d800+800 fb00+300 fe00+1f0 1d400+400 1f000+a00 0+110000"
)
  .split(" ")
  .map((block) => block.split("+").map((digits) => Number.parseInt(digits, 16)))
  .map(([first = 0, length = 1]) => [first, length]);

/** Makes strings of random characters, of random tokens, and of damaged queries. The same ones for the same seed. */
export function makeStrings(seed: number, queries: readonly string[], names: Vocabulary): () => string {
  const random = seeded(seed);
  const spellings = [...names.names.values()].flatMap((name) => [...name.spellings, ...name.capitals, name.id]);
  const pick = <T>(list: readonly T[]): T | undefined => list[random(list.length)];
  const several = (most: number, make: () => string | undefined, between = ""): string =>
    Array.from({ length: random(most + 1) }, make).join(between);

  const character = (): string => {
    const [first, length] = pick(BLOCKS) ?? [0, 1];
    return String.fromCodePoint(first + random(length));
  };
  const token = (): string | undefined => pick(pick([SIGNS, OPERATORS, FIELDS, WORDS, WORDS, spellings]) ?? WORDS);
  const piece = (): string | undefined => (random(4) === 0 ? character() : token());

  /** Makes one change at a random place. */
  const spoil = (query: string): string => {
    const at = random(query.length + 1);
    const to = at + random(Math.min(12, query.length - at + 1));
    const [before, part, after] = [query.slice(0, at), query.slice(at, to), query.slice(to)];
    switch (random(9)) {
      case 0:
        return before + after;
      case 1:
        return before + part + part + after;
      case 2:
        return before + part.repeat(random(60)) + after;
      case 3:
        return before + (piece() ?? "") + query.slice(at);
      case 4:
        return before + (piece() ?? "") + after;
      case 5:
        return before + String.fromCharCode(query.charCodeAt(at) ^ (1 << random(16))) + query.slice(at + 1);
      case 6:
        return before + (pick(queries) ?? "").slice(random(8));
      case 7:
        return random(2) === 0 ? before : after;
      default:
        return before + (random(2) === 0 ? part.toUpperCase() : part.toLowerCase()) + after;
    }
  };

  const spoilt = (): string => {
    let query = pick(queries) ?? "";
    for (let changes = 1 + random(4); changes > 0; changes--) query = spoil(query);
    return query;
  };
  /** Returns a string of the maximum length, or slightly more. */
  const long = (): string => {
    const part = pick([
      spoilt,
      () => several(4, piece, " "),
      () => `${token()}${pick([" ", "|", " OR ", ") (", "-"])}`,
    ])?.();
    return (part ?? "").repeat(LIMITS.characters).slice(0, LIMITS.characters - 20 + random(40));
  };

  return () => {
    const kind = random(16);
    if (kind < 3) return several(random(8) === 0 ? 300 : 24, character);
    if (kind < 6) return several(12, piece, " ");
    if (kind < 8) return several(14, piece);
    return kind === 8 ? long() : spoilt();
  };
}

/** The result for a string: parsed, parsed but without another way to write it, or refused with a message. */
export type Outcome = { kind: "read" | "unwritable" } | { kind: "refused"; message: string };

/** Parses a string and throws if a property fails that all strings must have. */
export function checkString(source: string, vocabulary: Vocabulary): Outcome {
  let first: ReturnType<typeof parseQuery>;
  try {
    first = parseQuery(source, vocabulary);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { kind: "refused", message: checkRefusal(error, source) };
  }
  const { tree, canonical } = first;
  hold(canonical.isWellFormed() && canonical !== "", "the canonical form is text", canonical);
  const second = parseQuery(canonical, vocabulary);
  hold(second.canonical === canonical, "the canonical form of the canonical form is the same", [
    canonical,
    second.canonical,
  ]);
  hold(JSON.stringify(second.tree) === JSON.stringify(tree), "the canonical form is read as the same tree", canonical);
  return { kind: STYLES.some((style) => write(tree, style) === canonical) ? "read" : "unwritable" };
}

function checkRefusal({ message, position }: QueryError, source: string): string {
  hold(
    Number.isInteger(position) && position >= 0 && position <= source.length,
    "the position lies in the query",
    position,
  );
  const character = [...source.slice(0, position)].length + 1;
  hold(message.includes(` (at character ${character}): `), "the message says where", message);
  hold(message.length < 300 && message.isWellFormed(), "the message can be shown", message);
  return message;
}

function hold(holds: boolean, what: string, seen: unknown): void {
  if (!holds) throw new Error(`It does not hold that ${what}: ${JSON.stringify(seen)}`);
}
