/** What the form of a query alone tells: whether any text can match it. */
import { type FieldName, type Query, type Term, write } from "./tree.ts";
import { queryKey } from "./words.ts";

/** What is known to be so, and not to be so, of a text that would match: terms and NEARs, by `keyOf`. */
interface Known {
  yes: ReadonlySet<string>;
  no: ReadonlySet<string>;
}

type Leaf = Term | (Query & { kind: "near" });
type Scope = FieldName | "anywhere";

/**
 * Whether no text at all can match: `a -a`, `a -(a OR b)`, `"safe passage" -safe`, `lang:en lang:ar`, an unknown name. Never true of a
 * query that some text matches; of a contradiction that takes more than looking at its ANDs one by one it may be false.
 */
export const neverMatches = (query: Query): boolean =>
  truth(query, { yes: new Set(), no: new Set() }, "anywhere") === false;

/** The operands under NOT of an AND, each of which takes away everything that the others can find. */
export function contradictions(query: Query): Query[] {
  if (query.kind !== "and") return [];
  const required = query.operands.filter(({ kind }) => kind !== "not");
  if (neverMatches({ kind: "and", operands: required })) return [];
  return query.operands.filter(
    (operand) => operand.kind === "not" && neverMatches({ kind: "and", operands: [...required, operand] }),
  );
}

/** True or false whatever the text, given what is known of it; else undefined. */
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
      return isUnknown(query) || implied(query, scope).some((key) => known.no.has(key)) ? false : undefined;
  }
}

/** The operands that must be so are held against those that must not, and the other way round. */
function truthOfAnd(operands: readonly Query[], { yes, no }: Known, scope: Scope): boolean | undefined {
  const [denied, required] = [operands.filter(isNot), operands.filter((operand) => !isNot(operand))];
  const implications = required.flatMap((operand) => implied(operand, scope));
  const languages = new Set(implications.filter((key) => key.startsWith("language ")));
  if (languages.size > 1) return false;
  const alsoYes = new Set([...yes, ...implications]);
  const alsoNo = new Set([...no, ...denied.flatMap(({ operand }) => refused(operand, scope))]);
  const values = [
    ...required.map((operand) => truth(operand, { yes, no: alsoNo }, scope)),
    ...denied.map((operand) => truth(operand, { yes: alsoYes, no }, scope)),
  ];
  return values.includes(false) ? false : values.includes(undefined) ? undefined : true;
}

const isNot = (query: Query): query is Query & { kind: "not" } => query.kind === "not";
const isUnknown = (query: Leaf): boolean => query.kind === "named" && query.ids.length === 0;

function keyOf(query: Leaf, scope: Scope): string {
  const key = `${query.kind} ${whatOf(query)}`;
  return scope === "anywhere" || query.kind === "language" ? key : `${scope} ${key}`;
}

/** The same for what is written in several ways. */
function whatOf(query: Leaf): string {
  if (query.kind === "word") return query.key;
  if (query.kind === "name" || query.kind === "named") return [...query.ids].sort().join("|");
  return write(query);
}

/** What is so wherever the query is: of what it needs, that which can be said by terms. */
function implied(query: Query, scope: Scope): string[] {
  switch (query.kind) {
    case "and":
      return query.operands.flatMap((operand) => implied(operand, scope));
    case "field":
      return implied(query.operand, query.field);
    case "or":
    case "not":
      return [];
    default: {
      const scopes: Scope[] = scope === "title" ? ["title", "anywhere"] : [scope];
      return [query, ...parts(query)].flatMap((leaf) => scopes.map((each) => keyOf(leaf, each)));
    }
  }
}

/** What occurs where a term occurs: the words of a phrase, a name in the text for `place:`, both sides of NEAR. */
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

/** What is not so wherever the query is not. */
function refused(query: Query, scope: Scope): string[] {
  switch (query.kind) {
    case "or":
      return query.operands.flatMap((operand) => refused(operand, scope));
    case "field":
      return refused(query.operand, query.field);
    case "and":
    case "not":
      return [];
    default:
      return [keyOf(query, scope)];
  }
}
