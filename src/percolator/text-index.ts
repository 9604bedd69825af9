/** A text as the percolator asks it: which entries it has, and where. Made once an article, from its analysis. */
import type { AnalysedField, AnalysedText, Span } from "../query/text.ts";
import {
  type Entries,
  type Entry,
  highOf,
  KEY,
  LITERAL,
  lowOf,
  type Sense,
  type Space,
  senseOf,
  upperOf,
} from "./entry.ts";

const NOWHERE: readonly Span[] = [];

/** Of a place in the table: the lower bits of the entry, the upper ones and 1 (0: free), the number of the entry, its senses. */
const SLOT = 4;

/** A word that begins in one way, and where it stands. */
interface Beginner {
  literal: string;
  space: Space;
  span: Span;
}

export class TextIndex {
  /** The entries that the text has, each once, and in which senses (KEY, LITERAL or both). */
  readonly entries: Entry[] = [];
  readonly senses: number[] = [];
  /** By the number of an entry, where it stands. */
  readonly #byKey: (readonly Span[])[] = [];
  readonly #byLiteral: (readonly Span[])[] = [];
  /** The first position behind the title. */
  readonly titleEnd: number;
  /** By position: 1 + the number of the literal that stands there; 0 where nothing stands. */
  readonly #literalAt: Int32Array;
  readonly #text: AnalysedText;
  readonly #makes: Entries;
  /** By the entry of a beginning: the words that begin so. Made when it is first asked for. */
  #beginnings: Map<Entry, Beginner[]> | undefined;
  /** By the number of a beginning: the lengths of prefixes that are known of it. */
  readonly #expanded: (Set<number> | undefined)[] = [];
  // A hash table with open addressing, as in RowTable: it is asked for every word of every query that shares an anchor.
  #table: Int32Array;
  #mask: number;

  /** `makes` makes entries as the store does. `beginnings`: whether any query is filed under the beginning of a word; else they are not among the entries. */
  constructor(text: AnalysedText, makes: Entries, beginnings: boolean) {
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
    // Last, so that the numbers of all others are their places among the entries.
    if (beginnings) {
      for (const beginning of this.#beginners().keys()) {
        this.entries.push(beginning);
        this.senses.push(KEY);
      }
    }
  }

  /** The keys of words; where they are written as their keys are, their literals with them. */
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

  /** A key in one space, with the fields that are in it, in order. */
  #addKey(
    key: string,
    space: Space,
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

  /** The literals that are no key of their own: "convoys", whose key is "convoy". */
  #addOtherLiterals({ words, base }: AnalysedField, space: Space): void {
    const others = new Map<string, Span[]>();
    for (let i = 0; i < words.length; i++) {
      if (this.#literalAt[base + i] !== 0) continue;
      const literal = words[i]?.literal ?? "";
      const spans = others.get(literal);
      if (spans) spans.push({ position: base + i, length: 1 });
      else others.set(literal, [{ position: base + i, length: 1 }]);
    }
    // The entry may be there: of the same word in the title, or of a key that is written otherwise elsewhere ("convoy" of "convoys").
    for (const [literal, spans] of others) {
      this.#setLiterals(this.#add(this.#makes.word(space, literal), LITERAL, NOWHERE, spans), spans);
    }
  }

  #beginners(): Map<Entry, Beginner[]> {
    if (this.#beginnings) return this.#beginnings;
    const beginnings = new Map<Entry, Beginner[]>();
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
    for (const beginning of beginnings.keys()) this.#know(-beginning, KEY, NOWHERE, NOWHERE);
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

  /** An entry of the text, which rows are read for; answers its number. Two words of one hash are one entry: the text has it wherever either stands. */
  #add(entry: Entry, senses: number, byKey: readonly Span[], byLiteral: readonly Span[]): number {
    const known = this.#byKey.length;
    const number = this.#know(entry, senses, byKey, byLiteral);
    if (number === known) {
      this.entries.push(entry);
      this.senses.push(senses);
    } else {
      this.senses[number] = (this.senses[number] ?? 0) | senses;
    }
    return number;
  }

  /** An entry that checks may ask for; answers its number. */
  #know(entry: Entry, senses: number, byKey: readonly Span[], byLiteral: readonly Span[]): number {
    const number = this.#byKey.length;
    // Numbers count up, so this is how full the table is.
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

  /** The place of an entry in a table, or the free one that it would take. */
  #place(table: Int32Array, low: number, upper: number): number {
    const last = SLOT * this.#mask;
    for (let at = SLOT * (low & this.#mask); ; at = (at + SLOT) & last) {
      const there = table[at + 1];
      if (there === 0 || (there === upper + 1 && table[at] === low)) return at;
    }
  }

  /** Whether the text has an entry in a sense: its lower bits, and as `highOf` says its upper ones and the sense. */
  has(low: number, high: number): boolean {
    // A free place has no senses.
    return ((this.#table[this.#place(this.#table, low, high >>> 1) + 3] as number) & senseOf(high)) !== 0;
  }

  /** The number of an entry that the text has in a sense, by which `spans` and `literalIs` know it; -1 where it has not. */
  numberOf(low: number, high: number): number {
    const place = this.#place(this.#table, low, high >>> 1);
    return ((this.#table[place + 3] as number) & senseOf(high)) === 0 ? -1 : (this.#table[place + 2] as number);
  }

  /** Where an entry stands in a sense . */
  spans(number: number, sense: Sense): readonly Span[] {
    return (sense === KEY ? this.#byKey[number] : this.#byLiteral[number]) ?? NOWHERE;
  }

  /** How many positions the text has. */
  get positions(): number {
    return this.#literalAt.length;
  }

  literalIs(position: number, number: number): boolean {
    return this.#literalAt[position] === number + 1;
  }

  /**
   * The number of a prefix of some length, given as `lowOf` and `highOf` say, among the words that begin in one way; -1 where no word has
   * it. The prefixes of that length are made known when the first of them is asked for.
   */
  numberOfPrefix(beginning: Entry, length: number, low: number, high: number): number {
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

  #expand(beginners: readonly Beginner[], length: number): void {
    const prefixes = new Map<Entry, Span[]>();
    for (const { literal, space, span } of beginners) {
      if (literal.length < length) continue;
      const prefix = this.#makes.prefix(space, literal.slice(0, length));
      const known = prefixes.get(prefix);
      if (known) known.push(span);
      else prefixes.set(prefix, [span]);
    }
    for (const [prefix, spans] of prefixes) this.#know(prefix, KEY, spans, NOWHERE);
  }
}

/** Both, in order. */
const united = (some: readonly Span[], more: readonly Span[]): readonly Span[] => {
  if (some.length === 0 || more.length === 0) return some.length === 0 ? more : some;
  return [...some, ...more].sort((a, b) => a.position - b.position);
};
