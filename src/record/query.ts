import { badRequest } from "../problem.ts";
import { type ParsedQuery, parseQuery, QueryError } from "../query/grammar.ts";
import type { Names } from "./names.ts";

/** Reads the query of a listing; none, or nothing but blanks, lists everything. */
export const readFilter = (source: string | null, names: Names): ParsedQuery | undefined =>
  source === null || source.trim() === "" ? undefined : readQuery(source, names, "q");

/** Reads a query with the names on record; one that cannot be read is a Problem at `path`. */
export function readQuery(source: string, names: Names, path: string): ParsedQuery {
  try {
    return parseQuery(source, names.vocabulary);
  } catch (error) {
    if (error instanceof QueryError) throw badRequest([{ path, message: error.message }]);
    throw error;
  }
}
