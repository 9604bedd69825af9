/**
 * The predicate: decides whether a query matches a text, and why. Search, filtered feeds and alerts all end here. Their
 * indexes only narrow the candidates.
 */
import { spansNear } from "./near.ts";
import { sequences } from "./sequence.ts";
import { type AnalysedText, fieldAt, type Span, wordAt } from "./text.ts";
import type { FieldName, Query, Term } from "./tree.ts";
import { queryKey } from "./words.ts";

/** A term and its occurrences. `spans` is empty if the names of the events, or the language, made the term true. */
export interface TermFound {
  term: Term;
  spans: readonly Span[];
}

/** An operand of NOT that is not true of these fields. `explain` works out why, for the few texts that match. */
export interface UnmatchedOperand {
  not: Query;
  fields: readonly FieldName[];
}

/** One of the facts that make a query true of a text. */
export type MatchReason = TermFound | UnmatchedOperand;

const TITLE_AND_TEXT: readonly FieldName[] = ["title", "text"];

/**
 * Returns what makes the query true of the text, or undefined if it is not true. AND: the reasons of each operand. OR:
 * the reasons of all operands that are true. NOT: the fact that its operand is not true.
 */
export function match(
  query: Query,
  text: AnalysedText,
  fields: readonly FieldName[] = TITLE_AND_TEXT,
): MatchReason[] | undefined {
  switch (query.kind) {
    case "and": {
      const found: MatchReason[] = [];
      for (const operand of query.operands) {
        const part = match(operand, text, fields);
        if (part === undefined) return undefined;
        found.push(...part);
      }
      return found;
    }
    case "or": {
      const found = query.operands.map((operand) => match(operand, text, fields)).filter((part) => part !== undefined);
      return found.length === 0 ? undefined : found.flat();
    }
    case "not":
      return match(query.operand, text, fields) === undefined ? [{ not: query.operand, fields }] : undefined;
    case "field":
      return match(query.operand, text, [query.field]);
    case "near":
      return matchNear(query, text, fields);
    default:
      return matchTerm(query, text, fields);
  }
}

function matchTerm(term: Term, text: AnalysedText, fields: readonly FieldName[]): TermFound[] | undefined {
  if (term.kind === "language") return text.language === term.code ? [{ term, spans: [] }] : undefined;
  const spans = occurrences(term, text);
  // Most terms do not occur in most texts.
  const within = spans.length === 0 ? spans : spans.filter(({ position }) => isWithin(fields, text, position));
  if (within.length > 0) return [{ term, spans: within }];
  // Names of the whole article do not count as part of its title.
  if (!fields.includes("text")) return undefined;
  return namesOf(term).some((id) => (term.kind === "named" ? text.linked : text.about).has(id))
    ? [{ term, spans: [] }]
    : undefined;
}

function isWithin(fields: readonly FieldName[], text: AnalysedText, position: number): boolean {
  const field = fieldAt(text, position);
  return field !== undefined && fields.includes(field.name);
}

const namesOf = (term: Term): readonly string[] => (term.kind === "name" || term.kind === "named" ? term.ids : []);

/** Returns where a term occurs in the text, in order. */
function occurrences(term: Exclude<Term, { kind: "language" }>, text: AnalysedText): readonly Span[] {
  switch (term.kind) {
    case "word":
      return text.keys.get(term.key) ?? [];
    case "phrase":
      return phrases(term.words, text);
    case "compound":
      return ordered([...sequencesOfKeys(term.keys, text), ...(text.keys.get(term.joined) ?? [])]);
    case "prefix":
      return beginnings(term.prefix, text);
    default:
      return ordered(term.ids.flatMap((id) => text.names.get(id) ?? []));
  }
}

function beginnings(prefix: string, { fields }: AnalysedText): Span[] {
  const spans: Span[] = [];
  for (const { words, base } of fields) {
    for (let i = 0; i < words.length; i++) {
      if (words[i]?.literal.startsWith(prefix)) spans.push({ position: base + i, length: 1 });
    }
  }
  return spans;
}

/**
 * Sorts spans and removes duplicates. A spelling shared by several names, or a compound in two forms, is one
 * occurrence.
 */
const ordered = (spans: readonly Span[]): Span[] =>
  [...spans]
    .sort((a, b) => a.position - b.position || a.length - b.length)
    .filter((span, i, all) => span.position !== all[i - 1]?.position || span.length !== all[i - 1]?.length);

/** Returns where literals follow one another. A literal can only occur where its query key occurs. */
const phrases = (literals: readonly string[], text: AnalysedText): Span[] =>
  sequences(literals, {
    spans: (literal) => text.keys.get(queryKey(literal)) ?? [],
    is: (literal, position) => wordAt(text, position)?.literal === literal,
    positions: positionsOf(text),
  });

const sequencesOfKeys = (keys: readonly string[], text: AnalysedText): Span[] =>
  sequences(keys, {
    spans: (key) => text.keys.get(key) ?? [],
    is: (key, position) => wordAt(text, position)?.keys.includes(key) === true,
    positions: positionsOf(text),
  });

function positionsOf({ fields }: AnalysedText): number {
  const last = fields.at(-1);
  return last === undefined ? 0 : last.base + last.words.length;
}

function matchNear(
  near: Query & { kind: "near" },
  text: AnalysedText,
  fields: readonly FieldName[],
): TermFound[] | undefined {
  const [left] = match(near.left, text, fields) ?? [];
  const [right] = match(near.right, text, fields) ?? [];
  if (left === undefined || right === undefined || "not" in left || "not" in right) return undefined;
  const lefts = spansNear(left.spans, right.spans, near.distance);
  const rights = spansNear(right.spans, left.spans, near.distance);
  if (lefts.length === 0) return undefined;
  return [
    { ...left, spans: lefts },
    { ...right, spans: rights },
  ];
}
