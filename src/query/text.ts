/**
 * Prepares a text for matching: its words and names with their positions. A text is analysed once and then matched
 * against any number of queries.
 */
import { looksFrench } from "./inflection/french.ts";
import { findingNames, type Vocabulary, WORDS_PER_STEP } from "./names.ts";
import { finish, STEP, type Steps } from "./steps.ts";
import type { FieldName } from "./tree.ts";
import { compoundAt, queryKey, splitting, type Word } from "./words.ts";

/** A text that can be matched: an article or an event. */
export interface Matchable {
  title: string;
  text: string;
  publisher?: string | null;
  /** BCP 47 tag. Only the primary language counts. */
  language?: string | null;
  /** For an article: full ids of the names of its events. `place:` and the like find these. */
  names?: readonly string[];
  /** For an event: full ids of its own names. Any name term finds these. */
  about?: readonly string[];
}

/** A stretch of words. Positions run through all fields, with a gap between fields that no phrase or NEAR can cross. */
export interface Span {
  position: number;
  length: number;
}

/** The words of one field. The first word is at position `base`. */
export interface AnalysedField {
  name: FieldName;
  source: string;
  base: number;
  words: readonly Word[];
}

export interface AnalysedText {
  fields: readonly AnalysedField[];
  language: string | undefined;
  /** Names linked to the text without occurring in it, found by `place:` and the like. */
  linked: ReadonlySet<string>;
  about: ReadonlySet<string>;
  /** Occurrences by word key. Compounds ("cease-fire") are also under their joined key, two words long. */
  keys: ReadonlyMap<string, readonly Span[]>;
  /** Occurrences of names by id. */
  names: ReadonlyMap<string, readonly Span[]>;
}

/** Gap between fields in positions. Wider than the widest NEAR. */
const FIELD_GAP = 1000;

/** Analyses a text. Linear in its length. */
export const analyse = (matchable: Matchable, vocabulary: Vocabulary): AnalysedText =>
  finish(analysing(matchable, vocabulary));

/** Analyses a text in steps. */
export function* analysing(matchable: Matchable, vocabulary: Vocabulary): Steps<AnalysedText> {
  const keys = new Map<string, Span[]>();
  const names = new Map<string, Span[]>();
  const fields: AnalysedField[] = [];
  const language = matchable.language?.toLowerCase().split("-")[0];
  const french = language === undefined ? looksFrench(matchable.title, matchable.text) : language === "fr";
  let base = 0;
  for (const name of ["title", "text", "publisher"] as const) {
    const source = matchable[name] ?? "";
    const words = yield* splitting(source, french);
    fields.push({ name, source, base, words });
    for (let from = 0; from < words.length; from += WORDS_PER_STEP) {
      indexWords(keys, words, base, from);
      if (words.length > WORDS_PER_STEP) yield STEP;
    }
    for (const { start, end, ids } of yield* findingNames(vocabulary, words)) {
      for (const id of ids) push(names, id, { position: base + start, length: end - start });
    }
    base += words.length + FIELD_GAP;
  }
  return {
    fields,
    language,
    linked: new Set([...(matchable.names ?? []), ...(matchable.about ?? [])]),
    about: new Set(matchable.about),
    keys,
    names,
  };
}

function indexWords(keys: Map<string, Span[]>, words: readonly Word[], base: number, from: number): void {
  for (let i = from; i < from + WORDS_PER_STEP; i++) {
    const word = words[i];
    if (word === undefined) break;
    const span = { position: base + i, length: 1 };
    for (const key of word.keys) push(keys, key, span);
    const compound = word.hyphen ? compoundAt(words, i) : undefined;
    if (compound !== undefined) push(keys, queryKey(compound), { position: base + i, length: 2 });
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Returns the length of a text in UTF-16 code units. */
export const lengthOf = ({ fields }: AnalysedText): number =>
  fields.reduce((sum, { source }) => sum + source.length, 0);

/** Returns the field that contains a position. */
export function fieldAt(text: AnalysedText, position: number): AnalysedField | undefined {
  for (let i = text.fields.length - 1; i >= 0; i--) {
    const field = text.fields[i];
    if (field !== undefined && field.base <= position) return field;
  }
  return undefined;
}

/** Returns the word at a position, or undefined. */
export function wordAt(text: AnalysedText, position: number): Word | undefined {
  const field = fieldAt(text, position);
  return field?.words[position - field.base];
}
