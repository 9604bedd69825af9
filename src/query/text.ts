/** A text prepared for matching: its words, names and where each of them stands. Made once, then asked by any number of queries. */
import { looksFrench } from "./inflection/french.ts";
import { findingNames, type Vocabulary, WORDS } from "./names.ts";
import { finish, STEP, type Steps } from "./steps.ts";
import type { FieldName } from "./tree.ts";
import { compoundAt, queryKey, splitting, type Word } from "./words.ts";

/** What can be matched: an article, or an event. */
export interface Matchable {
  title: string;
  text: string;
  publisher?: string | null;
  /** BCP 47; only the primary language counts. */
  language?: string | null;
  /** Of an article: full ids of the names of the events that it belongs to. `place:` and its like look there too. */
  names?: readonly string[];
  /** Of an event: full ids of its own names. Any name is looked for there too. */
  about?: readonly string[];
}

/** A stretch of words: positions count through all fields, with a gap between fields that no phrase or NEAR can bridge. */
export interface Span {
  position: number;
  length: number;
}

/** One field's words; the first stands at position `base`. */
export interface Field {
  name: FieldName;
  source: string;
  base: number;
  words: readonly Word[];
}

export interface AnalysedText {
  fields: readonly Field[];
  language: string | undefined;
  /** Names that it has without their standing in the text: those that `place:` finds, and those that any name finds. */
  linked: ReadonlySet<string>;
  about: ReadonlySet<string>;
  /** By key, the words that have it; compounds ("cease-fire") stand under their joined key too, two words long. */
  keys: ReadonlyMap<string, readonly Span[]>;
  /** By id, the names found in the text. */
  names: ReadonlyMap<string, readonly Span[]>;
}

/** Wider than the widest NEAR, so that nothing reaches from one field into the next. */
const FIELD_GAP = 1000;

/** Analyses a text: linear in its length. */
export const analyse = (matchable: Matchable, vocabulary: Vocabulary): AnalysedText =>
  finish(analysing(matchable, vocabulary));

/** The same in steps. */
export function* analysing(matchable: Matchable, vocabulary: Vocabulary): Steps<AnalysedText> {
  const keys = new Map<string, Span[]>();
  const names = new Map<string, Span[]>();
  const fields: Field[] = [];
  const language = matchable.language?.toLowerCase().split("-")[0];
  const french = language === undefined ? looksFrench(matchable.title, matchable.text) : language === "fr";
  let base = 0;
  for (const name of ["title", "text", "publisher"] as const) {
    const source = matchable[name] ?? "";
    const words = yield* splitting(source, french);
    fields.push({ name, source, base, words });
    for (let from = 0; from < words.length; from += WORDS) {
      indexWords(keys, words, base, from);
      if (words.length > WORDS) yield STEP;
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
  for (let i = from; i < from + WORDS; i++) {
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

/** How long it is, in UTF-16 code units. */
export const lengthOf = ({ fields }: AnalysedText): number =>
  fields.reduce((sum, { source }) => sum + source.length, 0);

/** The field in which a position lies. */
export function fieldAt(text: AnalysedText, position: number): Field | undefined {
  for (let i = text.fields.length - 1; i >= 0; i--) {
    const field = text.fields[i];
    if (field !== undefined && field.base <= position) return field;
  }
  return undefined;
}

/** The word at a position, if there is one. */
export function wordAt(text: AnalysedText, position: number): Word | undefined {
  const field = fieldAt(text, position);
  return field?.words[position - field.base];
}
