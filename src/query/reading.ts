/** Describes how a query was read, term by term. */
import { meaning } from "./explain.ts";
import { type Query, termsOf } from "./tree.ts";

export interface TermReading {
  /** The part of the query in canonical form. */
  text: string;
  /** How the part was read: the ids of names, otherwise the kind of term. */
  means: string;
  /** Ids of the names that the part stands for. */
  names: readonly string[];
}

export function reading(tree: Query): TermReading[] {
  return termsOf(tree).map((term) => ({
    text: term.text,
    means: meaning(term),
    names: term.kind === "name" || term.kind === "named" ? term.ids : [],
  }));
}
