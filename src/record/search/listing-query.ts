import { badRequest } from "../../http/problem.ts";
import { type ParsedQuery, parseQuery, QueryError } from "../../query/grammar.ts";
import type { Names } from "../names/read-names.ts";

/** Queries of listings that were read by the names as they are: the same few are asked again and again. */
const filters = { names: undefined as Names | undefined, read: new Map<string, ParsedQuery>() };
const FILTERS = 500;

/** Reads the query of a listing; none, or nothing but blanks, lists everything. */
export function readFilter(source: string | null, names: Names): ParsedQuery | undefined {
  if (source === null || source.trim() === "") return undefined;
  if (filters.names !== names || filters.read.size >= FILTERS) filters.read.clear();
  filters.names = names;
  const query = filters.read.get(source) ?? readQuery(source, names, "q");
  filters.read.set(source, query);
  return query;
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
