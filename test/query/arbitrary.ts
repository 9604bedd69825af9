/** Random queries and texts over words that often coincide, including parts of names. */
import fc from "fast-check";
import type { Matchable } from "../../src/query/text.ts";

/** A query by its meaning, before it is written. */
export type Sketch =
  | { kind: "leaf"; written: string }
  | { kind: "and" | "or"; operands: readonly Sketch[] }
  | { kind: "not" | "title"; operand: Sketch };

/** Parts of names, which may form a name side by side; and words that differ only in what does not matter. */
const WORDS = [
  "safe",
  "zone",
  "islamic",
  "state",
  "department",
  "us",
  "deir",
  "ez-zor",
  "cease-fire",
  "convoys",
  "convoy",
];
const TERMS = [
  ...WORDS,
  ...["aleppo", "islamic state", "safe zone", "geneva", '"safe zone"', '"us"', "con*", "no-fly", "cease/fire"],
  ...[
    "place:aleppo",
    "place:deir-ez-zor",
    'topic:"safe zone"',
    "topic:cease-fire",
    "place:nowhere",
    "lang:en",
    "lang:ar",
  ],
  ...["U.S.", "l’accord", "Straße", "Женевы", "حلب", "قافلة", "القافلة", '"وقف إطلاق النار"', "place:حلب"],
  ...["safe NEAR/1 zone", "islamic state NEAR/3 aleppo", '"safe" NEAR/2 convoy'],
];

const leaf = (terms: readonly string[]): fc.Arbitrary<Sketch> =>
  fc.constantFrom(...terms).map((written) => ({ kind: "leaf", written }));

/** What a field may contain: anything but another field. */
const inField = leaf(TERMS.filter((term) => !term.includes(":")));

export const sketches: fc.Arbitrary<Sketch> = fc.letrec<{ sketch: Sketch }>((tie) => ({
  sketch: fc.oneof(
    { maxDepth: 2, depthIdentifier: "sketch" },
    { weight: 3, arbitrary: leaf(TERMS) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom("and" as const, "or" as const),
        operands: fc.array(tie("sketch"), { minLength: 2, maxLength: 3, depthIdentifier: "sketch" }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("not" as const), operand: tie("sketch") }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("title" as const),
        operand: fc.oneof(
          inField,
          inField.map((operand): Sketch => ({ kind: "not", operand })),
          fc.record({ kind: fc.constantFrom("and" as const, "or" as const), operands: fc.tuple(inField, inField) }),
        ),
      }),
    },
  ),
})).sketch;

/** Writes a sketch with every operator and parenthesis. */
export function show(sketch: Sketch): string {
  switch (sketch.kind) {
    case "leaf":
      return sketch.written;
    case "and":
    case "or":
      return sketch.operands.map((operand) => `(${show(operand)})`).join(sketch.kind === "and" ? " AND " : " OR ");
    default:
      return `${sketch.kind === "not" ? "NOT " : "title:"}(${show(sketch.operand)})`;
  }
}

/** Equivalent ways to write a term. */
const DISGUISES: readonly ((written: string) => string)[] = [
  (written) => `(${written})`,
  (written) => `(( ${written}))`,
  (written) => `\t${written}\u00a0`,
  (written) => `--${written}`,
  (written) => written.toUpperCase(),
  (written) => written.replace(/"(.*?)"/g, "“$1”"),
  (written) => written.replace(/"(.*?)"/g, "«$1»"),
  (written) => written.replace(/^([\w" ]+) NEAR\/(\d) ([\w" ]+)$/, "$3 NEAR/$2 $1"),
  // Direction marks and nothing between the characters; wide signs; vowels with accents.
  (written) => [...written].join("\u200f"),
  (written) => [...written].join("\u200b"),
  (written) => written.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
  (written) => (written.includes(":") ? written : written.replace(/[aeiou]/g, "$&\u0301")),
];

/** Writes a sketch in another equivalent way. */
export function showOtherwise(sketch: Sketch, choose: fc.GeneratorValue): string {
  switch (sketch.kind) {
    case "leaf":
      return choose(fc.subarray, [...DISGUISES], { maxLength: 3 }).reduce(
        (text, disguise) => disguise(text),
        sketch.written,
      );
    case "and":
    case "or": {
      const written = sketch.operands.map((operand) => `(${showOtherwise(operand, choose)})`);
      const order = choose(fc.shuffledSubarray, written, { minLength: written.length });
      const repeated = sketch.operands.every(({ kind }) => kind === "leaf") ? [...order, ...order.slice(0, 1)] : order;
      return repeated.join(
        choose(fc.constantFrom, ...(sketch.kind === "and" ? [" ", " AND "] : ["|", " || ", " OR "])),
      );
    }
    case "not":
      return `${choose(fc.constantFrom, "-", "−", "NOT ", "---")}(${showOtherwise(sketch.operand, choose)})`;
    default:
      return `${choose(fc.constantFrom, "title:", "TITLE: ", "Title：")}(${showOtherwise(sketch.operand, choose)})`;
  }
}

/** Returns whether a term is required: the rule of the language, applied to the sketch. */
export function required(sketch: Sketch): boolean {
  switch (sketch.kind) {
    case "leaf":
      return true;
    case "and":
      return sketch.operands.some(required);
    case "or":
      return sketch.operands.every(required);
    case "title":
      return required(sketch.operand);
    default:
      return sketch.operand.kind === "not" && required(sketch.operand.operand);
  }
}

export const requiredSketches = sketches.filter(required);

const TEXT_WORDS = [
  ...["safe", "zone", "Safe", "zones", "Islamic", "State", "Department", "ISIS", "us", "US", "U.S.", "the", "crisis"],
  ...["Deir", "ez-Zor", "Ezzor", "cease-fire", "ceasefire", "convoy", "convoys", "Aleppo", "Alep", "حلب", "بحلب"],
  ...["Geneva", "Conventions", "no-fly", "nofly", "no", "fly", "control", "—", "WHO", "2016"],
];
const prose = (maxLength: number) =>
  fc.array(fc.constantFrom(...TEXT_WORDS), { maxLength }).map((words) => words.join(" "));
const someIds = fc.subarray(["place:aleppo", "place:deir-ez-zor", "topic:safe-zone", "topic:ceasefire"], {
  maxLength: 2,
});

export const texts: fc.Arbitrary<Matchable> = fc.record({
  title: prose(6),
  text: prose(14),
  publisher: fc.constantFrom(null, "Reuters", "Aleppo Convoy"),
  language: fc.constantFrom(null, "en", "en-GB", "ar"),
  names: someIds,
  about: someIds,
});
