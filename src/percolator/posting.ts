/**
 * Postings: what is left to check of a query under one of its anchors, packed into units of 16 bits, and its evaluation.
 *
 * A row holds the postings of one entry, one after the other. Each begins with 32 bits:
 *
 * ```
 * bits  0–25  the query's number
 * bit   26    SEVERAL: the query is filed under further entries too, so that it may be met twice
 * bit   27    the anchor is meant by its literal, not by its key
 * bits 28–31  0–13: so many entries, all of which the text must have, follow
 *             PHRASE: one phrase that the anchor is part of follows
 *             PROGRAM: its length in units, then checks follow
 * ```
 *
 * An entry takes three units: 47 bits and its sense. A phrase: one unit with the number of its other words and the place of the
 * anchor among them, then the others. A check of a program begins with a unit whose lower 4 bits say which it is.
 */

import { anyNear } from "../query/near.ts";
import { sequences } from "../query/sequence.ts";
import type { Span } from "../query/text.ts";
import { type Entry, highOf, KEY, LITERAL, lowOf, type Reference, senseOf } from "./entry.ts";
import type { Anchor, Check, Load } from "./plan.ts";
import type { TextIndex } from "./text-index.ts";

/** Query numbers go from 0 to this. */
export const MOST_QUERIES = 2 ** 26 - 1;

const SEVERAL = 1 << 10;
const BY_LITERAL = 1 << 11;
const PHRASE = 14;
const PROGRAM = 15;
const MOST_ENTRIES = 13;
/** A longer phrase is written as a program. */
const MOST_PHRASE = 255;

const HAS = 0;
const PREFIX = 1;
const PHRASE_OF = 2;
const SEQUENCE = 3;
const NEAR = 4;
const TITLE = 5;
const NOT = 6;
const ALL = 7;
const ANY = 8;

/** Units of all postings of a query at the most; a query that takes more is filed without its checks. */
const MOST_OF_QUERY = 2048;
/** Maximum units of a posting that always keeps its checks. */
const SHORT = 32;
/** Maximum units of a row (256 KB) to which a longer posting is added with its checks. */
const MOST_WITH_LONG = 2 ** 17;

/**
 * Returns the postings of a query, one for each of its anchors. A posting has no checks if they are too long to repeat at each anchor, or
 * if they are long and the row of the anchor is long already. Then the anchor alone finds the query, and the predicate decides.
 * This bounds a row: 100,000 queries under one word take 6.7 MB at most.
 */
export function encodeAll(query: number, anchors: readonly Anchor[], load: Load): Uint16Array[] {
  const several = anchors.length > 1;
  const postings = anchors.map((anchor) => encode(query, anchor, several));
  const fits = postings.reduce((sum, { length }) => sum + length, 0) <= MOST_OF_QUERY && postings.every(fitsUnits);
  return anchors.map(({ reference }, i) => {
    const units = postings[i] ?? [];
    const keeps = fits && (units.length <= SHORT || load(reference.entry) <= MOST_WITH_LONG);
    return Uint16Array.from(keeps ? units : encode(query, { reference, checks: [] }, several));
  });
}

const fitsUnits = (units: readonly number[]): boolean => units.every((unit) => unit <= 0xffff);

function encode(query: number, { reference, checks }: Anchor, several: boolean): number[] {
  if (!(query >= 0 && query <= MOST_QUERIES))
    throw new RangeError(`a query's number is at most ${MOST_QUERIES}; this is ${query}`);
  const flags = (several ? SEVERAL : 0) | (reference.sense === LITERAL ? BY_LITERAL : 0);
  const head = (count: number): number[] => [query & 0xffff, (query >>> 16) | flags | (count << 12)];
  const [first] = checks;
  if (checks.length <= MOST_ENTRIES && checks.every((check) => check.is === "has")) {
    return [...head(checks.length), ...checks.flatMap((check) => unitsOf(check.reference))];
  }
  if (checks.length === 1 && first?.is === "phrase" && first.references.length <= MOST_PHRASE) {
    const place = first.references.findIndex(
      (each) => each.entry === reference.entry && each.sense === reference.sense,
    );
    const others = first.references.filter((_, i) => i !== place);
    if (place >= 0) return [...head(PHRASE), others.length | (place << 8), ...others.flatMap(unitsOf)];
  }
  const program = checks.flatMap(encodeCheck);
  return [...head(PROGRAM), program.length, ...program];
}

const unitsOf = ({ entry, sense }: Reference): number[] => {
  const low = lowOf(entry);
  return [low & 0xffff, low >>> 16, highOf(entry, sense)];
};

function encodeCheck(check: Check): number[] {
  switch (check.is) {
    case "has":
      return [HAS, ...unitsOf(check.reference)];
    case "prefix": {
      const { beginning, reference, length } = check;
      return [PREFIX | (length << 4), ...unitsOf({ entry: -beginning, sense: KEY }), ...unitsOf(reference)];
    }
    case "phrase":
    case "sequence":
      return [
        (check.is === "phrase" ? PHRASE_OF : SEQUENCE) | (check.references.length << 4),
        ...check.references.flatMap(unitsOf),
      ];
    case "near":
      return group(NEAR, check.distance, [check.left, check.right]);
    case "title":
      return group(TITLE, 0, [check.check]);
    case "not":
      return group(NOT, 0, [check.check]);
    default:
      return group(check.is === "all" ? ALL : ANY, 0, check.checks);
  }
}

/** A check of checks: what it is, how long it is, and they. */
function group(kind: number, argument: number, checks: readonly Check[]): number[] {
  const units = checks.flatMap(encodeCheck);
  return [kind | (argument << 4), units.length, ...units];
}

/** How many units a row's posting takes. */
function lengthAt(row: Uint16Array, at: number): number {
  const count = (row[at + 1] ?? 0) >>> 12;
  if (count < PHRASE) return 2 + 3 * count;
  const size = row[at + 2] ?? 0;
  return 3 + (count === PHRASE ? 3 * (size & 0xff) : size);
}

/** The number of the query whose posting begins at a place of a row. */
const queryAt = (row: Uint16Array, at: number): number =>
  (row[at] as number) | (((row[at + 1] as number) & 0x3ff) << 16);

/** Postings without those of a query; the same array where it has none. */
export function without(postings: Uint16Array, query: number): Uint16Array {
  const kept: Uint16Array[] = [];
  let from = 0;
  for (let at = 0; at < postings.length; ) {
    const next = at + lengthAt(postings, at);
    if (queryAt(postings, at) === query) {
      kept.push(postings.subarray(from, at));
      from = next;
    }
    at = next;
  }
  if (kept.length === 0) return postings;
  kept.push(postings.subarray(from));
  return concatenate(kept);
}

export function concatenate(parts: readonly Uint16Array[]): Uint16Array {
  const all = new Uint16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Evaluates rows against one text. */
export class Evaluation {
  readonly #text: TextIndex;
  readonly #found: number[] = [];
  /** Those that may be met twice. */
  readonly #several = new Set<number>();
  readonly #excluded = new Set<number>();
  /** Whether a NOT has failed in the current program. */
  #failedNot = false;
  /** Whether every NOT is treated as true. */
  #withoutNot = false;
  #row: Uint16Array = new Uint16Array();
  #inTitle = false;
  /** The words of the phrase that is looked for, by their numbers. */
  readonly #phrase: number[] = [];

  constructor(text: TextIndex) {
    this.#text = text;
  }

  /** The numbers of the queries whose checks hold, each once, in the order in which they were met. */
  get found(): number[] {
    return this.#found;
  }

  /** The numbers of the queries that fail only because of a NOT, each once. */
  get excluded(): number[] {
    return [...this.#excluded].filter((query) => !this.#several.has(query));
  }

  /** Runs the postings of a row, the units from `from` to `to`, whose entry the text has in the given senses. */
  run(entry: Entry, row: Uint16Array, from: number, to: number, senses: number): void {
    const text = this.#text;
    const found = this.#found;
    this.#row = row;
    let at = from;
    while (at < to) {
      const high = row[at + 1] as number;
      const count = high >>> 12;
      const start = at;
      let holds = (senses & (high & BY_LITERAL ? LITERAL : KEY)) !== 0;
      at += 2;
      if (count < PHRASE) {
        const end = at + 3 * count;
        if (holds) {
          for (let i = at; i < end; i += 3) {
            if (!text.has((row[i] as number) | ((row[i + 1] as number) << 16), row[i + 2] as number)) {
              holds = false;
              break;
            }
          }
        }
        at = end;
      } else {
        const size = row[at] as number;
        if (count === PHRASE) {
          holds &&= this.#anchoredPhrase(entry, at + 1, size & 0xff, size >>> 8);
          at += 1 + 3 * (size & 0xff);
        } else {
          holds &&= this.#program(start, at + 1, at + 1 + size);
          at += 1 + size;
        }
      }
      if (!holds) continue;
      const query = queryAt(row, start);
      if (high & SEVERAL) {
        if (this.#several.has(query)) continue;
        this.#several.add(query);
      }
      found.push(query);
    }
  }

  /**
   * Runs the checks from `from` to `to` of the posting that begins at `start`. If they fail, and hold once every NOT is treated as true, the
   * query is noted as excluded: the text may have another word with the hash of the excluded one.
   */
  #program(start: number, from: number, to: number): boolean {
    this.#failedNot = false;
    if (this.#all(from, to)) return true;
    if (!this.#failedNot) return false;
    this.#withoutNot = true;
    if (this.#all(from, to)) this.#excluded.add(queryAt(this.#row, start));
    this.#withoutNot = false;
    return false;
  }

  /** The number that the text gives to the entry at a place of the row; -1 where it does not have it. */
  #numberAt(at: number): number {
    const row = this.#row;
    return this.#text.numberOf((row[at] as number) | ((row[at + 1] as number) << 16), row[at + 2] as number);
  }

  /** A phrase of the anchor and `others` words, the anchor being the word number `place` of it. */
  #anchoredPhrase(entry: Entry, at: number, others: number, place: number): boolean {
    const phrase = this.#phrase;
    phrase.length = others + 1;
    phrase[place] = this.#text.numberOf(lowOf(entry), highOf(entry, LITERAL));
    for (let i = 0; i < others; i++) {
      const number = this.#numberAt(at + 3 * i);
      if (number < 0) return false;
      phrase[i < place ? i : i + 1] = number;
    }
    return this.#firstPhrase() >= 0;
  }

  /** Puts the words at a place of the row into `#phrase`; false where the text does not have them all. */
  #readPhrase(at: number, length: number): boolean {
    this.#phrase.length = length;
    for (let i = 0; i < length; i++) {
      const number = this.#numberAt(at + 3 * i);
      if (number < 0) return false;
      this.#phrase[i] = number;
    }
    return true;
  }

  /** The first position at which the literals of `#phrase` stand one after the other; -1 where there is none. */
  #firstPhrase(): number {
    const rarest = this.#rarest();
    const spans = this.#text.spans(this.#phrase[rarest] as number, LITERAL);
    // "a a a b" in a text of nothing but "a" must not cost their product.
    if (spans.length * this.#phrase.length > this.#text.positions) return this.#phrases()[0]?.position ?? -1;
    for (let i = 0; i < spans.length; i++) {
      const start = (spans[i] as Span).position - rarest;
      if (this.#phraseAt(start)) return start;
    }
    return -1;
  }

  #phraseAt(start: number): boolean {
    const phrase = this.#phrase;
    let i = 0;
    while (i < phrase.length && this.#text.literalIs(start + i, phrase[i] as number)) i++;
    return i === phrase.length;
  }

  #phrases(): Span[] {
    return sequences(this.#phrase, {
      spans: (number) => this.#text.spans(number, LITERAL),
      is: (number, position) => this.#text.literalIs(position, number),
      positions: this.#text.positions,
    });
  }

  /** Where the keys of `#phrase` stand one after the other: unlike literals, a word has several, and a key may be that of two words. */
  #sequences(): Span[] {
    return sequences(this.#phrase, {
      spans: (number) => this.#text.spans(number, KEY),
      is: (number, position) => hasWordAt(this.#text.spans(number, KEY), position),
      positions: this.#text.positions,
    });
  }

  /** Which word of `#phrase` occurs least. */
  #rarest(): number {
    const phrase = this.#phrase;
    let rarest = 0;
    let fewest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < phrase.length; i++) {
      const { length } = this.#text.spans(phrase[i] as number, LITERAL);
      if (length < fewest) [rarest, fewest] = [i, length];
    }
    return rarest;
  }

  #all(from: number, to: number): boolean {
    for (let at = from; at < to; at += this.#lengthAt(at)) if (!this.#holds(at)) return false;
    return true;
  }

  #any(from: number, to: number): boolean {
    for (let at = from; at < to; at += this.#lengthAt(at)) if (this.#holds(at)) return true;
    return false;
  }

  /** How many units the check at a place of the row takes. */
  #lengthAt(at: number): number {
    const unit = this.#row[at] as number;
    switch (unit & 0xf) {
      case HAS:
        return 4;
      case PREFIX:
        return 7;
      case PHRASE_OF:
      case SEQUENCE:
        return 1 + 3 * (unit >>> 4);
      default:
        return 2 + (this.#row[at + 1] as number);
    }
  }

  #holds(at: number): boolean {
    const unit = this.#row[at] as number;
    switch (unit & 0xf) {
      case HAS:
        return this.#inTitle ? this.#spans(at).length > 0 : this.#numberAt(at + 1) >= 0;
      case PREFIX:
        return this.#inTitle ? this.#spans(at).length > 0 : this.#prefixAt(at) >= 0;
      case PHRASE_OF: {
        if (!this.#readPhrase(at + 1, unit >>> 4)) return false;
        const first = this.#firstPhrase();
        return first >= 0 && (!this.#inTitle || first < this.#text.titleEnd);
      }
      case SEQUENCE:
        return this.#spans(at).length > 0;
      case NEAR: {
        const lefts = this.#spans(at + 2);
        return lefts.length > 0 && anyNear(lefts, this.#spans(at + 2 + this.#lengthAt(at + 2)), unit >>> 4);
      }
      case TITLE: {
        this.#inTitle = true;
        const holds = this.#holds(at + 2);
        this.#inTitle = false;
        return holds;
      }
      case NOT:
        if (this.#withoutNot || !this.#holds(at + 2)) return true;
        this.#failedNot = true;
        return false;
      case ALL:
        return this.#all(at + 2, at + 2 + (this.#row[at + 1] as number));
      default:
        return this.#any(at + 2, at + 2 + (this.#row[at + 1] as number));
    }
  }

  /** Where the term at a place of the row stands, in order. */
  #spans(at: number): readonly Span[] {
    const spans = this.#spansAnywhere(at);
    return this.#inTitle ? spans.filter(({ position }) => position < this.#text.titleEnd) : spans;
  }

  #spansAnywhere(at: number): readonly Span[] {
    const unit = this.#row[at] as number;
    switch (unit & 0xf) {
      case HAS:
        return this.#text.spans(this.#numberAt(at + 1), senseOf(this.#row[at + 3] as number));
      case PREFIX:
        return this.#text.spans(this.#prefixAt(at), KEY);
      case PHRASE_OF:
        return this.#readPhrase(at + 1, unit >>> 4) ? this.#phrases() : [];
      case SEQUENCE:
        return this.#readPhrase(at + 1, unit >>> 4) ? this.#sequences() : [];
      default:
        return this.#spansOfAny(at + 2, at + 2 + (this.#row[at + 1] as number));
    }
  }

  /** Of a name with several meanings, or a compound in either spelling. */
  #spansOfAny(from: number, to: number): readonly Span[] {
    let spans: readonly Span[] = [];
    for (let at = from; at < to; at += this.#lengthAt(at)) spans = spans.concat(this.#spansAnywhere(at));
    return spans.toSorted((a, b) => a.position - b.position || a.length - b.length);
  }

  #prefixAt(at: number): number {
    const row = this.#row;
    return this.#text.numberOfPrefix(
      ((row[at + 3] as number) >>> 1) * 2 ** 32 + (((row[at + 1] as number) | ((row[at + 2] as number) << 16)) >>> 0),
      (row[at] as number) >>> 4,
      (row[at + 4] as number) | ((row[at + 5] as number) << 16),
      row[at + 6] as number,
    );
  }
}

/** Whether one of the spans, which are in order, is one word at a position. */
function hasWordAt(spans: readonly Span[], position: number): boolean {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as Span).position < position) low = middle + 1;
    else high = middle;
  }
  for (let i = low; spans[i]?.position === position; i++) if (spans[i]?.length === 1) return true;
  return false;
}
