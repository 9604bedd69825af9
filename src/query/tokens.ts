/** A query string → its tokens. */
import { splitWords, type Word } from "./words.ts";

export const LIMITS = { characters: 512, terms: 32, depth: 8, prefix: 3, distance: 100 } as const;

/** A query that cannot be read. `position` counts UTF-16 code units from 0; the message is for the one who wrote the query. */
export class QueryError extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(`${message} (at character ${position + 1})`);
    this.position = position;
  }
}

export type Token =
  | { kind: "open" | "close" | "or" | "and" | "not"; position: number }
  | { kind: "near"; distance: number; position: number }
  | { kind: "field"; field: Field; position: number }
  | { kind: "phrase"; words: Word[]; position: number }
  | { kind: "bare"; source: string; words: Word[]; position: number };

const FIELDS = ["title", "publisher", "lang", "place", "actor", "topic"] as const;
export type Field = (typeof FIELDS)[number];
const isField = (name: string): name is Field => (FIELDS as readonly string[]).includes(name);

const OPERATORS: Readonly<Record<string, "and" | "or" | "not">> = { AND: "and", OR: "or", NOT: "not", "|": "or" };
const QUOTES = /["\u201c\u201d\u201e\u00ab\u00bb]/u;
const NEXT_TOKEN =
  /\s*(?:([()|])|(-)(?=[^\s)|])|(["\u201c\u201d\u201e\u00ab\u00bb])|([^\s()|"\u201c\u201d\u201e\u00ab\u00bb]+))/uy;

/** Cuts a query into tokens. Throws a `QueryError` for an open quotation, an unknown field, or a NEAR without its number. */
export function tokenise(source: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (true) {
    NEXT_TOKEN.lastIndex = position;
    const match = NEXT_TOKEN.exec(source);
    if (match === null) return tokens;
    const [all, sign, minus, quote, bare] = match;
    const start = position + all.length - (sign ?? minus ?? quote ?? bare ?? "").length;
    position += all.length;
    if (sign === "(") tokens.push({ kind: "open", position: start });
    else if (sign === ")") tokens.push({ kind: "close", position: start });
    else if (sign === "|") tokens.push({ kind: "or", position: start });
    else if (minus !== undefined) tokens.push({ kind: "not", position: start });
    else if (quote !== undefined) position = pushPhrase(tokens, source, start);
    else if (bare !== undefined) position = pushBare(tokens, bare, start);
  }
}

/** A quoted phrase; returns where the next token begins. */
function pushPhrase(tokens: Token[], source: string, start: number): number {
  const length = source.slice(start + 1).search(QUOTES);
  if (length < 0) throw new QueryError("This quotation mark is never closed", start);
  const words = splitWords(source.slice(start + 1, start + 1 + length));
  if (words.length === 0) throw new QueryError("There is no word between these quotation marks", start);
  tokens.push({ kind: "phrase", words, position: start });
  return start + length + 2;
}

/** An operator, a field or a bare word; returns where the next token begins. */
function pushBare(tokens: Token[], bare: string, start: number): number {
  const operator = OPERATORS[bare];
  const field = /^(\p{L}+):/u.exec(bare);
  if (operator !== undefined) {
    tokens.push({ kind: operator, position: start });
  } else if (/^NEAR(?:\/|$)/.test(bare)) {
    tokens.push({ kind: "near", distance: readDistance(bare, start), position: start });
  } else if (field?.[1] !== undefined) {
    const name = field[1].toLowerCase();
    if (!isField(name)) {
      throw new QueryError(
        `There is no field "${field[1]}"; the fields are ${FIELDS.join(", ")}. Put the words in quotes to look for them`,
        start,
      );
    }
    tokens.push({ kind: "field", field: name, position: start });
    return start + field[0].length;
  } else {
    // Whatever sign stands between them, words without a space between are read as with a hyphen, as they are written again.
    const words = splitWords(bare).map((word, i, all) => ({ ...word, hyphen: i < all.length - 1 }));
    if (words.length > 0) tokens.push({ kind: "bare", source: bare, words, position: start });
  }
  return start + bare.length;
}

function readDistance(bare: string, position: number): number {
  const distance = /^NEAR\/(\d{1,4})$/.exec(bare)?.[1];
  if (distance === undefined || Number(distance) < 1 || Number(distance) > LIMITS.distance) {
    throw new QueryError(`Write NEAR/8, with a number of words from 1 to ${LIMITS.distance}`, position);
  }
  return Number(distance);
}
