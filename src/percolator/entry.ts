/**
 * Entries: what queries are filed under and what a text has. An entry is a string, known by a hash of 47 bits, so that postings are
 * small and only numbers are compared.
 *
 * Two strings with equal hashes are one entry. This only adds candidates, which the predicate drops: see `Percolator.match`. A collision
 * never loses a match. The secret key of the hash keeps collisions rare, and with them the extra work.
 *
 * | string | a text has it, by its key | a text has it, by its literal |
 * | --- | --- | --- |
 * | `convoy` | a word with this key | a word written so |
 * | `@place:aleppo` | this name in the text, or what the text is about | the same, or linked to the text |
 * | `lang:en` | its language | |
 * | `publisher:reuters`, `publisher:@actor:un` | the same in the publisher's name | the same |
 * | `^bom` | a word that begins so | |
 */
import { languageEntry, nameEntry, prefixEntry } from "../query/narrow.ts";

/** The hash of an entry's string, from 0 to 2^47 - 1; with a minus sign for the beginning of a word. */
export type Entry = number;

/** In which of the two senses of the table an entry is meant. */
export type Sense = typeof KEY | typeof LITERAL;
export const KEY = 1;
export const LITERAL = 2;

/** An entry in one of its senses. */
export interface Reference {
  entry: Entry;
  sense: Sense;
}

const TWO_32 = 2 ** 32;

/** Hashes the string of an entry to a number from 0 to 2^47 - 1. */
export type EntryHash = (text: string) => number;

/** Maximum number of UTF-16 code units that are hashed. Of a longer string the hash takes these and the length. */
const MOST_HASHED = 128;
/** Lanes of the hash. Each lane has a constant term, a factor for the length, and a factor for each code unit. */
const LANES = 3;
const KEY_LENGTH = LANES * (2 + MOST_HASHED);

/** Makes a random key for `keyedHash`, of 390 integers. */
export const makeKey = (): Int32Array<ArrayBuffer> => crypto.getRandomValues(new Int32Array(KEY_LENGTH));

/**
 * Returns the multilinear hash of a key. Throws a RangeError for a key of another length.
 *
 * Each lane sums the products of the code units and secret random factors, modulo 2^32. The upper 17 bits of the sum are strongly
 * universal (Lemire and Kaser, "Strongly universal string hashing is fast", The Computer Journal, 2014, theorem 3.1). The hash takes 17, 15
 * and 15 bits of three independent lanes. So two strings of up to 128 units, chosen without the key, collide with a probability of 2^-47.
 *
 * An attacker can choose words but cannot learn the key: no hash leaves the shard, and the messages of alerts do not depend on hashes.
 * So a universal hash is enough, and a slower pseudorandom function is not needed. Even a known collision would only cost time.
 */
export function keyedHash(key: Int32Array): EntryHash {
  if (key.length !== KEY_LENGTH) throw new RangeError(`a key has ${KEY_LENGTH} integers; this has ${key.length}`);
  return (text) => {
    const size = Math.min(text.length, 0xffff);
    let a = ((key[0] as number) + Math.imul(key[3] as number, size)) | 0;
    let b = ((key[1] as number) + Math.imul(key[4] as number, size)) | 0;
    let c = ((key[2] as number) + Math.imul(key[5] as number, size)) | 0;
    const length = Math.min(size, MOST_HASHED);
    for (let i = 0, at = 2 * LANES; i < length; i++, at += LANES) {
      const unit = text.charCodeAt(i);
      a = (a + Math.imul(key[at] as number, unit)) | 0;
      b = (b + Math.imul(key[at + 1] as number, unit)) | 0;
      c = (c + Math.imul(key[at + 2] as number, unit)) | 0;
    }
    return (c >>> 17) * TWO_32 + (((a >>> 15) | (b & 0xfffe0000)) >>> 0);
  };
}

/** The lower 32 bits of an entry, signed; its sign aside. */
export const lowOf = (entry: Entry): number => Math.abs(entry) | 0;
/** The upper 15 bits of an entry; its sign aside. */
export const upperOf = (entry: Entry): number => Math.floor(Math.abs(entry) / TWO_32);
/** The upper 15 bits of an entry, and a 16th for the beginning of a word. */
export const signedUpperOf = (entry: Entry): number => upperOf(entry) | (entry < 0 ? 0x8000 : 0);
/** The upper 15 bits of an entry and, as the lowest bit, its sense. */
export const highOf = (entry: Entry, sense: Sense): number => (upperOf(entry) << 1) | (sense - 1);
/** The sense in what `highOf` made. */
export const senseOf = (high: number): Sense => ((high & 1) === 0 ? KEY : LITERAL);

/** Words of the publisher's name stand apart from those of the text. */
export type Space = "" | "publisher:";

/** Makes entries with one hash. A store's queries and the texts that are matched against them must use the same one. */
export class Entries {
  readonly #hash: EntryHash;

  constructor(hash: EntryHash = keyedHash(makeKey())) {
    this.#hash = hash;
  }

  word(space: Space, word: string): Entry {
    return this.#hash(space + word);
  }

  name(space: Space, id: string): Entry {
    return this.#hash(space + nameEntry(id));
  }

  language(code: string): Entry {
    return this.#hash(languageEntry(code));
  }

  /** Returns a negative number, never 0, so that it differs from the entries of words. */
  beginning(space: Space, word: string): Entry {
    return -Math.max(1, this.#hash(space + prefixEntry(word)));
  }

  prefix(space: Space, prefix: string): Entry {
    return this.#hash(`${space}${prefix}*`);
  }
}
