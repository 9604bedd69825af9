/** Why a query matched, in words and places that a person can check. */
import { balancedPiece } from "./bidi.ts";
import { match, type NotTrue, type Reason, type TermFound } from "./match.ts";
import { type AnalysedText, fieldAt, type Span, wordAt } from "./text.ts";
import { type Query, type Term, termsOf, write } from "./tree.ts";

/** One term of the query, as what it was read, and where it was found; or one that NOT asks for, and that was not found. */
export interface Match {
  /** The part of the query, as its canonical form writes it; with its minus (`-truck`, `-title:truck`) where it is absent. */
  term: string;
  /** How it was read: the name's id, else the kind of term. */
  means: string;
  /**
   * `event`: the name is one of those of the article's events; `language`: that of the whole; `absent`: it does not occur, as NOT asks.
   * Then text, snippet and offset are null, and there are no occurrences.
   */
  field: "title" | "text" | "publisher" | "event" | "language" | "absent";
  /** The words found, as they are written: `offset` code units into the field; cut where they are many. */
  text: string | null;
  /**
   * Those words with some of what stands around them; an ellipsis where it was cut, never inside a grapheme cluster. What bidirectional
   * formatting it has is closed (`bidi.ts`).
   */
  snippet: string | null;
  /** Offset of the words found in the field, in UTF-16 code units. */
  offset: number | null;
  /** How often the term occurs. */
  occurrences: number;
}

/** How many words a snippet shows on each side. */
const AROUND = 8;
/** And how many UTF-16 code units at the most, on each side. */
const AROUND_LENGTH = 120;
const FOUND_LENGTH = 160;

/** How a term was read: `place:aleppo`, or what kind of term it is. */
export function meaning(term: Term): string {
  if (term.kind !== "name" && term.kind !== "named") return term.kind;
  return term.ids.length === 0 ? "unknown name" : term.ids.join("|");
}

/**
 * Explains a match: an entry for each term that was found, with its first occurrence, and for each that NOT asks for. Of OR these are
 * the terms of the alternatives that are true; a term that occurs, but only in an alternative that is not, made nothing true.
 */
export function explain(found: readonly Reason[], text: AnalysedText): Match[] {
  const entries = found.flatMap((reason) => explainReason(reason, text));
  // The same term in two branches of an OR says the same twice.
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

const explainReason = (reason: Reason, text: AnalysedText): Match[] =>
  "not" in reason ? explainAbsence(reason, text) : [explainTerm(reason, text)];

/** Why something is not true: of AND the operands that are not, of OR all of them, of NOT what makes its operand true. */
function explainAbsence({ not: query, fields }: NotTrue, text: AnalysedText): Match[] {
  const absence = (operand: Query, within = fields): Match[] => explainAbsence({ not: operand, fields: within }, text);
  switch (query.kind) {
    case "and":
      return query.operands
        .filter((operand) => match(operand, text, fields) === undefined)
        .flatMap((operand) => absence(operand));
    case "or":
      return query.operands.flatMap((operand) => absence(operand));
    case "not":
      return (match(query.operand, text, fields) ?? []).flatMap((reason) => explainReason(reason, text));
    case "field":
      return absence(query.operand, [query.field]);
    default:
      return [absent(query, fields)];
  }
}

/** A term that is not there; or a NEAR, told as a whole, since each side may be there on its own. */
function absent(query: Term | (Query & { kind: "near" }), fields: NotTrue["fields"]): Match {
  const [only, more] = fields;
  const field = more === undefined && (only === "title" || only === "publisher") ? only : undefined;
  const operand: Query = field ? { kind: "field", field, operand: query } : query;
  const join = query.kind === "near" ? ` NEAR/${query.distance} ` : "";
  return {
    term: write({ kind: "not", operand }),
    means: termsOf(query).map(meaning).join(join),
    occurrences: 0,
    field: "absent",
    text: null,
    snippet: null,
    offset: null,
  };
}

function explainTerm({ term, spans }: TermFound, text: AnalysedText): Match {
  const base = { term: term.text, means: meaning(term), occurrences: spans.length };
  const place = spans[0] && locate(spans[0], text);
  if (place) return { ...base, ...place };
  const field = term.kind === "language" ? ("language" as const) : ("event" as const);
  return { ...base, field, text: null, snippet: null, offset: null };
}

/** Formatting that UAX 29 counts among a word, since it stands after it: the explicit marks of UAX 9. */
const isFormat = (code: number): boolean => (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);

function locate(span: Span, text: AnalysedText): Pick<Match, "field" | "text" | "snippet" | "offset"> | undefined {
  const field = fieldAt(text, span.position);
  const first = wordAt(text, span.position);
  const last = wordAt(text, span.position + span.length - 1);
  if (!field || !first || !last) return undefined;
  const { source } = field;
  const index = span.position - field.base;
  const start = clusterStart(source, first.start);
  let { end } = last;
  while (isFormat(source.charCodeAt(end - 1))) end--;
  const from = index <= AROUND ? 0 : clusterStart(source, field.words[index - AROUND]?.start ?? 0);
  const next = field.words[index + span.length + AROUND];
  const to = next === undefined ? source.length : clusterStart(source, next.start);
  return {
    field: field.name,
    text: clip(source.slice(start, end), FOUND_LENGTH),
    snippet: snippet(source, start, end, from, to),
    offset: start,
  };
}

/** The words from `start` to `end` and what stands around them, at the most from `from` to `to`. */
function snippet(source: string, start: number, end: number, from: number, to: number): string {
  const left = start - clipStart(source.slice(from, start), AROUND_LENGTH).length;
  const middle = start + clip(source.slice(start, end), FOUND_LENGTH).length;
  const right = end + clip(source.slice(end, to), AROUND_LENGTH).length;
  const pieces = middle < end ? [piece(source, left, middle), piece(source, end, right)] : [piece(source, left, right)];
  return `${left > 0 ? "… " : ""}${pieces.join(" … ").trim()}${right < source.length ? " …" : ""}`;
}

/** A stretch of the source on one line. */
function piece(source: string, from: number, to: number): string {
  const written = source.slice(from, to);
  const start = from + written.length - written.trimStart().length;
  return balancedPiece(source, start, start + written.trim().length).replace(/[\s\x85]+/gu, " ");
}

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** How far back a cluster is looked for. The segmenter copies what it is given, so it is never given a whole text. */
const LONGEST_CLUSTER = 64;

/** The beginning of a text, never cut inside what a reader sees as one character. */
function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  // Where a cluster begins is clear without what follows its first character.
  const last = graphemes.segment(text.slice(0, length + 2)).containing(length);
  return text.slice(0, last?.index ?? length);
}

function clipStart(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = text.slice(clusterBefore(text, text.length - length - LONGEST_CLUSTER));
  const first = graphemes.segment(end).containing(end.length - length);
  return end.slice(first === undefined ? end.length - length : first.index + first.segment.length);
}

const isFlagLetter = (code = 0): boolean => code >= 0x1f1e6 && code <= 0x1f1ff;

/** A place at or shortly before an offset at which no flag is cut in half: of many in a row, each is two letters from the first on. */
function clusterBefore(text: string, offset: number): number {
  const isInside = (text.codePointAt(offset - 1) ?? 0) > 0xffff;
  const at = Math.max(0, isInside ? offset - 1 : offset);
  let run = at;
  while (isFlagLetter(text.codePointAt(run - 2))) run -= 2;
  return at - ((at - run) % 4);
}

const CONTINUES = /^\p{M}/u;

/** Where the grapheme cluster at a word's start begins: a word after a full stop may begin with the mark that stands on that. */
function clusterStart(source: string, offset: number): number {
  if (!CONTINUES.test(source.slice(offset, offset + 2))) return offset;
  const from = Math.max(0, offset - LONGEST_CLUSTER);
  return from + (graphemes.segment(source.slice(from, offset + 2)).containing(offset - from)?.index ?? 0);
}
