/** Queries as callers write them → parsed queries. */
import { badRequest } from "../../http/problem.ts";
import { DerivedValues } from "../../platform/cache.ts";
import { type ParsedQuery, parseQuery, QueryError } from "../../query/grammar.ts";
import type { Names } from "../names/read-names.ts";

/** Parsed queries by how they were written: listings are asked for the same few again and again. */
const parsed = new DerivedValues<Names, ParsedQuery>(500);

/** Reads the query of a listing; none, or nothing but blanks, lists everything. */
export function readFilter(source: string | null, names: Names): ParsedQuery | undefined {
  if (source === null || source.trim() === "") return undefined;
  return parsed.at(names, source, () => readQuery(source, names, "q"));
}

/** Reads a query with the names on record; one that cannot be read is a Problem at `path`. */
export function readQuery(source: string, names: Names, path: string): ParsedQuery {
  try {
    return parseQuery(source, names.vocabulary);
  } catch (error) {
    if (error instanceof QueryError) throw badRequest([{ path, message: error.message }]);
    throw error;
  }
}
