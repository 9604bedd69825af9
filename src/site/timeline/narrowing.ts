/** A query and one name more, or less: where the facets, the overview and the map lead. */
import { LIMITS, type ParsedQuery, parseQuery, QueryError } from "../../query/grammar.ts";
import { readName } from "../../query/names.ts";
import { countCharacters } from "../../query/tokens.ts";
import { normalise, type Query, STYLES, termsOf, write } from "../../query/tree.ts";
import { splitWords } from "../../query/words.ts";
import type { Names } from "../../record/names.ts";

/** Whether the query requires just this name: it is `topic:ceasefire`, or an AND of that and others. */
export const requires = (query: ParsedQuery | undefined, id: string): boolean => requiredNames(query).includes(id);

/** The names of which it requires each by itself, in its own order. */
export const requiredNames = (query: ParsedQuery | undefined): string[] =>
  query === undefined ? [] : operandsOf(query.tree).flatMap((operand) => nameOf(operand) ?? []);

/** The canonical query that requires this name as well; undefined where that would go beyond a query's limits. */
export function narrowed(query: ParsedQuery | undefined, id: string, names: Names): string | undefined {
  if (query === undefined) return id;
  const tree = conjunction([query.tree, { kind: "named", text: id, ids: [id] }]);
  const plain = write(tree);
  const kept = query.canonical === write(query.tree) && keepsLimits(tree, plain);
  return kept && !runsOn(tree, id, names) ? plain : canonicalOf(tree, names);
}

/** The canonical query without this name: empty where nothing else was asked, undefined where what is left cannot stand alone. */
export function widened(query: ParsedQuery, id: string, names: Names): string | undefined {
  const rest = operandsOf(query.tree).filter((operand) => nameOf(operand) !== id);
  return rest.length === 0 ? "" : canonicalOf(conjunction(rest), names);
}

const conjunction = (operands: readonly Query[]): Query => normalise({ kind: "and", operands });

const operandsOf = (tree: Query): readonly Query[] => (tree.kind === "and" ? tree.operands : [tree]);

const nameOf = (query: Query): string | undefined =>
  query.kind === "named" && query.ids.length === 1 ? query.ids[0] : undefined;

// A query that was read as it is plainly written is so with a name more, unless that goes beyond the limits or the name runs on into what
// follows it. That spares the reading: a page of facets would need a hundred.

const keepsLimits = (tree: Query, plain: string): boolean =>
  termsOf(tree).length <= LIMITS.terms && countCharacters(plain) <= LIMITS.characters && depthOf(plain) <= LIMITS.depth;

/** Parentheses in quotes count as well: then it is read once more, and no harm is done. */
function depthOf(plain: string): number {
  let depth = 0;
  let deepest = 0;
  for (const sign of plain) {
    if (sign === "(") deepest = Math.max(deepest, ++depth);
    if (sign === ")") depth--;
  }
  return deepest;
}

/** Whether the name and the words that follow it are a longer name of its kind: `topic:geneva talks`. */
function runsOn(tree: Query, id: string, { vocabulary }: Names): boolean {
  const operands = operandsOf(tree);
  const after = operands.slice(operands.findIndex((operand) => nameOf(operand) === id) + 1);
  const [kind, slug = ""] = id.split(":");
  const own = splitWords(slug).length;
  const words = splitWords([slug, ...after.map((operand) => write(operand))].join(" "));
  return readName(vocabulary, words, (end) => end > own, kind) !== undefined;
}

/** The first way to write it that is read as the same tree; undefined where there is none. */
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
