/** The parameters of a listing, and the queries among them. */
import * as z from "zod";
import { wholeNumber } from "../../http/input.ts";
import { badRequest } from "../../http/problem.ts";
import { DerivedValues } from "../../platform/cache.ts";
import { type ParsedQuery, parseQuery, QueryError } from "../../query/grammar.ts";
import { queryText } from "../fields.ts";
import { NEWEST } from "../log.ts";
import type { Names } from "../names/read-names.ts";

/** Items in a page without the parameter `limit`. */
export const ITEMS = 50;

export const pageSize = wholeNumber(1, 200).default(ITEMS).describe("Items in a page");

/** The parameters of a listing: which items, how many, and before which log entry. */
export const listingParameters = z.object({
  q: queryText.meta({ minLength: 0 }).optional(),
  limit: pageSize,
  before: wholeNumber(1, NEWEST).optional().describe("Opaque cursor from the link to the next page"),
});
export type ListingParameters = z.output<typeof listingParameters>;

/** Parsed queries by their source: most requests use a few queries again and again. */
const parsed = new DerivedValues<Names, ParsedQuery>(500);

/** Parses the query of a listing. Returns undefined without a query, or for blanks: the listing then has all items. */
export function readFilter(source: string | undefined, names: Names): ParsedQuery | undefined {
  if (source === undefined || source.trim() === "") return undefined;
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
