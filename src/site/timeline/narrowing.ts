/** A query and one name more, or less: where the facets, the overview and the map lead. */
import { type ParsedQuery, parseQuery, QueryError } from "../../query/grammar.ts";
import { type Query, write } from "../../query/tree.ts";
import type { Names } from "../../record/names.ts";

/** Whether the query requires just this name: it is `topic:ceasefire`, or an AND of that and others. */
export const requires = (query: ParsedQuery | undefined, id: string): boolean =>
  query !== undefined && operandsOf(query.tree).some((operand) => isName(operand, id));

/** The canonical query that requires this name as well; undefined where that would go beyond a query's limits. */
export const narrowed = (query: ParsedQuery | undefined, id: string, names: Names): string | undefined =>
  conjunction([...(query === undefined ? [] : operandsOf(query.tree).map(group)), id], names);

/** The canonical query without this name: empty where nothing else was asked, undefined where what is left cannot stand alone. */
export function widened(query: ParsedQuery, id: string, names: Names): string | undefined {
  const rest = operandsOf(query.tree).filter((operand) => !isName(operand, id));
  return rest.length === 0 ? "" : conjunction(rest.map(group), names);
}

/** With AND between them: side by side, two words may be a name. */
function conjunction(parts: readonly string[], names: Names): string | undefined {
  try {
    return parseQuery(parts.join(" AND "), names.vocabulary).canonical;
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw error;
  }
}

const operandsOf = (tree: Query): readonly Query[] => (tree.kind === "and" ? tree.operands : [tree]);

const isName = (query: Query, id: string): boolean =>
  query.kind === "named" && query.ids.length === 1 && query.ids[0] === id;

const group = (query: Query): string => (query.kind === "or" ? `(${write(query)})` : write(query));
