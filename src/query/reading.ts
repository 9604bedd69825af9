/** How a query was read, term by term. */
import { meaning } from "./explain.ts";
import { type Query, termsOf } from "./tree.ts";

export interface Reading {
  /** The part of the query, as its canonical form writes it. */
  text: string;
  /** As what it was read: the names' ids, else the kind of term. */
  means: string;
  /** The ids of the names that it stands for. */
  names: readonly string[];
}

/** What a careful colleague would say of a query before it is registered. */
export function warnings(tree: Query): string[] {
  return termsOf(tree).flatMap((term) => {
    if (term.kind === "named" && term.ids.length === 0) {
      return [`${term.text} is no name on record: it finds nothing until one is added`];
    }
    if (term.kind === "word" && ["and", "or", "not"].includes(term.text)) {
      return [`"${term.text}" is looked for as a word: operators are in capitals`];
    }
    return [];
  });
}

export function reading(tree: Query): Reading[] {
  return termsOf(tree).map((term) => ({
    text: term.text,
    means: meaning(term),
    names: term.kind === "name" || term.kind === "named" ? term.ids : [],
  }));
}
