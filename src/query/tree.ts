/** The tree of a query, and its canonical form. */

/** Where a term may occur: in title or text unless a field says otherwise. */
export type FieldName = "title" | "text" | "publisher";

/** A term: one thing that is looked for. `text` is how the canonical form writes it. */
export type Term =
  /** One word; `key` is what a word of the text must share. */
  | { kind: "word"; text: string; key: string }
  /** In quotes: these literals in this order. */
  | { kind: "phrase"; text: string; words: readonly string[] }
  /** One bare token of several words (`cease-fire`): its words in this order, or written as one. */
  | { kind: "compound"; text: string; keys: readonly string[]; joined: string }
  /** A word whose literal begins like this. */
  | { kind: "prefix"; text: string; prefix: string }
  /** A name in any spelling, in the text. Several ids where one spelling stands for several names. */
  | { kind: "name"; text: string; ids: readonly string[] }
  /** `place:` and its like: a name in any spelling, in the text or among those of the article's events. No ids: not known. */
  | { kind: "named"; text: string; ids: readonly string[] }
  /** `lang:`: the language of the whole. */
  | { kind: "language"; text: string; code: string };

export type Query =
  | Term
  | { kind: "and" | "or"; operands: readonly Query[] }
  | { kind: "not"; operand: Query }
  /** At most `distance` words between the two, in either order. */
  | { kind: "near"; distance: number; left: Query; right: Query }
  | { kind: "field"; field: "title" | "publisher"; operand: Query };

/** All terms of a query, from left to right, those under NOT included. */
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

/** Whether every match holds at least one term that occurs: what the index and the percolator can be asked for. */
export function hasRequiredTerm(query: Query): boolean {
  switch (query.kind) {
    case "and":
      return query.operands.some(hasRequiredTerm);
    case "or":
      return query.operands.every(hasRequiredTerm);
    case "not":
      return false;
    case "field":
      return hasRequiredTerm(query.operand);
    default:
      return true;
  }
}

/**
 * Puts a tree in order: nested AND and OR made flat, operands sorted and without repetition, NOT NOT removed. Two queries
 * that differ in nothing else have the same tree afterwards.
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
  const distinct = new Map(flat.map((operand) => [write(operand, "AND"), operand]));
  const [first, ...rest] = sorted([...distinct.values()]);
  if (first === undefined) throw new Error(`${kind} without operands`);
  return rest.length === 0 ? first : { kind, operands: [first, ...rest] };
}

const sortKey = (query: Query): string => (query.kind === "not" ? `\uffff${write(query, "AND")}` : write(query, "AND"));

/** By canonical form, in code unit order, what must not occur last. */
function sorted(operands: readonly Query[]): Query[] {
  return operands
    .map((operand) => ({ operand, key: sortKey(operand) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ operand }) => operand);
}

/** Writes a tree as a query string; between the operands of AND stands a space, or the word where asked. */
export function write(query: Query, and: " " | "AND"): string {
  switch (query.kind) {
    case "and":
      return query.operands
        .map((operand) => (operand.kind === "or" ? `(${write(operand, and)})` : write(operand, and)))
        .join(and === " " ? " " : " AND ");
    case "or":
      return query.operands.map((operand) => write(operand, and)).join(" OR ");
    case "not":
      return `-${enclosed(query.operand, and)}`;
    case "field":
      return `${query.field}:${enclosed(query.operand, and)}`;
    case "near":
      return `${write(query.left, and)} NEAR/${query.distance} ${write(query.right, and)}`;
    default:
      return query.text;
  }
}

function enclosed(query: Query, and: " " | "AND"): string {
  const compound = ["and", "or", "near", "not"].includes(query.kind);
  return compound ? `(${write(query, and)})` : write(query, and);
}
