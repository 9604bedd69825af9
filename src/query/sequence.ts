/** Finds words that follow one another. */
import type { Span } from "./text.ts";

/** How to find words in a text. A word of the sequence is a literal or a key, as a string or a number. */
export interface WordLookup<W> {
  /** Returns the possible places of a word, in order. Spans longer than one word are ignored. */
  spans: (word: W) => readonly Span[];
  /** Returns whether a word is at a position. */
  is: (word: W, position: number) => boolean;
  /** Number of positions in the text. */
  positions: number;
}

/**
 * Returns every place where the words occur in this order. Usually the rarest word leaves few places to compare. If it
 * leaves many ("a a a b" in a text of only "a"), 32 places are compared at a time. So a text of 100,000 words and a
 * sequence of 500 take a few milliseconds.
 */
export function sequences<W>(words: readonly W[], lookup: WordLookup<W>): Span[] {
  const rarest = rarestOf(words, lookup);
  const word = words[rarest];
  if (word === undefined) return [];
  const starts = lookup
    .spans(word)
    .filter(({ position, length }) => length === 1 && position >= rarest)
    .map(({ position }) => position - rarest);
  const found =
    starts.length * words.length <= lookup.positions
      ? starts.filter((start) => words.every((each, k) => lookup.is(each, start + k)))
      : amongMany(starts, words, lookup);
  return found.map((position) => ({ position, length: words.length }));
}

function rarestOf<W>(words: readonly W[], { spans }: WordLookup<W>): number {
  let [rarest, fewest] = [0, Number.POSITIVE_INFINITY];
  for (const [k, word] of words.entries()) {
    const { length } = spans(word);
    if (length < fewest) [rarest, fewest] = [k, length];
  }
  return rarest;
}

/** Keeps the starts where word k is k positions later, for one k after another. */
function amongMany<W>(starts: readonly number[], words: readonly W[], lookup: WordLookup<W>): number[] {
  const size = (lookup.positions >>> 5) + 1;
  const left = bits(starts, size);
  const places = new Map<W, Uint32Array>();
  for (const [k, word] of words.entries()) {
    const known = places.get(word) ?? placesOf(word, lookup, size);
    places.set(word, known);
    keepShifted(left, known, k);
  }
  return starts.filter((start) => ((left[start >>> 5] ?? 0) >>> (start & 31)) & 1);
}

function placesOf<W>(word: W, { spans, is }: WordLookup<W>, size: number): Uint32Array {
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

/** Removes the bits of `left` that `places` does not have `shift` bits later. */
function keepShifted(left: Uint32Array, places: Uint32Array, shift: number): void {
  const [whole, rest] = [shift >>> 5, shift & 31];
  for (let i = 0; i < left.length; i++) {
    const low = (places[i + whole] ?? 0) >>> rest;
    const high = rest === 0 ? 0 : (places[i + whole + 1] ?? 0) << (32 - rest);
    left[i] = (left[i] ?? 0) & (low | high);
  }
}
