/** Adds a name to a query or removes one, for the links of facets, overview and map. */
import { LIMITS, type ParsedQuery, parseQuery, QueryError } from "../../query/grammar.ts";
import { readName } from "../../query/names.ts";
import { countCharacters } from "../../query/tokens.ts";
import { normalise, type Query, STYLES, termsOf, write } from "../../query/tree.ts";
import { splitWords } from "../../query/words.ts";
import type { Names } from "../../record/names/read-names.ts";

/** Returns true if the query requires this name: it is `topic:ceasefire`, or an AND that contains it. */
export const requires = (query: ParsedQuery | undefined, id: string): boolean => requiredNames(query).includes(id);

/** Returns the names that the query requires, in the query's order. */
export const requiredNames = (query: ParsedQuery | undefined): string[] =>
  query === undefined ? [] : operandsOf(query.tree).flatMap((operand) => nameOf(operand) ?? []);

/** Returns the canonical query that also requires this name; undefined beyond a query's limits. */
export function narrowed(query: ParsedQuery | undefined, id: string, names: Names): string | undefined {
  if (query === undefined) return id;
  const tree = conjunction([query.tree, { kind: "named", text: id, ids: [id] }]);
  const plain = write(tree);
  const kept = query.canonical === write(query.tree) && keepsLimits(tree, plain);
  return kept && !runsOn(tree, id, names) ? plain : canonicalOf(tree, names);
}

/**
 * Returns the canonical query without this name: empty if nothing else is left, undefined if the rest cannot stand
 * alone.
 */
export function widened(query: ParsedQuery, id: string, names: Names): string | undefined {
  const rest = operandsOf(query.tree).filter((operand) => nameOf(operand) !== id);
  return rest.length === 0 ? "" : canonicalOf(conjunction(rest), names);
}

const conjunction = (operands: readonly Query[]): Query => normalise({ kind: "and", operands });

const operandsOf = (tree: Query): readonly Query[] => (tree.kind === "and" ? tree.operands : [tree]);

const nameOf = (query: Query): string | undefined =>
  query.kind === "named" && query.ids.length === 1 ? query.ids[0] : undefined;

// If the query reads the same as written, it also does with one more name, unless it exceeds the limits or the name
// joins the words after it. So it need not be parsed, which a page of facets would do a hundred times.

const keepsLimits = (tree: Query, plain: string): boolean =>
  termsOf(tree).length <= LIMITS.terms && countCharacters(plain) <= LIMITS.characters && depthOf(plain) <= LIMITS.depth;

/** Parentheses inside quotes count too. Then the query is parsed once more than necessary. */
function depthOf(plain: string): number {
  let depth = 0;
  let deepest = 0;
  for (const sign of plain) {
    if (sign === "(") deepest = Math.max(deepest, ++depth);
    if (sign === ")") depth--;
  }
  return deepest;
}

/** Returns true if the name and the words after it form a longer name of its kind: `topic:geneva talks`. */
function runsOn(tree: Query, id: string, { vocabulary }: Names): boolean {
  const operands = operandsOf(tree);
  const after = operands.slice(operands.findIndex((operand) => nameOf(operand) === id) + 1);
  const [kind, slug = ""] = id.split(":");
  const own = splitWords(slug).length;
  const words = splitWords([slug, ...after.map((operand) => write(operand))].join(" "));
  return readName(vocabulary, words, (end) => end > own, kind) !== undefined;
}

/** Returns the first spelling that parses to the same tree; undefined if there is none. */
const canonicalOf = (tree: Query, names: Names): string | undefined =>
  STYLES.map((style) => write(tree, style)).find((written) => isReadAs(written, tree, names));

function isReadAs(written: string, tree: Query, { vocabulary }: Names): boolean {
  try {
    return JSON.stringify(parseQuery(written, vocabulary).tree) === JSON.stringify(tree);
  } catch (error) {
    if (error instanceof QueryError) return false;
    throw error;
  }
}
