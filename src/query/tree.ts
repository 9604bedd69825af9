/** The tree of a query and its canonical form. */

/** Where a term may occur. Without a field, a term may occur in title or text. */
export type FieldName = "title" | "text" | "publisher";

/** One thing that a query asks for. `text` is its canonical form. */
export type Term =
  /** One word. `key` is the key that a word of the text must have. */
  | { kind: "word"; text: string; key: string }
  /** A quoted phrase: these literals in this order. */
  | { kind: "phrase"; text: string; words: readonly string[] }
  /** One bare token of several words (`cease-fire`): its words in this order, or joined to one. */
  | { kind: "compound"; text: string; keys: readonly string[]; joined: string }
  /** A word whose literal begins with this prefix. */
  | { kind: "prefix"; text: string; prefix: string }
  /** A name in any spelling, in the text. Several ids if one spelling belongs to several names. */
  | { kind: "name"; text: string; ids: readonly string[] }
  /**
   * `place:` and the like: a name in the text or among the names of the article's events. No ids if the name is
   * unknown.
   */
  | { kind: "named"; text: string; ids: readonly string[] }
  /** `lang:`: the language of the article. */
  | { kind: "language"; text: string; code: string };

export type Query =
  | Term
  | { kind: "and" | "or"; operands: readonly Query[] }
  | { kind: "not"; operand: Query }
  /** At most `distance` words between the two sides, in either order. */
  | { kind: "near"; distance: number; left: Query; right: Query }
  | { kind: "field"; field: "title" | "publisher"; operand: Query };

/** Returns all terms of a query from left to right, including those under NOT. */
export function termsOf(query: Query): Term[] {
  switch (query.kind) {
    case "and":
    case "or":
      return query.operands.flatMap(termsOf);
    case "not":
    case "field":
      return termsOf(query.operand);
    case "near":
      return [...termsOf(query.left), ...termsOf(query.right)];
    default:
      return [query];
  }
}

/**
 * Returns the NOT that lets the query match without any of its terms; undefined if at least one term is required. An
 * index needs a required term.
 */
export function withoutRequired(query: Query): Query | undefined {
  switch (query.kind) {
    case "and": {
      const without = query.operands.map(withoutRequired);
      return without.includes(undefined) ? undefined : without[0];
    }
    case "or":
      return query.operands.map(withoutRequired).find((without) => without !== undefined);
    case "not":
      return query;
    case "field":
      return withoutRequired(query.operand);
    default:
      return undefined;
  }
}

/**
 * Normalises a tree: flattens nested AND and OR, sorts operands and removes duplicates, and removes double NOT. Queries
 * that differ only in these have the same tree afterwards.
 */
export function normalise(query: Query): Query {
  switch (query.kind) {
    case "and":
    case "or":
      return normaliseOperands(query.kind, query.operands.map(normalise));
    case "not": {
      const operand = normalise(query.operand);
      return operand.kind === "not" ? operand.operand : { kind: "not", operand };
    }
    case "field":
      return { ...query, operand: normalise(query.operand) };
    case "near": {
      const [left, right] = sorted([query.left, query.right]);
      return left && right ? { ...query, left, right } : query;
    }
    default:
      return query;
  }
}

function normaliseOperands(kind: "and" | "or", operands: readonly Query[]): Query {
  const flat = operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand]));
  const distinct = new Map(flat.map((operand) => [write(operand, FULL), operand]));
  const [first, ...rest] = sorted([...distinct.values()]);
  if (first === undefined) throw new Error(`${kind} without operands`);
  return rest.length === 0 ? first : { kind, operands: [first, ...rest] };
}

const sortKey = (query: Query): string => (query.kind === "not" ? `\uffff${write(query, FULL)}` : write(query, FULL));

/** Sorts by canonical form in code unit order, NOT operands last. */
function sorted(operands: readonly Query[]): Query[] {
  return operands
    .map((operand) => ({ operand, key: sortKey(operand) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ operand }) => operand);
}

/** A way to write a query: the separators of AND and OR, and whether a NEAR under NOT has parentheses. */
interface Style {
  and: " " | " AND ";
  or: " OR " | "|";
  enclosesNear: boolean;
}

const SPACED: Style = { and: " ", or: " OR ", enclosesNear: true };
const FULL: Style = { ...SPACED, and: " AND " };

/** Ways to write a query, the most readable first. The shorter ones serve queries that would exceed a limit. */
export const STYLES: readonly Style[] = [
  SPACED,
  FULL,
  { and: " ", or: "|", enclosesNear: false },
  { and: " AND ", or: "|", enclosesNear: false },
];

/** Writes a tree as a query string. */
export function write(query: Query, style: Style = SPACED): string {
  switch (query.kind) {
    case "and":
      return query.operands
        .map((operand) => (operand.kind === "or" ? `(${write(operand, style)})` : write(operand, style)))
        .join(style.and);
    case "or":
      return query.operands.map((operand) => write(operand, style)).join(style.or);
    case "not":
      return query.operand.kind === "near" && !style.enclosesNear
        ? `-${write(query.operand, style)}`
        : `-${enclosed(query.operand, style)}`;
    case "field":
      return `${query.field}:${enclosed(query.operand, style)}`;
    case "near":
      return `${write(query.left, style)} NEAR/${query.distance} ${write(query.right, style)}`;
    default:
      return query.text;
  }
}

function enclosed(query: Query, style: Style): string {
  const compound = ["and", "or", "near", "not"].includes(query.kind);
  return compound ? `(${write(query, style)})` : write(query, style);
}
