/**
 * Parses a query string into a tree.
 *
 * ```
 *   query   = or
 *   or      = and { ("OR" | "|") and }
 *   and     = not { ["AND"] not }
 *   not     = { "NOT" | "-" } near
 *   near    = item [ "NEAR/n" item ]
 *   item    = "(" or ")" | field ":" item | '"' words '"' | prefix "*" | name | word
 * ```
 *
 * After `lang:` a word is a language code. After `place:`, `actor:` and `topic:` it is a name of that kind. These
 * fields apply to each term of a parenthesis: `lang:(en OR ar)` is `lang:en OR lang:ar`. Fields cannot be nested.
 *
 * A name is the longest run of bare words that the vocabulary knows. A bare token of several words that is no name
 * (`cease-fire`) is a compound. A bare token without words (`&`) is skipped.
 */
import { readName, type Vocabulary } from "./names.ts";
import { countCharacters, FIELDS, LIMITS, QueryError, type QueryField, type Token, Tokens } from "./tokens.ts";
import { normalise, type Query, STYLES, type Term, withoutRequired, write } from "./tree.ts";
import { queryKey, type Word } from "./words.ts";

export { LIMITS, QueryError };

/** A parsed query: its normalised tree and its canonical form. */
export interface ParsedQuery {
  tree: Query;
  canonical: string;
}

/** Parses a query. Throws a `QueryError` if it is malformed, exceeds a limit, or has no required term. */
export function parseQuery(source: string, vocabulary: Vocabulary): ParsedQuery {
  const tree = readTree(source, vocabulary);
  // Two words may form a name once nothing separates them, and a query written in full may exceed a limit. So the
  // canonical form is the first style that parses back to the same tree.
  for (const canonical of new Set(STYLES.map((style) => write(tree, style)))) {
    if (means(canonical, tree, vocabulary)) return { tree, canonical };
  }
  return { tree, canonical: source.toWellFormed().trim() };
}

function means(written: string, tree: Query, vocabulary: Vocabulary): boolean {
  try {
    return JSON.stringify(readTree(written, vocabulary)) === JSON.stringify(tree);
  } catch (error) {
    if (error instanceof QueryError) return false;
    throw error;
  }
}

function readTree(source: string, vocabulary: Vocabulary): Query {
  const characters = countCharacters(source);
  if (characters > LIMITS.characters) {
    const within = [...source.slice(0, 2 * LIMITS.characters)].slice(0, LIMITS.characters).join("");
    const wrong = `A query has at most ${LIMITS.characters} characters; this one has ${characters}`;
    throw new QueryError(wrong, "split it into several queries", source, within.length);
  }
  return new Parser(source, vocabulary).query();
}

/** Example shown when a term is missing, by the token before or after the gap. */
const EXAMPLES: Readonly<Partial<Record<Token["kind"], string>>> = {
  open: "(aleppo OR homs)",
  or: "aleppo OR homs",
  and: "aleppo AND convoy",
  not: "aleppo NOT convoy",
  near: "aleppo NEAR/8 convoy",
};

class Parser {
  readonly #source: string;
  readonly #vocabulary: Vocabulary;
  readonly #tokens: Tokens;
  #next = 0;
  /** Number of open parentheses. */
  #depth = 0;
  #terms = 0;
  #field: QueryField | undefined;
  /** Position of each NOT. */
  readonly #nots = new Map<Query, number>();

  constructor(source: string, vocabulary: Vocabulary) {
    this.#source = source;
    this.#vocabulary = vocabulary;
    this.#tokens = new Tokens(source);
  }

  /** Returns the whole query, normalised. */
  query(): Query {
    if (this.#tokens.at(0) === undefined) throw this.#error("This query has no word in it", "write aleppo convoy", 0);
    const read = this.#or();
    const rest = this.#tokens.at(this.#next);
    if (rest) throw this.#error("This parenthesis was never opened", `write ${EXAMPLES.open}`, rest.position);
    const tree = normalise(read);
    if (withoutRequired(tree) === undefined) return tree;
    const wrong = "At least one term must be required: NOT alone would match almost everything";
    throw this.#error(wrong, "write aleppo NOT convoy", this.#nots.get(withoutRequired(read) ?? read) ?? 0);
  }

  #or(): Query {
    const operands = [this.#and()];
    while (this.#accept("or")) operands.push(this.#and());
    return operands.length === 1 && operands[0] ? operands[0] : { kind: "or", operands };
  }

  #and(): Query {
    const operands = [this.#not()];
    while (this.#accept("and") || this.#startsItem()) operands.push(this.#not());
    return operands.length === 1 && operands[0] ? operands[0] : { kind: "and", operands };
  }

  #not(): Query {
    const nots: number[] = [];
    for (let not = this.#accept("not"); not; not = this.#accept("not")) nots.push(not.position);
    const [deepest] = nots.slice(LIMITS.depth);
    if (deepest !== undefined) {
      throw this.#error(
        `NOT may be repeated at most ${LIMITS.depth} times`,
        "write it once, since two NOTs cancel out",
        deepest,
      );
    }
    return nots.reduceRight((operand: Query, position) => {
      const not: Query = { kind: "not", operand };
      this.#nots.set(not, position);
      return not;
    }, this.#near());
  }

  #near(): Query {
    const left = this.#side();
    const near = this.#accept("near");
    if (near?.kind !== "near") return left.query;
    const right = this.#side();
    for (const { query, position } of [left, right]) {
      if (["word", "phrase", "compound", "name", "prefix"].includes(query.kind)) continue;
      const isGroup = ["and", "or", "near"].includes(query.kind);
      const example = isGroup ? "aleppo NEAR/8 convoy OR homs NEAR/8 convoy" : "title:(aleppo NEAR/8 convoy)";
      throw this.#error(`Each side of ${near.written} is one word, phrase or name`, `write ${example}`, position);
    }
    const again = this.#tokens.at(this.#next);
    if (again?.kind === "near") {
      const right = "write aleppo NEAR/8 convoy AND convoy NEAR/8 attacked";
      throw this.#error("NEAR joins two terms only", right, again.position);
    }
    return { kind: "near", distance: near.distance, left: left.query, right: right.query };
  }

  /** Returns an item and its position. */
  #side(): { query: Query; position: number } {
    const position = this.#tokens.at(this.#next)?.position ?? this.#source.length;
    return { query: this.#item(), position };
  }

  #item(): Query {
    const token = this.#tokens.at(this.#next);
    switch (token?.kind) {
      case "open":
        return this.#group(token.position);
      case "field":
        this.#next++;
        return this.#inField(token.field, token.position);
      case "phrase":
      case "bare":
        this.#next++;
        if (++this.#terms > LIMITS.terms) {
          const wrong = `A query has at most ${LIMITS.terms} terms; the next begins here`;
          throw this.#error(wrong, "split it into several queries", token.position);
        }
        return this.#term(token);
      default:
        throw this.#missing(token);
    }
  }

  /** Returns the error for a missing term: another token, or nothing, is in its place. */
  #missing(token: Token | undefined): QueryError {
    const before = this.#tokens.at(this.#next - 1);
    const position = token?.position ?? this.#source.trimEnd().length;
    if (before?.kind === "field") {
      const right = `${before.field}:${FIELDS[before.field]}`;
      if (token?.kind === "not") return this.#error("NOT goes before the field", `write -${right}`, position);
      return this.#error(
        `A word, phrase or parenthesis was expected after ${before.field}:`,
        `write ${right}`,
        position,
      );
    }
    if (before?.kind === "near" && token?.kind === "not") {
      return this.#error("NOT goes before both sides of NEAR", "write -(aleppo NEAR/8 convoy)", position);
    }
    if (before && (token === undefined || token.kind === "close")) {
      const wrong =
        before.kind === "open" ? "These parentheses are empty" : `A term was expected after ${before.written}`;
      return this.#error(wrong, `write ${EXAMPLES[before.kind]}`, position);
    }
    if (token?.kind === "close") {
      return this.#error("This parenthesis was never opened", `write ${EXAMPLES.open}`, position);
    }
    const written = token?.written ?? "";
    const word = /^\p{L}/u.test(written) ? ", or put it in quotes to search for the word itself" : "";
    const right = `write ${token && EXAMPLES[token.kind]}${word}`;
    return this.#error(`A term was expected before ${written}`, right, position);
  }

  #group(position: number): Query {
    if (++this.#depth > LIMITS.depth) {
      const right = "remove those that are not needed, or split it into several queries";
      throw this.#error(`Parentheses may be nested at most ${LIMITS.depth} deep`, right, position);
    }
    this.#next++;
    const query = this.#or();
    if (!this.#accept("close"))
      throw this.#error("This parenthesis is never closed", `write ${EXAMPLES.open}`, position);
    this.#depth--;
    return query;
  }

  #inField(field: QueryField, position: number): Query {
    const outer = this.#field;
    if (outer !== undefined) {
      const [one, other] = [`${outer}:${FIELDS[outer]}`, `${field}:${FIELDS[field]}`];
      const right = outer === field ? `write ${one}` : `write ${one} AND ${other}`;
      throw this.#error("A field cannot be inside another", right, position);
    }
    this.#field = field;
    const operand = this.#item();
    this.#field = undefined;
    return field === "title" || field === "publisher" ? { kind: "field", field, operand } : operand;
  }

  #term(token: WordsToken): Term {
    switch (this.#field) {
      case "lang":
        return this.#language(token);
      case "place":
      case "actor":
      case "topic":
        return this.#named(this.#field, token);
      default:
        if (token.kind === "phrase") return phraseTerm(token.words);
        return token.prefix ? this.#prefix(token) : this.#nameOrWord(token);
    }
  }

  #language(token: WordsToken): Term {
    const code = token.words[0]?.literal ?? "";
    if (token.words.length === 1 && /^[a-z]{2,3}$/.test(code) && !isPrefix(token)) {
      return { kind: "language", text: `lang:${code}`, code };
    }
    const right = "write lang:en, or lang:(en OR ar)";
    throw this.#error("lang: needs a language code of two or three letters", right, token.position);
  }

  /** Parses a name of one kind: the longest run of bare words that is one, a whole phrase, or an id. */
  #named(kind: "place" | "actor" | "topic", token: WordsToken): Term {
    if (isPrefix(token)) {
      const right = `write ${kind}:${FIELDS[kind]}`;
      throw this.#error(`A name after ${kind}: must be written in full, without *`, right, token.position);
    }
    const { words, ends } =
      token.kind === "bare" ? this.#run(token) : { words: token.words, ends: [token.words.length] };
    const name = readName(this.#vocabulary, words, (end) => ends.includes(end), kind);
    const written = words.slice(0, name?.end ?? token.words.length);
    this.#next += ends.indexOf(written.length);
    const id = `${kind}:${written.map((word) => word.literal).join("-")}`;
    if (this.#vocabulary.names.has(id)) return { kind: "named", text: id, ids: [id] };
    // Hyphens stay: a spelling may have them (`cease-fire`) or be written as one word.
    const text = bareText(written);
    return { kind: "named", text: `${kind}:${text.includes(" ") ? `"${text}"` : text}`, ids: name?.ids ?? [] };
  }

  #nameOrWord(token: WordsToken): Term {
    const { words, ends } = this.#run(token);
    const name = readName(this.#vocabulary, words, (end) => ends.includes(end));
    if (name === undefined) return wordTerm(token.words);
    this.#next += ends.indexOf(name.end);
    return { kind: "name", text: bareText(words.slice(0, name.end)), ids: name.ids };
  }

  #prefix(token: WordsToken): Term {
    const [word, ...more] = token.words;
    const literal = more.length > 0 ? "" : (word?.literal ?? "");
    if ((literal.match(/[\p{L}\p{N}\p{M}]/gu) ?? []).length < LIMITS.prefix) {
      const wrong = `* needs the beginning of one word before it, of at least ${LIMITS.prefix} letters`;
      throw this.#error(wrong, "write bomb*", token.position);
    }
    return { kind: "prefix", text: `${literal}*`, prefix: literal };
  }

  /**
   * Returns the words of a bare token and of the bare tokens after it, and the number of words up to the end of each
   * token.
   */
  #run(first: WordsToken): { words: Word[]; ends: number[] } {
    const words = [...first.words];
    const ends = [words.length];
    for (let i = this.#next; words.length < LIMITS.terms; i++) {
      const token = this.#tokens.at(i);
      if (token?.kind !== "bare" || token.prefix) break;
      words.push(...token.words);
      ends.push(words.length);
    }
    return { words, ends };
  }

  #accept(kind: Token["kind"]): Token | undefined {
    const token = this.#tokens.at(this.#next);
    if (token?.kind !== kind) return undefined;
    this.#next++;
    return token;
  }

  #startsItem(): boolean {
    const kind = this.#tokens.at(this.#next)?.kind;
    return kind !== undefined && !["or", "close", "near", "and"].includes(kind);
  }

  #error(wrong: string, right: string, position: number): QueryError {
    return new QueryError(wrong, right, this.#source, position);
  }
}

/** A token that contains words. */
type WordsToken = Extract<Token, { words: Word[] }>;

const isPrefix = (token: WordsToken): boolean => token.kind === "bare" && token.prefix;

/** Returns words as a person would type them: hyphenated words stay hyphenated. */
function bareText(words: readonly Word[]): string {
  return words.map((word, i) => word.literal + (i === words.length - 1 ? "" : word.hyphen ? "-" : " ")).join("");
}

function wordTerm(words: readonly Word[]): Term {
  const [word, ...more] = words;
  if (word === undefined) throw new Error("a bare token without words");
  if (more.length === 0) return { kind: "word", text: word.literal, key: queryKey(word.literal) };
  const literals = words.map((each) => each.literal);
  return {
    kind: "compound",
    text: literals.join("-"),
    keys: literals.map(queryKey),
    joined: queryKey(literals.join("")),
  };
}

function phraseTerm(words: readonly Word[]): Term {
  const literals = words.map((word) => word.literal);
  return { kind: "phrase", text: `"${literals.join(" ")}"`, words: literals };
}
