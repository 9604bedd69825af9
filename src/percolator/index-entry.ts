/**
 * Index entries: what queries are filed under and what a text has. An index entry is a string, represented by a hash of
 * 47 bits, so that postings are small and only numbers are compared.
 *
 * Two strings with equal hashes are one index entry. A collision adds candidates, which the predicate rejects (see
 * `Percolator.match`), and never loses a match. The secret key of the hash keeps collisions, and their extra work,
 * rare.
 *
 * - `convoy`: by key, a word with this key; by literal, a word written this way.
 * - `@place:aleppo`: by key, this name in the text or among the text's own names; by literal, also a name linked to the
 *   text.
 * - `lang:en`: by key, the language of the text.
 * - `publisher:reuters`, `publisher:@actor:un`: the same in the publisher's name.
 * - `^bom`: by key, a word that begins with these letters.
 */
import { languageEntry, nameEntry, prefixEntry } from "../query/narrow.ts";

/** Hash of an index entry's string, from 0 to 2^47 - 1. Negative for the beginning of a word. */
export type IndexEntry = number;

/** The sense in which an index entry is meant: as a key or as a literal. */
export type EntrySense = typeof KEY | typeof LITERAL;
export const KEY = 1;
export const LITERAL = 2;

/** An index entry in one sense. */
export interface EntryReference {
  entry: IndexEntry;
  sense: EntrySense;
}

const TWO_32 = 2 ** 32;

/** Hashes the string of an index entry to a number from 0 to 2^47 - 1. */
export type EntryHash = (text: string) => number;

/** Maximum number of UTF-16 code units that are hashed. Of a longer string the hash takes these and the length. */
const MAX_HASHED = 128;
/** Lanes of the hash. Each lane has a constant term, a factor for the length, and a factor for each code unit. */
const LANES = 3;
const KEY_LENGTH = LANES * (2 + MAX_HASHED);

/** Returns a random key for `keyedHash`, of 390 integers. */
export const makeKey = (): Int32Array<ArrayBuffer> => crypto.getRandomValues(new Int32Array(KEY_LENGTH));

/**
 * Returns the multilinear hash of a key. Throws a RangeError for a key of another length.
 *
 * Each lane sums the products of the code units and secret random factors, modulo 2^32. The upper 17 bits of the sum
 * are strongly universal (Lemire and Kaser, "Strongly universal string hashing is fast", The Computer Journal, 2014,
 * theorem 3.1). The hash takes 17, 15 and 15 bits of three independent lanes. So two strings of up to 128 units, chosen
 * without the key, collide with a probability of 2^-47.
 *
 * An attacker can choose words but cannot learn the key: no hash leaves the shard, and the messages of alerts do not
 * depend on hashes. So a universal hash is enough, and a slower pseudorandom function is not needed. Even a known
 * collision would only cost time.
 */
export function keyedHash(key: Int32Array): EntryHash {
  if (key.length !== KEY_LENGTH) throw new RangeError(`a key has ${KEY_LENGTH} integers; this has ${key.length}`);
  return (text) => {
    const size = Math.min(text.length, 0xffff);
    let a = ((key[0] as number) + Math.imul(key[3] as number, size)) | 0;
    let b = ((key[1] as number) + Math.imul(key[4] as number, size)) | 0;
    let c = ((key[2] as number) + Math.imul(key[5] as number, size)) | 0;
    const length = Math.min(size, MAX_HASHED);
    for (let i = 0, at = 2 * LANES; i < length; i++, at += LANES) {
      const unit = text.charCodeAt(i);
      a = (a + Math.imul(key[at] as number, unit)) | 0;
      b = (b + Math.imul(key[at + 1] as number, unit)) | 0;
      c = (c + Math.imul(key[at + 2] as number, unit)) | 0;
    }
    return (c >>> 17) * TWO_32 + (((a >>> 15) | (b & 0xfffe0000)) >>> 0);
  };
}

/** Returns the lower 32 bits of an index entry, signed. Ignores its sign. */
export const lowOf = (entry: IndexEntry): number => Math.abs(entry) | 0;
/** Returns the upper 15 bits of an index entry. Ignores its sign. */
export const upperOf = (entry: IndexEntry): number => Math.floor(Math.abs(entry) / TWO_32);
/** Returns the upper 15 bits of an index entry, and a 16th bit for the beginning of a word. */
export const signedUpperOf = (entry: IndexEntry): number => upperOf(entry) | (entry < 0 ? 0x8000 : 0);
/** Returns the upper 15 bits of an index entry with its sense as the lowest bit. */
export const highOf = (entry: IndexEntry, sense: EntrySense): number => (upperOf(entry) << 1) | (sense - 1);
/** Returns the sense from a number made by `highOf`. */
export const senseOf = (high: number): EntrySense => ((high & 1) === 0 ? KEY : LITERAL);

/** Prefix that keeps words of the publisher's name apart from words of the text. */
export type EntrySpace = "" | "publisher:";

/** Makes index entries with one hash. A store's queries and the texts matched against them must use the same hash. */
export class IndexEntries {
  readonly #hash: EntryHash;

  constructor(hash: EntryHash = keyedHash(makeKey())) {
    this.#hash = hash;
  }

  word(space: EntrySpace, word: string): IndexEntry {
    return this.#hash(space + word);
  }

  name(space: EntrySpace, id: string): IndexEntry {
    return this.#hash(space + nameEntry(id));
  }

  language(code: string): IndexEntry {
    return this.#hash(languageEntry(code));
  }

  /** Returns a negative number, never 0, so that it differs from the index entries of words. */
  beginning(space: EntrySpace, word: string): IndexEntry {
    return -Math.max(1, this.#hash(space + prefixEntry(word)));
  }

  prefix(space: EntrySpace, prefix: string): IndexEntry {
    return this.#hash(`${space}${prefix}*`);
  }
}
