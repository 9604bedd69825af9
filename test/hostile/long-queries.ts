/** Queries of 512 characters that demand as much as possible, and texts in which they nearly match everywhere. */
import { fill, type HostileText } from "./texts.ts";

const LONGEST = 512;

/** Repeats a unit between a beginning and an end as often as it fits, at most `most` times. */
function fitted(beginning: string, unit: string, end: string, most = LONGEST): string {
  const left = LONGEST - [...beginning, ...end].length;
  return beginning + unit.repeat(Math.min(most, Math.floor(left / [...unit].length))) + end;
}

/** Returns as many different alternatives as a query may have. */
const alternatives = (make: (i: number) => string, join: string, most = 32): string => {
  const all = Array.from({ length: most }, (_, i) => make(i));
  while (all.join(join).length > LONGEST) all.pop();
  return all.join(join);
};

const letter = (i: number): string => (i < 26 ? String.fromCharCode(0x61 + i) : String(i));

export const LONG_QUERIES: [name: string, query: string][] = [
  ["a phrase of one word, and another at its end", fitted('"', "a ", 'b"')],
  ["a phrase of one word, and another at its beginning", fitted('"b', " a", '"')],
  ["a phrase of one word", fitted('"', "a ", 'a"')],
  ["a phrase of two words in turns", fitted('"', "a b ", 'a a"')],
  ["a phrase of ideographs", fitted('"', "中", '文"')],
  ["a compound of one word", fitted("", "a-", "a")],
  ["a compound of one word, and another at its end", fitted("", "a-", "b")],
  ["a compound of ideographs", fitted("", "中", "文")],
  ["a phrase near a phrase", `${fitted('"', "a ", 'b"', 120)} NEAR/100 ${fitted('"', "a ", 'a"', 110)}`],
  ["a word near a phrase that it overlaps", fitted('a NEAR/1 "b', " a", '"')],
  ["many words near one another", alternatives((i) => `a NEAR/100 ${letter(i)}`, " OR ", 16)],
  ["prefixes of one word", alternatives((i) => `abc${"de".slice(0, i % 3)}* title:x${i}`, " OR ", 16)],
  ["different prefixes", `${alternatives((i) => `abc${i}*`, " OR ", 30)} OR abc*`],
  ["words", alternatives(letter, " ")],
  ["alternatives", alternatives(letter, " OR ")],
  [
    "NOT within NOT, and prefixes in the deepest",
    `a -(q -(abc* -(q -(a -(q -(a -(${alternatives((i) => `q${i}0*`, " OR ", 20)})))))))`,
  ],
  ["NOT within NOT, and a phrase in the deepest", fitted('a -(q -(a -(q -(a -(q -(a -("', "a ", 'q")))))))')],
  ["names", "aleppo damascus un syria place:aleppo actor:un aleppo NEAR/8 damascus OR us OR place:geneva"],
  ["marks", fitted('"a', "\u0301\u0323", '"')],
  ["marks that are Arabic letters to an expression", fitted('"', "\u0610", 'a"')],
  ["marks of direction", fitted('"a', "\u202a", '" OR a')],
];

const unit = (name: string, repeated: string): HostileText => ({ name, make: (length) => fill(repeated, length) });
const ending = (name: string, repeated: string, end: string): HostileText => ({
  name,
  make: (length) => fill(repeated, length - end.length) + end,
});

export const LONG_TEXTS: readonly HostileText[] = [
  ending("one word, and another at the end", "a ", "b"),
  unit("one word with hyphens", "a-"),
  unit("two words in turns, one twice", "a b a a b a b "),
  unit("runs of a word", `${"a ".repeat(250)}b `),
  unit("ideographs", `${"中".repeat(500)}文`),
  unit("words with a prefix", "abc12 abcde abc "),
  unit("the alphabet", "a b c d e f g h i j k l m n o p q r s t u v w x y z "),
  unit("names", "Aleppo Damascus US UN Syria "),
  ending("embeddings", "\u202a", " a"),
];
