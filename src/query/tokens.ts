/** A query string → its tokens. */
import { editDistance } from "./nearest.ts";
import { splitWords, type Word } from "./words.ts";

export const LIMITS = { characters: 512, terms: 32, depth: 8, prefix: 3, distance: 100 } as const;

/**
 * A query that cannot be read. `position` counts UTF-16 code units of the query from 0. The message is for the one who wrote the
 * query: what is wrong, at which character, and what would be right. It counts characters from 1: code points, as the limit of 512 does.
 */
export class QueryError extends Error {
  readonly position: number;
  constructor(wrong: string, right: string, source: string, position: number) {
    super(`${wrong} (at character ${countCharacters(source.slice(0, position)) + 1}): ${right}`);
    this.position = position;
  }
}

/** How many code points a string has. Makes no copy: someone may send a megabyte. */
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
  | { kind: "field"; field: Field }
  | { kind: "phrase"; words: Word[] }
  /** What has no space or quotes in it: a word, a compound, or the beginning of a word. */
  | { kind: "bare"; words: Word[]; prefix: boolean };

/** `written` is the token as it stands in the query, and `position` where, in UTF-16 code units. */
export type Token = Read & { written: string; position: number };

/** The fields, each with an example of what may follow it. */
export const FIELDS = {
  title: "aleppo",
  publisher: "reuters",
  lang: "en",
  place: "aleppo",
  actor: "un",
  topic: "ceasefire",
} as const;
export type Field = keyof typeof FIELDS;
const isField = (name: string): name is Field => Object.hasOwn(FIELDS, name);

const OPERATORS: ReadonlyMap<string, "and" | "or" | "not"> = new Map([
  ["AND", "and"],
  ["OR", "or"],
  ["NOT", "not"],
]);
const NEXT_TOKEN = /\s*(?:([()]|\|\|?)|(["“”„‟«»])|([^\s()|"“”„‟«»]+))/uy;
/** Marks of one family close one another, since keyboards and editors mix them. */
const ANGLES = /[«»]/;
const DOUBLES = /["“”„‟]/;
/** The hyphen-minus, and the hyphens, the en dash and the minus sign that editors make of it. */
const MINUSES = /^[-\u2010-\u2013\u2212]+/;

/**
 * Cuts a query into tokens, no further than they are asked for: a query that is refused for its beginning is not read to its end.
 * Throws a `QueryError` for an open or empty quotation, an unknown field, a NEAR without its number, and a * that does not end a word.
 */
export class Tokens {
  readonly #tokens: Token[] = [];
  readonly #source: string;
  /** The query without what is invisible, and where each of its code units stands in the source. */
  readonly #text: string;
  readonly #offsets: readonly number[] | undefined;
  /** Where the last token ends and where the next may begin, in the text. */
  #end = 0;
  #next = 0;

  constructor(source: string) {
    this.#source = source;
    const plain = withPlainSigns(source);
    this.#offsets = INVISIBLE.test(plain) ? visibleOffsets(plain) : undefined;
    this.#text = this.#offsets?.map((offset) => plain.charAt(offset)).join("") ?? plain;
  }

  /** The token with a number, counted from 0; undefined after the last. */
  at(number: number): Token | undefined {
    while ((this.#tokens.length <= number || this.#hangs()) && this.#step());
    return this.#tokens[number];
  }

  /** Whether the last token may yet turn out to be a sign that means nothing. */
  #hangs(): boolean {
    const kind = this.#tokens.at(-1)?.kind;
    return kind === "not" || kind === "field";
  }

  /** Reads what comes next; whether there was anything. */
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
      const wrong = "In quotes words are looked for as they are, and * means nothing";
      throw this.#error(wrong, "take it out, or write bomb* without quotes", start + 1 + star);
    }
    const words = splitWords(quoted);
    if (words.length === 0) throw this.#error("There is no word in these quotes", right, start);
    this.#push({ kind: "phrase", words }, rest.slice(0, length + 1), start);
    this.#next = start + length + 2;
  }

  /** What has no space in it: NOT signs, an operator, a field, words; or signs without a word, which are passed over. */
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

  /** How many signs of NOT a bare token begins with: none where no term follows at once (`a -- b`) or it is a dash (`"a"–"b"`). */
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

  #field(name: string, bare: string, start: number): Field {
    const field = name.toLowerCase();
    if (isField(field)) return field;
    const quoted = `put it in quotes to look for its words, "${clip(bare.replaceAll("*", ""))}"`;
    if (bare.startsWith("://", name.length)) throw this.#error("An address is no query", quoted, start);
    const near = nearestField(field);
    const known = near
      ? `did you mean ${near}:? If not, ${quoted}`
      : `the fields are ${Object.keys(FIELDS).join(", ")}; ${quoted}`;
    throw this.#error(`There is no field "${clip(name)}"`, known, start);
  }

  #words(bare: string, start: number): void {
    if (bare.startsWith(":")) this.#checkColon(start);
    const prefix = this.#endsInStar(bare, start);
    // Whatever sign stands between them, words without a space between are read as with a hyphen, as they are written again.
    const words = splitWords(bare).map((word, i, all) => ({ ...word, hyphen: i < all.length - 1 }));
    if (words.length > 0) this.#push({ kind: "bare", words, prefix }, bare, start);
    else this.#passOver(start);
  }

  /** Signs without a word: a minus or a field that they hang on means nothing without it, least of all the word that follows. */
  #passOver(start: number): void {
    for (let last = this.#tokens.at(-1); last && this.#end === start; last = this.#tokens.at(-1)) {
      if (last.kind === "field") {
        throw this.#error(`There is no word after ${last.field}:`, `write ${last.field}:${FIELDS[last.field]}`, start);
      }
      if (last.kind !== "not" || !MINUSES.test(last.written)) return;
      this.#tokens.pop();
      this.#end = --start;
    }
  }

  /** `title :aleppo` would otherwise look for the word "title". */
  #checkColon(start: number): void {
    const last = this.#tokens.at(-1);
    const field = last?.kind === "bare" ? last.written.toLowerCase() : "";
    if (!isField(field)) return;
    throw this.#error("A field and its colon are written together", `write ${field}:${FIELDS[field]}`, start);
  }

  /** Whether a bare token is the beginning of a word. A * elsewhere is refused, since it would not do what was meant. */
  #endsInStar(bare: string, start: number): boolean {
    const star = bare.indexOf("*");
    if (star < 0 || /^[^*]*[\p{L}\p{N}\p{M}]\*+[^\p{L}\p{N}*]*$/u.test(bare)) return star >= 0;
    const wrong = `* stands at the end of a word only, after at least ${LIMITS.prefix} letters`;
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

/** A query with spaces for control characters and plain signs for wide ones (（ is a parenthesis); as long as it was. */
const withPlainSigns = (source: string): string =>
  source
    .toWellFormed()
    .replace(/\p{Cc}/gu, " ")
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));

/** Marks of direction and the like, which stand around operators and in words without anyone seeing them. */
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

/** The field that was probably meant: one letter or two away, or a longer or shorter form of it (`language:`, `pub:`). */
function nearestField(name: string): Field | undefined {
  const most = name.length < 5 ? 1 : 2;
  const fields = Object.keys(FIELDS).filter(isField);
  return (
    fields.find((field) => name.length > 2 && (field.startsWith(name) || name.startsWith(field))) ??
    fields.find((field) => editDistance(field, name, most) <= most)
  );
}
