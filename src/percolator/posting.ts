/**
 * A posting holds the remaining checks of a query under one of its anchors, packed into units of 16 bits. This file
 * encodes and evaluates postings.
 *
 * A row holds the postings of one index entry, one after the other. Each posting begins with 32 bits:
 *
 * ```
 *   bits  0–25  number of the query
 *   bit   26    SEVERAL: the query is filed under further index entries, so it may be met twice
 *   bit   27    the anchor is meant as a literal, not as a key
 *   bits 28–31  0–13: this many index entries follow, and the text must have all of them
 *               PHRASE: one phrase that contains the anchor follows
 *               PROGRAM: a length in units and then checks follow
 * ```
 *
 * An index entry takes three units: 47 bits and its sense. A phrase takes one unit with the number of its other words
 * and the place of the anchor, and then those words. A check of a program begins with a unit whose lower 4 bits give
 * its kind.
 */

import { anyNear } from "../query/near.ts";
import { sequences } from "../query/sequence.ts";
import type { Span } from "../query/text.ts";
import { type EntryReference, highOf, type IndexEntry, KEY, LITERAL, lowOf, senseOf } from "./index-entry.ts";
import type { PlanCheck, QueryAnchor, RowLoad } from "./plan.ts";
import type { TextIndex } from "./text-index.ts";

/** Maximum query number. */
export const MAX_QUERIES = 2 ** 26 - 1;

const SEVERAL = 1 << 10;
const BY_LITERAL = 1 << 11;
const PHRASE = 14;
const PROGRAM = 15;
const MAX_ENTRIES = 13;
/** Maximum words of a phrase in short form. A longer phrase is encoded as a program. */
const MAX_PHRASE = 255;

const HAS = 0;
const PREFIX = 1;
const PHRASE_OF = 2;
const SEQUENCE = 3;
const NEAR = 4;
const TITLE = 5;
const NOT = 6;
const ALL = 7;
const ANY = 8;

/** Maximum units of all postings of a query. A query that needs more is filed without its checks. */
const MAX_OF_QUERY = 2048;
/** Maximum units of a posting that always keeps its checks. */
const MAX_SHORT = 32;
/** Maximum units of a row (256 KB) to which a longer posting is added with its checks. */
const MAX_WITH_LONG = 2 ** 17;

/**
 * Returns the postings of a query, one for each of its anchors. A posting has no checks if they are too long to repeat
 * at each anchor. It also has none if they are long and the anchor's row is already long. Then the anchor alone finds
 * the query, and the predicate decides. This bounds a row: 100,000 queries under one word take at most 6.7 MB.
 */
export function encodeAll(query: number, anchors: readonly QueryAnchor[], load: RowLoad): Uint16Array[] {
  const several = anchors.length > 1;
  const postings = anchors.map((anchor) => encode(query, anchor, several));
  const fits = postings.reduce((sum, { length }) => sum + length, 0) <= MAX_OF_QUERY && postings.every(fitsUnits);
  return anchors.map(({ reference }, i) => {
    const units = postings[i] ?? [];
    const keeps = fits && (units.length <= MAX_SHORT || load(reference.entry) <= MAX_WITH_LONG);
    return Uint16Array.from(keeps ? units : encode(query, { reference, checks: [] }, several));
  });
}

const fitsUnits = (units: readonly number[]): boolean => units.every((unit) => unit <= 0xffff);

function encode(query: number, { reference, checks }: QueryAnchor, several: boolean): number[] {
  if (!(query >= 0 && query <= MAX_QUERIES))
    throw new RangeError(`a query's number is at most ${MAX_QUERIES}; this is ${query}`);
  const flags = (several ? SEVERAL : 0) | (reference.sense === LITERAL ? BY_LITERAL : 0);
  const head = (count: number): number[] => [query & 0xffff, (query >>> 16) | flags | (count << 12)];
  const [first] = checks;
  if (checks.length <= MAX_ENTRIES && checks.every((check) => check.is === "has")) {
    return [...head(checks.length), ...checks.flatMap((check) => unitsOf(check.reference))];
  }
  if (checks.length === 1 && first?.is === "phrase" && first.references.length <= MAX_PHRASE) {
    const place = first.references.findIndex(
      (each) => each.entry === reference.entry && each.sense === reference.sense,
    );
    const others = first.references.filter((_, i) => i !== place);
    if (place >= 0) return [...head(PHRASE), others.length | (place << 8), ...others.flatMap(unitsOf)];
  }
  const program = checks.flatMap(encodeCheck);
  return [...head(PROGRAM), program.length, ...program];
}

const unitsOf = ({ entry, sense }: EntryReference): number[] => {
  const low = lowOf(entry);
  return [low & 0xffff, low >>> 16, highOf(entry, sense)];
};

function encodeCheck(check: PlanCheck): number[] {
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

/** Encodes a check of checks: kind, length, and the checks. */
function group(kind: number, argument: number, checks: readonly PlanCheck[]): number[] {
  const units = checks.flatMap(encodeCheck);
  return [kind | (argument << 4), units.length, ...units];
}

/** Returns the length of a row's posting, in units. */
function lengthAt(row: Uint16Array, at: number): number {
  const count = (row[at + 1] ?? 0) >>> 12;
  if (count < PHRASE) return 2 + 3 * count;
  const size = row[at + 2] ?? 0;
  return 3 + (count === PHRASE ? 3 * (size & 0xff) : size);
}

/** Returns the number of the query whose posting begins at a place of a row. */
const queryAt = (row: Uint16Array, at: number): number =>
  (row[at] as number) | (((row[at + 1] as number) & 0x3ff) << 16);

/** Removes the postings of a query. Returns the same array if there are none. */
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

export function concatenate(parts: readonly Uint16Array[]): Uint16Array<ArrayBuffer> {
  const all = new Uint16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Evaluates rows against one text. */
export class PostingEvaluation {
  readonly #text: TextIndex;
  readonly #found: number[] = [];
  /** Queries under several anchors that were already found. */
  readonly #several = new Set<number>();
  readonly #excluded = new Set<number>();
  /** Whether a NOT has failed in the current program. */
  #failedNot = false;
  /** Whether every NOT is treated as true. */
  #withoutNot = false;
  #row: Uint16Array = new Uint16Array();
  #inTitle = false;
  /** Numbers of the words of the current phrase. */
  readonly #phrase: number[] = [];

  constructor(text: TextIndex) {
    this.#text = text;
  }

  /** Numbers of the queries whose checks hold, each once, in the order of the rows. */
  get found(): number[] {
    return this.#found;
  }

  /** Numbers of the queries that fail only because of a NOT, each once. */
  get excluded(): number[] {
    return [...this.#excluded].filter((query) => !this.#several.has(query));
  }

  /**
   * Runs the postings of a row from unit `from` to `to`. `senses` are those in which the text has the row's index
   * entry.
   */
  run(entry: IndexEntry, row: Uint16Array, from: number, to: number, senses: number): void {
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
   * Runs the checks from `from` to `to` of the posting that begins at `start`. If they fail, but hold with every NOT
   * treated as true, the query is recorded as excluded. The text may have another word with the excluded word's hash.
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

  /** Returns the text's number for the index entry at a place of the row; -1 if the text does not have it. */
  #numberAt(at: number): number {
    const row = this.#row;
    return this.#text.numberOf((row[at] as number) | ((row[at + 1] as number) << 16), row[at + 2] as number);
  }

  /** Checks a phrase of the anchor and `others` further words. The anchor is word number `place` of the phrase. */
  #anchoredPhrase(entry: IndexEntry, at: number, others: number, place: number): boolean {
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

  /** Reads the words at a place of the row into `#phrase`. Returns false if the text lacks one of them. */
  #readPhrase(at: number, length: number): boolean {
    this.#phrase.length = length;
    for (let i = 0; i < length; i++) {
      const number = this.#numberAt(at + 3 * i);
      if (number < 0) return false;
      this.#phrase[i] = number;
    }
    return true;
  }

  /** Returns the first position where the literals of `#phrase` follow one another; -1 if there is none. */
  #firstPhrase(): number {
    const rarest = this.#rarest();
    const spans = this.#text.spans(this.#phrase[rarest] as number, LITERAL);
    // Bounds the cost of "a a a b" in a text of only "a", which would otherwise be the product of both lengths.
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

  /**
   * Returns where the keys of `#phrase` follow one another. Unlike literals, a word has several keys, and a key may
   * span two words.
   */
  #sequences(): Span[] {
    return sequences(this.#phrase, {
      spans: (number) => this.#text.spans(number, KEY),
      is: (number, position) => hasWordAt(this.#text.spans(number, KEY), position),
      positions: this.#text.positions,
    });
  }

  /** Returns the index of the word of `#phrase` that occurs least. */
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

  /** Returns the length of the check at a place of the row, in units. */
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

  /** Returns where the term at a place of the row occurs, in order. */
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

  /** Returns where any of several checks occurs: a name with several ids, or a compound in either spelling. */
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

/** Returns whether one of the spans, which are in order, is a single word at a position. */
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
