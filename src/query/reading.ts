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

export function reading(tree: Query): Reading[] {
  return termsOf(tree).map((term) => ({
    text: term.text,
    means: meaning(term),
    names: term.kind === "name" || term.kind === "named" ? term.ids : [],
  }));
}
