/**
 * Indexes one text for the percolator: which index entries it has, and where. Built once for each article from its
 * analysis.
 */
import type { AnalysedField, AnalysedText, Span } from "../query/text.ts";
import {
  type EntrySense,
  type EntrySpace,
  highOf,
  type IndexEntries,
  type IndexEntry,
  KEY,
  LITERAL,
  lowOf,
  senseOf,
  upperOf,
} from "./index-entry.ts";

const NOWHERE: readonly Span[] = [];

/** Units of a slot: lower bits of the index entry, upper bits plus 1 (0 if free), its number, its senses. */
const SLOT = 4;

/** A word under its beginning, and its place. */
interface WordBeginning {
  literal: string;
  space: EntrySpace;
  span: Span;
}

export class TextIndex {
  /** Index entries that the text has, each once, and their senses (KEY, LITERAL or both). */
  readonly entries: IndexEntry[] = [];
  readonly senses: number[] = [];
  /** Occurrences by the number of an index entry. */
  readonly #byKey: (readonly Span[])[] = [];
  readonly #byLiteral: (readonly Span[])[] = [];
  /** First position after the title. */
  readonly titleEnd: number;
  /** By position: 1 + the number of the literal there; 0 if there is no word. */
  readonly #literalAt: Int32Array;
  readonly #text: AnalysedText;
  readonly #makes: IndexEntries;
  /** Words by the index entry of their beginning. Built on first use. */
  #beginnings: Map<IndexEntry, WordBeginning[]> | undefined;
  /** By the number of a beginning: lengths of prefixes that are already indexed. */
  readonly #expanded: (Set<number> | undefined)[] = [];
  // A hash table with open addressing, as in RowTable. It is read for every word of every query that shares an anchor.
  #table: Int32Array;
  #mask: number;

  /**
   * `makes` makes index entries as the store does. `beginnings`: whether any query is filed under the beginning of a
   * word.
   */
  constructor(text: AnalysedText, makes: IndexEntries, beginnings: boolean) {
    this.#text = text;
    this.#makes = makes;
    const capacity = 1 << (34 - Math.clz32(text.keys.size + text.names.size + 16));
    this.#mask = capacity - 1;
    this.#table = new Int32Array(SLOT * capacity);
    const [title, body, publisher] = text.fields;
    if (!title || !body || !publisher) throw new Error("a text has a title, a body and a publisher");
    this.titleEnd = title.base + title.words.length;
    this.#literalAt = new Int32Array(publisher.base + publisher.words.length);
    this.#addKeys(text, [title, body], publisher);
    for (const field of text.fields) this.#addOtherLiterals(field, field === publisher ? "publisher:" : "");
    this.#addNames(text, publisher);
    if (text.language !== undefined) this.#add(this.#makes.language(text.language), KEY, NOWHERE, NOWHERE);
    // Last, so that the number of every other index entry is its place in `entries`.
    if (beginnings) {
      for (const beginning of this.#beginners().keys()) {
        this.entries.push(beginning);
        this.senses.push(KEY);
      }
    }
  }

  /** Adds the keys of words, and literals that equal their key. */
  #addKeys(
    { keys }: AnalysedText,
    [title, body]: readonly [AnalysedField, AnalysedField],
    publisher: AnalysedField,
  ): void {
    for (const [key, all] of keys) {
      let spans = all;
      if ((all[all.length - 1]?.position ?? 0) >= publisher.base) {
        spans = all.filter(({ position }) => position < publisher.base);
        this.#addKey(key, "publisher:", all.slice(spans.length), [publisher, publisher]);
      }
      if (spans.length > 0) this.#addKey(key, "", spans, [title, body]);
    }
  }

  /** Adds a key in one space, with the fields of that space in order. */
  #addKey(
    key: string,
    space: EntrySpace,
    spans: readonly Span[],
    [first, second]: readonly [AnalysedField, AnalysedField],
  ): void {
    const isLiteral = ({ position, length }: Span): boolean => {
      const field = position < second.base ? first : second;
      return length === 1 && field.words[position - field.base]?.literal === key;
    };
    let literals = spans;
    for (let i = 0; i < spans.length; i++) {
      if (isLiteral(spans[i] as Span)) continue;
      literals = spans.filter(isLiteral);
      break;
    }
    const senses = literals.length > 0 ? KEY | LITERAL : KEY;
    this.#setLiterals(this.#add(this.#makes.word(space, key), senses, spans, literals), literals);
  }

  #setLiterals(number: number, literals: readonly Span[]): void {
    for (let i = 0; i < literals.length; i++) this.#literalAt[(literals[i] as Span).position] = number + 1;
  }

  /** Adds literals that differ from their keys: "convoys", whose key is "convoy". */
  #addOtherLiterals({ words, base }: AnalysedField, space: EntrySpace): void {
    const others = new Map<string, Span[]>();
    for (let i = 0; i < words.length; i++) {
      if (this.#literalAt[base + i] !== 0) continue;
      const literal = words[i]?.literal ?? "";
      const spans = others.get(literal);
      if (spans) spans.push({ position: base + i, length: 1 });
      else others.set(literal, [{ position: base + i, length: 1 }]);
    }
    // The index entry may exist: from the title, or as a key of words written differently ("convoy" as the key of
    // "convoys").
    for (const [literal, spans] of others) {
      this.#setLiterals(this.#add(this.#makes.word(space, literal), LITERAL, NOWHERE, spans), spans);
    }
  }

  #beginners(): Map<IndexEntry, WordBeginning[]> {
    if (this.#beginnings) return this.#beginnings;
    const beginnings = new Map<IndexEntry, WordBeginning[]>();
    for (const { name, words, base } of this.#text.fields) {
      const space = name === "publisher" ? "publisher:" : "";
      for (const [i, { literal }] of words.entries()) {
        const beginning = this.#makes.beginning(space, literal);
        const beginner = { literal, space, span: { position: base + i, length: 1 } } as const;
        const known = beginnings.get(beginning);
        if (known) known.push(beginner);
        else beginnings.set(beginning, [beginner]);
      }
    }
    this.#beginnings = beginnings;
    for (const beginning of beginnings.keys()) this.#register(-beginning, KEY, NOWHERE, NOWHERE);
    return beginnings;
  }

  #addNames(text: AnalysedText, publisher: AnalysedField): void {
    for (const id of new Set([...text.names.keys(), ...text.linked])) {
      const all = text.names.get(id) ?? NOWHERE;
      const spans = all.filter(({ position }) => position < publisher.base);
      const found = spans.length > 0 || text.about.has(id);
      if (found || text.linked.has(id))
        this.#add(this.#makes.name("", id), found ? KEY | LITERAL : LITERAL, spans, spans);
      if (all.length > spans.length)
        this.#add(this.#makes.name("publisher:", id), KEY, all.slice(spans.length), NOWHERE);
    }
  }

  /**
   * Adds an index entry whose row is read. Returns its number. Two words with one hash share an index entry with the
   * occurrences of both.
   */
  #add(entry: IndexEntry, senses: number, byKey: readonly Span[], byLiteral: readonly Span[]): number {
    const known = this.#byKey.length;
    const number = this.#register(entry, senses, byKey, byLiteral);
    if (number === known) {
      this.entries.push(entry);
      this.senses.push(senses);
    } else {
      this.senses[number] = (this.senses[number] ?? 0) | senses;
    }
    return number;
  }

  /** Adds an index entry that checks may ask for. Returns its number. */
  #register(entry: IndexEntry, senses: number, byKey: readonly Span[], byLiteral: readonly Span[]): number {
    const number = this.#byKey.length;
    // Numbers are consecutive, so this is the number of used slots.
    if (2 * number >= this.#mask) this.#grow();
    const table = this.#table;
    const place = this.#place(table, lowOf(entry), upperOf(entry));
    if (table[place + 1] === 0) {
      table[place] = lowOf(entry);
      table[place + 1] = upperOf(entry) + 1;
      table[place + 2] = number;
      table[place + 3] = senses;
      this.#byKey.push(byKey);
      this.#byLiteral.push(byLiteral);
      return number;
    }
    const known = table[place + 2] ?? 0;
    table[place + 3] = (table[place + 3] ?? 0) | senses;
    this.#byKey[known] = united(this.#byKey[known] ?? NOWHERE, byKey);
    this.#byLiteral[known] = united(this.#byLiteral[known] ?? NOWHERE, byLiteral);
    return known;
  }

  #grow(): void {
    const old = this.#table;
    this.#mask = 2 * this.#mask + 1;
    const table = new Int32Array(2 * old.length);
    for (let at = 0; at < old.length; at += SLOT) {
      const upper = old[at + 1] ?? 0;
      if (upper !== 0) table.set(old.subarray(at, at + SLOT), this.#place(table, old[at] ?? 0, upper - 1));
    }
    this.#table = table;
  }

  /** Returns the place of an index entry in a table, or the free place for it. */
  #place(table: Int32Array, low: number, upper: number): number {
    const last = SLOT * this.#mask;
    for (let at = SLOT * (low & this.#mask); ; at = (at + SLOT) & last) {
      const there = table[at + 1];
      if (there === 0 || (there === upper + 1 && table[at] === low)) return at;
    }
  }

  /** Returns whether the text has an index entry in a sense, given its lower bits and the result of `highOf`. */
  has(low: number, high: number): boolean {
    // A free place has no senses.
    return ((this.#table[this.#place(this.#table, low, high >>> 1) + 3] as number) & senseOf(high)) !== 0;
  }

  /** Returns the number of an index entry in a sense, for `spans` and `literalIs`; -1 if the text does not have it. */
  numberOf(low: number, high: number): number {
    const place = this.#place(this.#table, low, high >>> 1);
    return ((this.#table[place + 3] as number) & senseOf(high)) === 0 ? -1 : (this.#table[place + 2] as number);
  }

  /** Returns where an index entry occurs in a sense. */
  spans(number: number, sense: EntrySense): readonly Span[] {
    return (sense === KEY ? this.#byKey[number] : this.#byLiteral[number]) ?? NOWHERE;
  }

  /** Number of positions in the text. */
  get positions(): number {
    return this.#literalAt.length;
  }

  literalIs(position: number, number: number): boolean {
    return this.#literalAt[position] === number + 1;
  }

  /**
   * Returns the number of a prefix, given as `lowOf` and `highOf` return it; -1 if no word has it. All prefixes of a
   * length are indexed when the first of them is requested.
   */
  numberOfPrefix(beginning: IndexEntry, length: number, low: number, high: number): number {
    const beginners = this.#beginners();
    const number = this.numberOf(lowOf(beginning), highOf(beginning, KEY));
    if (number < 0) return -1;
    let lengths = this.#expanded[number];
    if (lengths === undefined) {
      lengths = new Set();
      this.#expanded[number] = lengths;
    }
    if (!lengths.has(length)) {
      lengths.add(length);
      this.#expand(beginners.get(-beginning) ?? [], length);
    }
    return this.numberOf(low, high);
  }

  #expand(beginners: readonly WordBeginning[], length: number): void {
    const prefixes = new Map<IndexEntry, Span[]>();
    for (const { literal, space, span } of beginners) {
      if (literal.length < length) continue;
      const prefix = this.#makes.prefix(space, literal.slice(0, length));
      const known = prefixes.get(prefix);
      if (known) known.push(span);
      else prefixes.set(prefix, [span]);
    }
    for (const [prefix, spans] of prefixes) this.#register(prefix, KEY, spans, NOWHERE);
  }
}

/** Returns both lists merged, in order. */
const united = (some: readonly Span[], more: readonly Span[]): readonly Span[] => {
  if (some.length === 0 || more.length === 0) return some.length === 0 ? more : some;
  return [...some, ...more].sort((a, b) => a.position - b.position);
};
