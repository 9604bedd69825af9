/** Cuts a query string into tokens. */
import { editDistance } from "./nearest.ts";
import { splitWords, type Word } from "./words.ts";

export const LIMITS = { characters: 512, terms: 32, depth: 8, prefix: 3, distance: 100 } as const;

/**
 * A query that cannot be read. `position` counts UTF-16 code units of the query from 0. The message says what is wrong,
 * at which character, and how to fix it. Characters in the message are code points counted from 1, like the limit of
 * 512.
 */
export class QueryError extends Error {
  readonly position: number;
  constructor(wrong: string, right: string, source: string, position: number) {
    super(`${wrong} (at character ${countCharacters(source.slice(0, position)) + 1}): ${right}`);
    this.position = position;
  }
}

/** Returns the number of code points without copying the string, since it may be megabytes long. */
export function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) count--;
  }
  return count;
}

type Read =
  | { kind: "open" | "close" | "or" | "and" | "not" }
  | { kind: "near"; distance: number }
  | { kind: "field"; field: QueryField }
  | { kind: "phrase"; words: Word[] }
  /** Text without spaces or quotes: a word, a compound, or the beginning of a word. */
  | { kind: "bare"; words: Word[]; prefix: boolean };

/** `written` is the token as the query writes it. `position` is its place, in UTF-16 code units. */
export type Token = Read & { written: string; position: number };

/** The fields, each with an example of what may follow. */
export const FIELDS = {
  title: "aleppo",
  publisher: "reuters",
  lang: "en",
  place: "aleppo",
  actor: "un",
  topic: "ceasefire",
} as const;
export type QueryField = keyof typeof FIELDS;
const isField = (name: string): name is QueryField => Object.hasOwn(FIELDS, name);

const OPERATORS: ReadonlyMap<string, "and" | "or" | "not"> = new Map([
  ["AND", "and"],
  ["OR", "or"],
  ["NOT", "not"],
]);
const NEXT_TOKEN = /\s*(?:([()]|\|\|?)|(["“”„‟«»])|([^\s()|"“”„‟«»]+))/uy;
/** Quotation marks of one family close each other, since keyboards and editors mix them. */
const ANGLES = /[«»]/;
const DOUBLES = /["“”„‟]/;
/** The hyphen-minus, and the hyphens, en dash and minus sign that editors replace it with. */
const MINUSES = /^[-\u2010-\u2013\u2212]+/;

/**
 * Cuts a query into tokens on demand: a query refused for its beginning is not read to its end. Throws a `QueryError`
 * for an open or empty quotation, an unknown field, a NEAR without a number, and a * that does not end a word.
 */
export class Tokens {
  readonly #tokens: Token[] = [];
  readonly #source: string;
  /** The query without invisible characters, and the source offset of each of its code units. */
  readonly #text: string;
  readonly #offsets: readonly number[] | undefined;
  /** End of the last token and start of the next one, in the text. */
  #end = 0;
  #next = 0;

  constructor(source: string) {
    this.#source = source;
    const plain = withPlainSigns(source);
    this.#offsets = INVISIBLE.test(plain) ? visibleOffsets(plain) : undefined;
    this.#text = this.#offsets?.map((offset) => plain.charAt(offset)).join("") ?? plain;
  }

  /** Returns the token at an index; undefined after the last. */
  at(number: number): Token | undefined {
    while ((this.#tokens.length <= number || this.#mayBeDropped()) && this.#step());
    return this.#tokens[number];
  }

  /** Returns whether the last token may still turn out to be a sign without meaning. */
  #mayBeDropped(): boolean {
    const kind = this.#tokens.at(-1)?.kind;
    return kind === "not" || kind === "field";
  }

  /** Reads the next token. Returns false at the end. */
  #step(): boolean {
    NEXT_TOKEN.lastIndex = this.#next;
    const match = NEXT_TOKEN.exec(this.#text);
    if (match === null) return false;
    const [all, sign, quote, bare] = match;
    this.#next += all.length;
    const written = sign ?? quote ?? bare ?? "";
    const start = this.#next - written.length;
    if (bare !== undefined) this.#bare(bare, start);
    else if (quote !== undefined) this.#phrase(quote, start);
    else this.#push({ kind: written === "(" ? "open" : written === ")" ? "close" : "or" }, written, start);
    return true;
  }

  #phrase(quote: string, start: number): void {
    const right = 'write "safe passage"';
    const rest = this.#text.slice(start + 1);
    const length = rest.search(ANGLES.test(quote) ? ANGLES : DOUBLES);
    if (length < 0) throw this.#error("This quotation mark is never closed", right, start);
    const quoted = rest.slice(0, length);
    const star = quoted.indexOf("*");
    if (star >= 0) {
      const wrong = "* has no meaning inside quotes, where words must match exactly";
      throw this.#error(wrong, "remove it, or write bomb* without quotes", start + 1 + star);
    }
    const words = splitWords(quoted);
    if (words.length === 0) throw this.#error("These quotes contain no word", right, start);
    this.#push({ kind: "phrase", words }, rest.slice(0, length + 1), start);
    this.#next = start + length + 2;
  }

  /** Reads a stretch without spaces: NOT signs, an operator, a field or words. Signs without a word are skipped. */
  #bare(bare: string, start: number): void {
    const minuses = this.#minuses(bare, start);
    const operator = OPERATORS.get(bare);
    const name = /^(\p{L}+):/u.exec(bare)?.[1];
    if (minuses > 0) {
      for (let i = 0; i < minuses; i++) this.#push({ kind: "not" }, bare.charAt(i), start + i);
      this.#next = start + minuses;
    } else if (operator !== undefined) {
      this.#push({ kind: operator }, bare, start);
    } else if (/^NEAR(?:\/|$)/.test(bare)) {
      this.#push({ kind: "near", distance: this.#distance(bare, start) }, bare, start);
    } else if (name !== undefined) {
      this.#push({ kind: "field", field: this.#field(name, bare, start) }, `${name}:`, start);
      this.#next = start + name.length + 1;
    } else {
      this.#words(bare, start);
    }
  }

  /**
   * Returns the number of NOT signs at the start of a bare token. Zero if no term follows directly (`a -- b`) or the
   * sign is a dash (`"a"–"b"`).
   */
  #minuses(bare: string, start: number): number {
    const length = MINUSES.exec(bare)?.[0].length ?? 0;
    if (length === 0 || (!bare.startsWith("-") && /[^\s(|]/.test(this.#text.charAt(start - 1)))) return 0;
    const follows = bare.length > length || /["“”„‟«»(]/.test(this.#text.charAt(this.#next));
    return follows ? length : 0;
  }

  #distance(bare: string, start: number): number {
    const distance = /^NEAR\/(\d{1,4})$/.exec(bare)?.[1];
    if (distance !== undefined && Number(distance) >= 1 && Number(distance) <= LIMITS.distance) return Number(distance);
    const number = bare.length > "NEAR/".length ? "NEAR/".length : 0;
    const wrong = `NEAR needs a number of words from 1 to ${LIMITS.distance}`;
    throw this.#error(wrong, "write aleppo NEAR/8 convoy", start + number);
  }

  #field(name: string, bare: string, start: number): QueryField {
    const field = name.toLowerCase();
    if (isField(field)) return field;
    const quoted = `put it in quotes to search for its words, "${clip(bare.replaceAll("*", ""))}"`;
    if (bare.startsWith("://", name.length)) throw this.#error("An address is not a query", quoted, start);
    const near = nearestField(field);
    const known = near
      ? `did you mean ${near}:? If not, ${quoted}`
      : `the fields are ${Object.keys(FIELDS).join(", ")}; ${quoted}`;
    throw this.#error(`There is no field "${clip(name)}"`, known, start);
  }

  #words(bare: string, start: number): void {
    if (bare.startsWith(":")) this.#checkColon(start);
    const prefix = this.#endsInStar(bare, start);
    // Words with no space between them are read as if hyphenated, whatever sign joins them. The canonical form writes
    // the hyphen.
    const words = splitWords(bare).map((word, i, all) => ({ ...word, hyphen: i < all.length - 1 }));
    if (words.length > 0) this.#push({ kind: "bare", words, prefix }, bare, start);
    else this.#skipSigns(start);
  }

  /**
   * Skips signs without a word. A minus or field in front of them is dropped or refused, so that it does not apply to
   * the next word.
   */
  #skipSigns(start: number): void {
    for (let last = this.#tokens.at(-1); last && this.#end === start; last = this.#tokens.at(-1)) {
      if (last.kind === "field") {
        throw this.#error(`There is no word after ${last.field}:`, `write ${last.field}:${FIELDS[last.field]}`, start);
      }
      if (last.kind !== "not" || !MINUSES.test(last.written)) return;
      this.#tokens.pop();
      this.#end = --start;
    }
  }

  /** `title :aleppo` would otherwise search for the word "title". */
  #checkColon(start: number): void {
    const last = this.#tokens.at(-1);
    const field = last?.kind === "bare" ? last.written.toLowerCase() : "";
    if (!isField(field)) return;
    throw this.#error("A field and its colon must be written together", `write ${field}:${FIELDS[field]}`, start);
  }

  /**
   * Returns whether a bare token is the beginning of a word. A * elsewhere is refused, since it would not do what was
   * meant.
   */
  #endsInStar(bare: string, start: number): boolean {
    const star = bare.indexOf("*");
    if (star < 0 || /^[^*]*[\p{L}\p{N}\p{M}]\*+[^\p{L}\p{N}*]*$/u.test(bare)) return star >= 0;
    const wrong = `* is allowed only at the end of a word, after at least ${LIMITS.prefix} letters`;
    throw this.#error(wrong, "write bomb*", start + star);
  }

  #push(token: Read, written: string, start: number): void {
    this.#tokens.push({ ...token, written, position: this.#original(start) });
    this.#end = start + written.length;
  }

  #original(offset: number): number {
    return this.#offsets === undefined ? offset : (this.#offsets[offset] ?? this.#source.length);
  }

  #error(wrong: string, right: string, offset: number): QueryError {
    return new QueryError(wrong, right, this.#source, this.#original(offset));
  }
}

/**
 * Returns a query of the same length with spaces for control characters and plain signs for wide ones (（ is a
 * parenthesis).
 */
const withPlainSigns = (source: string): string =>
  source
    .toWellFormed()
    .replace(/\p{Cc}/gu, " ")
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));

/** Direction marks and similar characters, which may be around operators and in words unseen. */
const INVISIBLE = /\p{Cf}/u;

function visibleOffsets(text: string): number[] {
  const offsets: number[] = [];
  for (const { 0: character, index } of text.matchAll(/\P{Cf}/gu)) {
    for (let i = 0; i < character.length; i++) offsets.push(index + i);
  }
  return offsets;
}

const clip = (written: string): string => {
  const characters = [...written];
  return characters.length > 40 ? `${characters.slice(0, 40).join("")}…` : written;
};

/**
 * Returns the field that was probably meant: one or two letters away, or a longer or shorter form (`language:`,
 * `pub:`).
 */
function nearestField(name: string): QueryField | undefined {
  const most = name.length < 5 ? 1 : 2;
  const fields = Object.keys(FIELDS).filter(isField);
  return (
    fields.find((field) => name.length > 2 && (field.startsWith(name) || name.startsWith(field))) ??
    fields.find((field) => editDistance(field, name, most) <= most)
  );
}
