/**
 * What an index can be asked for a query. Narrowing may let too much through, since the predicate decides; it must never
 * leave out a match.
 */
import type { Vocabulary } from "./names.ts";
import type { AnalysedText } from "./text.ts";
import type { Query, Term } from "./tree.ts";
import { queryKey, splitWords } from "./words.ts";

/** What every match must hold: a term of the index, all of some, or at least one of some. */
export type Narrowing = string | { all: readonly Narrowing[] } | { any: readonly Narrowing[] };

/** How a name, the language and the first letters of a word stand in an index, beside the keys of words. */
const NAME = "@";
export const nameEntry = (id: string): string => NAME + id;
export const languageEntry = (code: string): string => `lang:${code}`;
/** Of a word, or of a prefix: the three letters that every prefix has at least. */
export const prefixEntry = (word: string): string => `^${[...word.slice(0, 6)].slice(0, 3).join("")}`;

/** The entries under which an index files a text: its words' keys, their first letters, its language, its events' names. */
export function indexEntries(text: AnalysedText): Set<string> {
  const entries = new Set(text.keys.keys());
  for (const { words } of text.fields) for (const word of words) entries.add(prefixEntry(word.literal));
  for (const id of text.linked) entries.add(nameEntry(id));
  if (text.language !== undefined) entries.add(languageEntry(text.language));
  return entries;
}

/** By what a name is found. `linked`: the query asks for it with `place:` or the like, so that a name of the events of an article counts. */
export type NameIn = (id: string, linked: boolean) => Narrowing;

/** Narrows a query; undefined where nothing must occur. `nameIn`: see `nameBySpellings`. */
export function narrow(query: Query, nameIn: NameIn): Narrowing | undefined {
  switch (query.kind) {
    case "and":
    case "near": {
      const operands = query.kind === "near" ? [query.left, query.right] : query.operands;
      const all = operands.map((operand) => narrow(operand, nameIn)).filter((part) => part !== undefined);
      return all.length === 0 ? undefined : { all };
    }
    case "or": {
      const any = query.operands.map((operand) => narrow(operand, nameIn));
      return any.includes(undefined) ? undefined : { any: any.filter((part) => part !== undefined) };
    }
    case "not":
      return undefined;
    case "field":
      return narrow(query.operand, nameIn);
    default:
      return narrowTerm(query, nameIn);
  }
}

function narrowTerm(term: Term, nameIn: NameIn): Narrowing {
  switch (term.kind) {
    case "word":
      return term.key;
    case "phrase":
      return { all: [...new Set(term.words.map(queryKey))] };
    case "compound":
      return { any: [term.joined, { all: [...new Set(term.keys)] }] };
    case "prefix":
      return prefixEntry(term.prefix);
    case "language":
      return languageEntry(term.code);
    default:
      return { any: term.ids.map((id) => nameIn(id, term.kind === "named")) };
  }
}

/**
 * A name by the words of its spellings, or its id. So a spelling that is added finds what was on record before, and nothing is indexed
 * anew. `apart`: only the linked names of a text have their ids in the index, so that a bare name is found by its spellings alone.
 */
export function nameBySpellings(vocabulary: Vocabulary, apart = false): NameIn {
  return (id, linked) => {
    const name = vocabulary.names.get(id);
    const spellings = [...(name?.spellings ?? []), ...(name?.capitals ?? [])].map((spelling) =>
      splitWords(spelling).map((word) => queryKey(word.literal)),
    );
    const written = spellings.filter((keys) => keys.length > 0).map((keys) => ({ all: [...new Set(keys)] }));
    return { any: [...written, ...(apart && !linked ? [] : [nameEntry(id)])] };
  };
}

/** The ids of the names that a narrowing asks for. */
export function namesIn(narrowing: Narrowing): string[] {
  if (typeof narrowing === "string") return narrowing.startsWith(NAME) ? [narrowing.slice(NAME.length)] : [];
  return ("all" in narrowing ? narrowing.all : narrowing.any).flatMap(namesIn);
}

/** What is left of a narrowing where each name is known to be there, or not to be: true where that decides all, and false likewise. */
export function assumeNames(narrowing: Narrowing, there: boolean): Narrowing | boolean {
  if (typeof narrowing === "string") return narrowing.startsWith(NAME) ? there : narrowing;
  const all = "all" in narrowing;
  const parts = (all ? narrowing.all : narrowing.any).map((part) => assumeNames(part, there));
  // A false operand decides an AND, a true one an OR; the other value adds nothing.
  if (parts.includes(!all)) return !all;
  const left = parts.filter((part) => typeof part !== "boolean");
  if (left.length === 0) return all;
  return all ? { all: left } : { any: left };
}
