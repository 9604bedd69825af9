/**
 * The predicate: does a query match a text, and why. Search, filtered feeds and alerts all end here; whatever index they
 * use only narrows what is asked.
 */
import { spansNear } from "./near.ts";
import { sequences } from "./sequence.ts";
import { type AnalysedText, fieldAt, type Span, wordAt } from "./text.ts";
import type { FieldName, Query, Term } from "./tree.ts";
import { queryKey } from "./words.ts";

/** A term of the query and where it occurs. `spans` is empty where the names of the events, or the language, made it true. */
export interface TermFound {
  term: Term;
  spans: readonly Span[];
}

/** What stands under a NOT and is not true of these fields. `explain` works out why not, for the few texts that match. */
export interface NotTrue {
  not: Query;
  fields: readonly FieldName[];
}

/** One of the things that make a query true of a text. */
export type Reason = TermFound | NotTrue;

const TITLE_AND_TEXT: readonly FieldName[] = ["title", "text"];

/**
 * What makes the query true of the text, or undefined where it is not: of AND each operand's reasons, of OR those of all operands
 * that are true and of no other, of NOT that its operand is not.
 */
export function match(
  query: Query,
  text: AnalysedText,
  fields: readonly FieldName[] = TITLE_AND_TEXT,
): Reason[] | undefined {
  switch (query.kind) {
    case "and": {
      const found: Reason[] = [];
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
  // What the whole is about does not stand in its title.
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

/** Where a term occurs in the text, in order. */
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

/** In order and each once: a spelling of several names, or of a compound in two ways, is still one occurrence. */
const ordered = (spans: readonly Span[]): Span[] =>
  [...spans]
    .sort((a, b) => a.position - b.position || a.length - b.length)
    .filter((span, i, all) => span.position !== all[i - 1]?.position || span.length !== all[i - 1]?.length);

/** Where literals stand one after the other. A word of the text has the key that its literal has in a query, so only there can it stand. */
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
