/** Queries as callers write them → parsed queries. */
import { badRequest } from "../../http/problem.ts";
import { DerivedValues } from "../../platform/cache.ts";
import { type ParsedQuery, parseQuery, QueryError } from "../../query/grammar.ts";
import type { Names } from "../names/read-names.ts";

/** Parsed queries by their source: most requests use a few queries again and again. */
const parsed = new DerivedValues<Names, ParsedQuery>(500);

/** Parses the query of a listing. Returns undefined without a query, or for blanks: the listing then has all items. */
export function readFilter(source: string | null, names: Names): ParsedQuery | undefined {
  if (source === null || source.trim() === "") return undefined;
  return parsed.at(names, source, () => readQuery(source, names, "q"));
}

/** Parses a query with the names on record. Throws a Problem (400) at `path` if it is malformed. */
export function readQuery(source: string, names: Names, path: string): ParsedQuery {
  try {
    return parseQuery(source, names.vocabulary);
  } catch (error) {
    if (error instanceof QueryError) throw badRequest([{ path, message: error.message }]);
    throw error;
  }
}
