/**
 * A query string → its tree.
 *
 * ```
 * query   = or
 * or      = and { ("OR" | "|") and }
 * and     = not { ["AND"] not }
 * not     = ("NOT" | "-") not | near
 * near    = item [ "NEAR/n" item ]
 * item    = "(" or ")" | "title:" item | "publisher:" item | "lang:" code | ("place:" | "actor:" | "topic:") name
 *         | '"' words '"' | prefix "*" | name | word
 * ```
 *
 * A name is the longest run of bare words that the vocabulary knows. What is left of a bare token with several words in
 * it (`cease-fire`) is a compound; one without any (`&`) is passed over.
 */
import { readName, type Vocabulary } from "./names.ts";
import { type Field, LIMITS, QueryError, type Token, tokenise } from "./tokens.ts";
import { hasRequiredTerm, normalise, type Query, termsOf, write } from "./tree.ts";
import { queryKey, type Word } from "./words.ts";

export { LIMITS, QueryError };

/** A query that was read: its tree in normal order and its one canonical form. */
export interface ParsedQuery {
  tree: Query;
  canonical: string;
}

/** Reads a query. Throws a `QueryError` for one that is malformed, beyond the limits, or without a term that must occur. */
export function parseQuery(source: string, vocabulary: Vocabulary): ParsedQuery {
  const tree = readTree(source, vocabulary);
  // Side by side, two words may be a name that they were not when something stood between them. Written out in full, a query may
  // exceed a limit that it kept to before: then it stays as it is.
  const canonical = ([" ", "AND"] as const)
    .map((and) => write(tree, and))
    .find((form) => means(form, tree, vocabulary));
  return { tree, canonical: canonical ?? source.trim() };
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
  const characters = [...source];
  if (characters.length > LIMITS.characters) {
    const position = characters.slice(0, LIMITS.characters).join("").length;
    throw new QueryError(
      `A query has at most ${LIMITS.characters} characters; this one has ${characters.length}`,
      position,
    );
  }
  const read = new Parser(source, vocabulary).query();
  const terms = termsOf(read).length;
  if (terms > LIMITS.terms) {
    throw new QueryError(`A query has at most ${LIMITS.terms} terms; this one has ${terms}`, source.length);
  }
  const tree = normalise(read);
  if (!hasRequiredTerm(tree)) {
    throw new QueryError("At least one term must be required: a query of NOT alone would match almost everything", 0);
  }
  return tree;
}

class Parser {
  readonly #source: string;
  readonly #vocabulary: Vocabulary;
  readonly #tokens: Token[];
  #next = 0;
  #depth = 0;
  #inField = false;

  constructor(source: string, vocabulary: Vocabulary) {
    this.#source = source;
    this.#vocabulary = vocabulary;
    this.#tokens = tokenise(source);
  }

  query(): Query {
    if (this.#tokens.length === 0) throw new QueryError("This query has no word in it", 0);
    const query = this.#or();
    const rest = this.#tokens[this.#next];
    if (rest?.kind === "close") throw new QueryError("This parenthesis was never opened", rest.position);
    if (rest) throw new QueryError("A term was expected here", rest.position);
    return query;
  }

  #or(): Query {
    const operands = [this.#and()];
    while (this.#take("or")) operands.push(this.#and());
    return operands.length === 1 && operands[0] ? operands[0] : { kind: "or", operands };
  }

  #and(): Query {
    const operands = [this.#not()];
    while (this.#take("and") || this.#startsItem()) operands.push(this.#not());
    return operands.length === 1 && operands[0] ? operands[0] : { kind: "and", operands };
  }

  #not(): Query {
    const not = this.#take("not");
    if (!not) return this.#near();
    return this.#deeper(not.position, () => ({ kind: "not", operand: this.#not() }));
  }

  #near(): Query {
    const left = this.#item();
    const near = this.#take("near");
    if (near?.kind !== "near") return left;
    const right = this.#item();
    for (const side of [left, right]) {
      if (!["word", "phrase", "compound", "name", "prefix"].includes(side.kind)) {
        throw new QueryError("On each side of NEAR stands one word, phrase or name", near.position);
      }
    }
    const again = this.#tokens[this.#next];
    if (again?.kind === "near") throw new QueryError("NEAR joins two terms only; join pairs with AND", again.position);
    return { kind: "near", distance: near.distance, left, right };
  }

  #item(): Query {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new QueryError("A term was expected here, but the query ends", this.#source.length);
    if (token.kind === "open") return this.#group(token.position);
    this.#next++;
    if (token.kind === "field") return this.#field(token.field, token.position);
    if (token.kind === "phrase") return phraseTerm(token.words);
    if (token.kind === "bare") return this.#bare(token);
    const what = token.kind === "close" ? "this parenthesis" : "this operator";
    throw new QueryError(
      `A term was expected before ${what}. Put it in quotes to look for the word itself`,
      token.position,
    );
  }

  #group(position: number): Query {
    return this.#deeper(position, () => {
      this.#next++;
      const query = this.#or();
      if (!this.#take("close")) throw new QueryError("This parenthesis is never closed", position);
      return query;
    });
  }

  #field(field: Field, position: number): Query {
    if (this.#inField) throw new QueryError(`A field cannot stand inside another`, position);
    if (field === "title" || field === "publisher") {
      this.#inField = true;
      const operand = this.#deeper(position, () => this.#item());
      this.#inField = false;
      return { kind: "field", field, operand };
    }
    const token = this.#tokens[this.#next++];
    if (token?.kind !== "bare" && token?.kind !== "phrase") {
      throw new QueryError(`After ${field}: a word or a phrase was expected`, position);
    }
    return field === "lang" ? languageTerm(token, position) : this.#named(field, token);
  }

  /** A name of one kind: the longest run of bare words that is one, or a whole phrase, or an id. */
  #named(kind: string, token: Token & { words: Word[] }): Query {
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

  #bare(token: Token & { kind: "bare" }): Query {
    if (token.source.endsWith("*")) return prefixTerm(token);
    const { words, ends } = this.#run(token);
    const name = readName(this.#vocabulary, words, (end) => ends.includes(end));
    if (name === undefined) return wordTerm(token.words);
    this.#next += ends.indexOf(name.end);
    const text = bareText(words.slice(0, name.end));
    return { kind: "name", text, ids: name.ids };
  }

  /** The words of a bare token and of the bare tokens that follow it, and how many words there are at the end of each. */
  #run(first: Token & { words: Word[] }): { words: Word[]; ends: number[] } {
    const words = [...first.words];
    const ends = [words.length];
    for (let i = this.#next; words.length < LIMITS.terms; i++) {
      const token = this.#tokens[i];
      if (token?.kind !== "bare" || token.source.endsWith("*")) break;
      words.push(...token.words);
      ends.push(words.length);
    }
    return { words, ends };
  }

  #deeper<T>(position: number, read: () => T): T {
    if (++this.#depth > LIMITS.depth) {
      throw new QueryError(`Parentheses, NOT and fields may be nested ${LIMITS.depth} deep at most`, position);
    }
    const result = read();
    this.#depth--;
    return result;
  }

  #take(kind: Token["kind"]): Token | undefined {
    const token = this.#tokens[this.#next];
    if (token?.kind !== kind) return undefined;
    this.#next++;
    return token;
  }

  #startsItem(): boolean {
    const kind = this.#tokens[this.#next]?.kind;
    return kind !== undefined && !["or", "close", "near", "and"].includes(kind);
  }
}

/** Words as one would type them: those that a hyphen joins stay joined. */
function bareText(words: readonly Word[]): string {
  return words.map((word, i) => word.literal + (i === words.length - 1 ? "" : word.hyphen ? "-" : " ")).join("");
}

function wordTerm(words: readonly Word[]): Query {
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

function phraseTerm(words: readonly Word[]): Query {
  const literals = words.map((word) => word.literal);
  return { kind: "phrase", text: `"${literals.join(" ")}"`, words: literals };
}

function prefixTerm(token: Token & { kind: "bare" }): Query {
  const [word, ...more] = token.words;
  if (word === undefined || more.length > 0 || [...word.literal].length < LIMITS.prefix) {
    throw new QueryError(
      `Before * stands the beginning of one word, of at least ${LIMITS.prefix} letters`,
      token.position,
    );
  }
  return { kind: "prefix", text: `${word.literal}*`, prefix: word.literal };
}

function languageTerm(token: Token & { words: Word[] }, position: number): Query {
  const code = token.words[0]?.literal ?? "";
  if (token.words.length !== 1 || !/^[a-z]{2,3}$/.test(code)) {
    throw new QueryError("After lang: stands a language code of two or three letters, such as en or ar", position);
  }
  return { kind: "language", text: `lang:${code}`, code };
}
