/** Decides from the form of a query alone whether any text can match it. */
import { type FieldName, type Query, type Term, write } from "./tree.ts";
import { queryKey } from "./words.ts";

/** Terms and NEARs (by `keyOf`) that are known to be true or false of every text that would match. */
interface Known {
  yes: ReadonlySet<string>;
  no: ReadonlySet<string>;
}

type Leaf = Term | (Query & { kind: "near" });
type Scope = FieldName | "anywhere";

/**
 * Returns true if no text at all can match: `a -a`, `a -(a OR b)`, `"safe passage" -safe`, `lang:en lang:ar`, an
 * unknown name. Never returns true for a query that some text matches. May return false for a contradiction that cannot
 * be seen by looking at each AND on its own.
 */
export const neverMatches = (query: Query): boolean =>
  truth(query, { yes: new Set(), no: new Set() }, "anywhere") === false;

/** Returns the NOT operands of an AND that each exclude everything the other operands can find. */
export function contradictions(query: Query): Query[] {
  if (query.kind !== "and") return [];
  const required = query.operands.filter(({ kind }) => kind !== "not");
  if (neverMatches({ kind: "and", operands: required })) return [];
  return query.operands.filter(
    (operand) => operand.kind === "not" && neverMatches({ kind: "and", operands: [...required, operand] }),
  );
}

/** Returns the truth value that holds for every text, given what is known; undefined if it depends on the text. */
function truth(query: Query, known: Known, scope: Scope): boolean | undefined {
  switch (query.kind) {
    case "and":
      return truthOfAnd(query.operands, known, scope);
    case "or": {
      const values = query.operands.map((operand) => truth(operand, known, scope));
      return values.includes(true) || (values.includes(undefined) ? undefined : false);
    }
    case "not": {
      const value = truth(query.operand, known, scope);
      return value === undefined ? undefined : !value;
    }
    case "field":
      return truth(query.operand, known, query.field);
    default:
      if (known.yes.has(keyOf(query, scope))) return true;
      return isUnknown(query) || impliedTrue(query, scope).some((key) => known.no.has(key)) ? false : undefined;
  }
}

/** Checks the required operands against the excluded ones, and the excluded against the required. */
function truthOfAnd(operands: readonly Query[], { yes, no }: Known, scope: Scope): boolean | undefined {
  const [denied, required] = [operands.filter(isNot), operands.filter((operand) => !isNot(operand))];
  const implications = required.flatMap((operand) => impliedTrue(operand, scope));
  const languages = new Set(implications.filter((key) => key.startsWith("language ")));
  if (languages.size > 1) return false;
  const alsoYes = new Set([...yes, ...implications]);
  const alsoNo = new Set([...no, ...denied.flatMap(({ operand }) => impliedFalse(operand, scope))]);
  const values = [
    ...required.map((operand) => truth(operand, { yes, no: alsoNo }, scope)),
    ...denied.map((operand) => truth(operand, { yes: alsoYes, no }, scope)),
  ];
  return values.includes(false) ? false : values.includes(undefined) ? undefined : true;
}

const isNot = (query: Query): query is Query & { kind: "not" } => query.kind === "not";
const isUnknown = (query: Leaf): boolean => query.kind === "named" && query.ids.length === 0;

function keyOf(query: Leaf, scope: Scope): string {
  const key = `${query.kind} ${identityOf(query)}`;
  return scope === "anywhere" || query.kind === "language" ? key : `${scope} ${key}`;
}

/** Returns one identity for a term that can be written in several ways. */
function identityOf(query: Leaf): string {
  if (query.kind === "word") return query.key;
  if (query.kind === "name" || query.kind === "named") return [...query.ids].sort().join("|");
  return write(query);
}

/** Returns the keys of all terms that are true wherever the query is true. */
function impliedTrue(query: Query, scope: Scope): string[] {
  switch (query.kind) {
    case "and":
      return query.operands.flatMap((operand) => impliedTrue(operand, scope));
    case "field":
      return impliedTrue(query.operand, query.field);
    case "or":
    case "not":
      return [];
    default: {
      const scopes: Scope[] = scope === "title" ? ["title", "anywhere"] : [scope];
      return [query, ...parts(query)].flatMap((leaf) => scopes.map((each) => keyOf(leaf, each)));
    }
  }
}

/**
 * Returns the terms that occur wherever a term occurs: the words of a phrase, a name in the text for `place:`, both
 * sides of NEAR.
 */
function parts(query: Leaf): Leaf[] {
  switch (query.kind) {
    case "near":
      return [query.left, query.right].flatMap((side) => (isLeaf(side) ? [side, ...parts(side)] : []));
    case "phrase":
      return query.words.map((word) => ({ kind: "word", text: word, key: queryKey(word) }));
    case "name":
      return query.ids.length === 1 ? [{ ...query, kind: "named" }] : [];
    default:
      return [];
  }
}

const isLeaf = (query: Query): query is Leaf => !["and", "or", "not", "field"].includes(query.kind);

/** Returns the keys of all terms that are false wherever the query is false. */
function impliedFalse(query: Query, scope: Scope): string[] {
  switch (query.kind) {
    case "or":
      return query.operands.flatMap((operand) => impliedFalse(operand, scope));
    case "field":
      return impliedFalse(query.operand, query.field);
    case "and":
    case "not":
      return [];
    default:
      return [keyOf(query, scope)];
  }
}
