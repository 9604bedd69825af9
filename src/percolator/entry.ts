/**
 * Entries: what queries are filed under and what a text has. An entry is a string known by a hash of 47 bits, so that postings
 * are small and numbers alone are compared. Two strings with one hash are taken for one: of two given strings this is so once in
 * 140 million million times. What is found too much the predicate sorts out.
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

/** Two lanes of multiplicative hashing over UTF-16 code units, mixed at the end as in MurmurHash3. */
export function entryOf(text: string): Entry {
  let a = 0x5eed1e55;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return (b >>> 17) * TWO_32 + (a >>> 0);
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

export const wordIn = (space: Space, word: string): Entry => entryOf(space + word);
export const nameIn = (space: Space, id: string): Entry => entryOf(space + nameEntry(id));
export const languageIs = (code: string): Entry => entryOf(languageEntry(code));
export const beginningIn = (space: Space, word: string): Entry => -entryOf(space + prefixEntry(word));
export const prefixIn = (space: Space, prefix: string): Entry => entryOf(`${space}${prefix}*`);
