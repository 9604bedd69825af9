/** Words that stand one after the other. */
import type { Span } from "./text.ts";

/** How words are found in a text: a word of the sequence may be a literal or a key, written as a string or a number. */
export interface Standing<W> {
  /** Where a word may stand, in order; what is longer than one word is passed over. */
  spans: (word: W) => readonly Span[];
  /** Whether a word stands at a position. */
  is: (word: W, position: number) => boolean;
  /** Positions that the text has. */
  positions: number;
}

/**
 * Every place at which the words stand in this order. The rarest word leaves few places to compare. Where it leaves many ("a a a b" in a text
 * of nothing but "a"), 32 places are compared at a time, so that a text of 100,000 words and a sequence of 500 take a few milliseconds.
 */
export function sequences<W>(words: readonly W[], standing: Standing<W>): Span[] {
  const rarest = rarestOf(words, standing);
  const word = words[rarest];
  if (word === undefined) return [];
  const starts = standing
    .spans(word)
    .filter(({ position, length }) => length === 1 && position >= rarest)
    .map(({ position }) => position - rarest);
  const found =
    starts.length * words.length <= standing.positions
      ? starts.filter((start) => words.every((each, k) => standing.is(each, start + k)))
      : amongMany(starts, words, standing);
  return found.map((position) => ({ position, length: words.length }));
}

function rarestOf<W>(words: readonly W[], { spans }: Standing<W>): number {
  let [rarest, fewest] = [0, Number.POSITIVE_INFINITY];
  for (const [k, word] of words.entries()) {
    const { length } = spans(word);
    if (length < fewest) [rarest, fewest] = [k, length];
  }
  return rarest;
}

/** Keeps of all starts those at which word k stands k positions on, for one k after the other. */
function amongMany<W>(starts: readonly number[], words: readonly W[], standing: Standing<W>): number[] {
  const size = (standing.positions >>> 5) + 1;
  const left = bits(starts, size);
  const places = new Map<W, Uint32Array>();
  for (const [k, word] of words.entries()) {
    const known = places.get(word) ?? placesOf(word, standing, size);
    places.set(word, known);
    keepShifted(left, known, k);
  }
  return starts.filter((start) => ((left[start >>> 5] ?? 0) >>> (start & 31)) & 1);
}

function placesOf<W>(word: W, { spans, is }: Standing<W>, size: number): Uint32Array {
  const places = new Uint32Array(size);
  for (const { position, length } of spans(word)) if (length === 1 && is(word, position)) put(places, position);
  return places;
}

function bits(positions: readonly number[], size: number): Uint32Array {
  const set = new Uint32Array(size);
  for (const position of positions) put(set, position);
  return set;
}

function put(set: Uint32Array, bit: number): void {
  set[bit >>> 5] = (set[bit >>> 5] ?? 0) | (1 << (bit & 31));
}

/** Removes the bits from `left` that `places` does not have `shift` bits further on. */
function keepShifted(left: Uint32Array, places: Uint32Array, shift: number): void {
  const [whole, rest] = [shift >>> 5, shift & 31];
  for (let i = 0; i < left.length; i++) {
    const low = (places[i + whole] ?? 0) >>> rest;
    const high = rest === 0 ? 0 : (places[i + whole + 1] ?? 0) << (32 - rest);
    left[i] = (left[i] ?? 0) & (low | high);
  }
}
