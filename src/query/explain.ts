/** Explains why a query matched, in words and places that a person can check. */
import { balancedPiece } from "./bidi.ts";
import { type MatchReason, match, type TermFound, type UnmatchedOperand } from "./match.ts";
import { type AnalysedText, fieldAt, type Span, wordAt } from "./text.ts";
import { type Query, type Term, termsOf, write } from "./tree.ts";

/** One term of a query: how it was read and where it was found. Also a term under NOT that was not found. */
export interface Match {
  /** The part of the query in canonical form. A term under NOT has its minus (`-truck`, `-title:truck`). */
  term: string;
  /** How the term was read: the id of a name, otherwise the kind of term. */
  means: string;
  /**
   * Where the term was found. `event`: among the names of the article's events. `language`: the language of the
   * article. `absent`: nowhere, as NOT asks. For these three, `text`, `snippet` and `offset` are null and `occurrences`
   * is 0.
   */
  field: "title" | "text" | "publisher" | "event" | "language" | "absent";
  /** The words found, as the text writes them, starting at `offset`. Cut if they are many. */
  text: string | null;
  /**
   * The words found with some of the text around them. An ellipsis marks each cut. A cut never splits a grapheme
   * cluster, and all bidirectional formatting is closed (`bidi.ts`).
   */
  snippet: string | null;
  /** Offset of the words found in the field, in UTF-16 code units. */
  offset: number | null;
  /** Number of occurrences of the term. */
  occurrences: number;
}

/** Words of a snippet on each side of the words found. */
const SNIPPET_WORDS = 8;
/** Maximum length of a snippet on each side, in UTF-16 code units. */
const SNIPPET_LENGTH = 120;
const FOUND_LENGTH = 160;

/** Returns how a term was read: `place:aleppo`, or the kind of term. */
export function meaning(term: Term): string {
  if (term.kind !== "name" && term.kind !== "named") return term.kind;
  return term.ids.length === 0 ? "unknown name" : term.ids.join("|");
}

/**
 * Explains a match: one entry for each term found, with its first occurrence, and one for each term excluded by NOT. Of
 * an OR, only the alternatives that are true are explained.
 */
export function explain(found: readonly MatchReason[], text: AnalysedText): Match[] {
  const entries = found.flatMap((reason) => explainReason(reason, text));
  // A term in two branches of an OR gives the same entry twice.
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

const explainReason = (reason: MatchReason, text: AnalysedText): Match[] =>
  "not" in reason ? explainAbsence(reason, text) : [explainTerm(reason, text)];

/** Explains why a query is not true. AND: its false operands. OR: all operands. NOT: what makes its operand true. */
function explainAbsence({ not: query, fields }: UnmatchedOperand, text: AnalysedText): Match[] {
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

/** Describes a term that does not occur. A NEAR is one entry, since each side may occur on its own. */
function absent(query: Term | (Query & { kind: "near" }), fields: UnmatchedOperand["fields"]): Match {
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

/** Explicit marks of UAX 9. UAX 29 counts them as part of the word before them. */
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
  const from = index <= SNIPPET_WORDS ? 0 : clusterStart(source, field.words[index - SNIPPET_WORDS]?.start ?? 0);
  const next = field.words[index + span.length + SNIPPET_WORDS];
  const to = next === undefined ? source.length : clusterStart(source, next.start);
  return {
    field: field.name,
    text: clip(source.slice(start, end), FOUND_LENGTH),
    snippet: snippet(source, start, end, from, to),
    offset: start,
  };
}

/** Returns the words from `start` to `end` and the text around them, within `from` and `to`. */
function snippet(source: string, start: number, end: number, from: number, to: number): string {
  const left = start - clipStart(source.slice(from, start), SNIPPET_LENGTH).length;
  const middle = start + clip(source.slice(start, end), FOUND_LENGTH).length;
  const right = end + clip(source.slice(end, to), SNIPPET_LENGTH).length;
  const pieces = middle < end ? [piece(source, left, middle), piece(source, end, right)] : [piece(source, left, right)];
  return `${left > 0 ? "… " : ""}${pieces.join(" … ").trim()}${right < source.length ? " …" : ""}`;
}

/** Returns a stretch of the source as one line. */
function piece(source: string, from: number, to: number): string {
  const written = source.slice(from, to);
  const start = from + written.length - written.trimStart().length;
  return balancedPiece(source, start, start + written.trim().length).replace(/[\s\x85]+/gu, " ");
}

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/**
 * Distance searched backwards for the start of a cluster. The segmenter copies its input, so it never gets a whole
 * text.
 */
const MAX_CLUSTER = 64;

/** Returns the beginning of a text, never cut inside what a reader sees as one character. */
function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  // The start of a cluster is clear without the text after its first character.
  const last = graphemes.segment(text.slice(0, length + 2)).containing(length);
  return text.slice(0, last?.index ?? length);
}

function clipStart(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = text.slice(clusterBefore(text, text.length - length - MAX_CLUSTER));
  const first = graphemes.segment(end).containing(end.length - length);
  return end.slice(first === undefined ? end.length - length : first.index + first.segment.length);
}

const isFlagLetter = (code = 0): boolean => code >= 0x1f1e6 && code <= 0x1f1ff;

/**
 * Returns a place at or shortly before an offset that splits no flag. In a run of flag letters, each pair from the
 * first on is a flag.
 */
function clusterBefore(text: string, offset: number): number {
  const isInside = (text.codePointAt(offset - 1) ?? 0) > 0xffff;
  const at = Math.max(0, isInside ? offset - 1 : offset);
  let run = at;
  while (isFlagLetter(text.codePointAt(run - 2))) run -= 2;
  return at - ((at - run) % 4);
}

const CONTINUES = /^\p{M}/u;

/**
 * Returns the start of the grapheme cluster at a word's start. A word after a full stop may begin with a mark that
 * combines with it.
 */
function clusterStart(source: string, offset: number): number {
  if (!CONTINUES.test(source.slice(offset, offset + 2))) return offset;
  const from = Math.max(0, offset - MAX_CLUSTER);
  return from + (graphemes.segment(source.slice(from, offset + 2)).containing(offset - from)?.index ?? 0);
}
