/**
 * Narrows a query to index entries, so that an index can find candidates. The result may include texts that do not
 * match, since the predicate decides. It must never exclude a match.
 */
import type { Vocabulary } from "./names.ts";
import type { AnalysedText } from "./text.ts";
import type { Query, Term } from "./tree.ts";
import { queryKey, splitWords } from "./words.ts";

/** What every match has: one index entry, all of several, or any of several. */
export type Narrowing = string | { all: readonly Narrowing[] } | { any: readonly Narrowing[] };

/**
 * Prefix of the index entry of a name. Entries of names, languages and word beginnings are kept beside the keys of
 * words.
 */
const NAME = "@";
export const nameEntry = (id: string): string => NAME + id;
export const languageEntry = (code: string): string => `lang:${code}`;
/** Returns the entry of a word's or prefix's first three letters. Every prefix has at least three. */
export const prefixEntry = (word: string): string => `^${[...word.slice(0, 6)].slice(0, 3).join("")}`;

/**
 * Returns the entries under which an index files a text: word keys, word beginnings, language, and names of its events.
 */
export function indexEntries(text: AnalysedText): Set<string> {
  const entries = new Set(text.keys.keys());
  for (const { words } of text.fields) for (const word of words) entries.add(prefixEntry(word.literal));
  for (const id of text.linked) entries.add(nameEntry(id));
  if (text.language !== undefined) entries.add(languageEntry(text.language));
  return entries;
}

/**
 * Returns how an index finds a name. `linked`: the query asks with `place:` or similar, so the names of the article's
 * events count.
 */
export type NarrowName = (id: string, linked: boolean) => Narrowing;

/** Narrows a query; undefined if no term is required. For `narrowName` see `nameBySpellings`. */
export function narrow(query: Query, narrowName: NarrowName): Narrowing | undefined {
  switch (query.kind) {
    case "and":
    case "near": {
      const operands = query.kind === "near" ? [query.left, query.right] : query.operands;
      const all = operands.map((operand) => narrow(operand, narrowName)).filter((part) => part !== undefined);
      return all.length === 0 ? undefined : { all };
    }
    case "or": {
      const any = query.operands.map((operand) => narrow(operand, narrowName));
      return any.includes(undefined) ? undefined : { any: any.filter((part) => part !== undefined) };
    }
    case "not":
      return undefined;
    case "field":
      return narrow(query.operand, narrowName);
    default:
      return narrowTerm(query, narrowName);
  }
}

function narrowTerm(term: Term, narrowName: NarrowName): Narrowing {
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
      return { any: term.ids.map((id) => narrowName(id, term.kind === "named")) };
  }
}

/**
 * Narrows a name to the words of its spellings, or its id. A spelling added later therefore finds articles on record
 * without indexing them again. `apart`: the index has ids of linked names only, so a bare name is found by its
 * spellings alone.
 */
export function nameBySpellings(vocabulary: Vocabulary, apart = false): NarrowName {
  return (id, linked) => {
    const name = vocabulary.names.get(id);
    const spellings = [...(name?.spellings ?? []), ...(name?.capitals ?? [])].map((spelling) =>
      splitWords(spelling).map((word) => queryKey(word.literal)),
    );
    const written = spellings.filter((keys) => keys.length > 0).map((keys) => ({ all: [...new Set(keys)] }));
    return { any: [...written, ...(apart && !linked ? [] : [nameEntry(id)])] };
  };
}

/** Returns the ids of all names in a narrowing. */
export function namesIn(narrowing: Narrowing): string[] {
  if (typeof narrowing === "string") return narrowing.startsWith(NAME) ? [narrowing.slice(NAME.length)] : [];
  return ("all" in narrowing ? narrowing.all : narrowing.any).flatMap(namesIn);
}

/**
 * Simplifies a narrowing by assuming that every name is there, or that none is. Returns true or false if that decides
 * the result.
 */
export function assumeNames(narrowing: Narrowing, there: boolean): Narrowing | boolean {
  if (typeof narrowing === "string") return narrowing.startsWith(NAME) ? there : narrowing;
  const all = "all" in narrowing;
  const parts = (all ? narrowing.all : narrowing.any).map((part) => assumeNames(part, there));
  // A false operand decides an AND and a true operand decides an OR. The other value has no effect.
  if (parts.includes(!all)) return !all;
  const left = parts.filter((part) => typeof part !== "boolean");
  if (left.length === 0) return all;
  return all ? { all: left } : { any: left };
}
