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
export const nameEntry = (id: string): string => `@${id}`;
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

/** Narrows a query; undefined where nothing must occur. `nameIn` says by what a name is found: see `nameBySpellings`. */
export function narrow(query: Query, nameIn: (id: string) => Narrowing): Narrowing | undefined {
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

function narrowTerm(term: Term, nameIn: (id: string) => Narrowing): Narrowing {
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
      return { any: term.ids.map(nameIn) };
  }
}

/**
 * A name by the words of its spellings, or its id. So a spelling that is added finds what was on record before, and nothing is indexed
 * anew.
 */
export function nameBySpellings(vocabulary: Vocabulary): (id: string) => Narrowing {
  return (id) => {
    const name = vocabulary.names.get(id);
    const spellings = [...(name?.spellings ?? []), ...(name?.capitals ?? [])].map((spelling) =>
      splitWords(spelling).map((word) => queryKey(word.literal)),
    );
    const written = spellings.filter((keys) => keys.length > 0).map((keys) => ({ all: [...new Set(keys)] }));
    return { any: [...written, nameEntry(id)] };
  };
}
