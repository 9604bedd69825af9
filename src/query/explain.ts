/** Why a query matched, in words and places that a person can check. */
import type { TermFound } from "./match.ts";
import { type AnalysedText, fieldAt, type Span, wordAt } from "./text.ts";
import type { Term } from "./tree.ts";

/** One term of the query, as what it was read, and where it was found. */
export interface Match {
  /** The part of the query, as its canonical form writes it. */
  term: string;
  /** How it was read: the name's id, else the kind of term. */
  means: string;
  /** `event`: the name is one of those of the article's events; `language`: that of the whole. Then text and snippet are null. */
  field: "title" | "text" | "publisher" | "event" | "language";
  /** The words found, as they are written. */
  text: string | null;
  /** Those words with some of what stands around them; an ellipsis where it was cut. */
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

/** Explains a match: an entry for each term that was found, with its first occurrence. */
export function explain(found: readonly TermFound[], text: AnalysedText): Match[] {
  const entries = found.map((each) => explainTerm(each, text));
  // The same term in two branches of an OR says the same twice.
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

function explainTerm({ term, spans }: TermFound, text: AnalysedText): Match {
  const base = { term: term.text, means: meaning(term), occurrences: spans.length };
  const place = spans[0] && locate(spans[0], text);
  if (place) return { ...base, ...place };
  const field = term.kind === "language" ? ("language" as const) : ("event" as const);
  return { ...base, field, text: null, snippet: null, offset: null };
}

function locate(span: Span, text: AnalysedText): Pick<Match, "field" | "text" | "snippet" | "offset"> | undefined {
  const field = fieldAt(text, span.position);
  const first = wordAt(text, span.position);
  const last = wordAt(text, span.position + span.length - 1);
  if (!field || !first || !last) return undefined;
  const { source } = field;
  const index = span.position - field.base;
  const from = index <= AROUND ? 0 : (field.words[index - AROUND]?.start ?? 0);
  const to = field.words[index + span.length + AROUND]?.start ?? source.length;
  return {
    field: field.name,
    text: clip(source.slice(first.start, last.end), FOUND_LENGTH),
    snippet: snippet(source, first.start, last.end, from, to),
    offset: first.start,
  };
}

function snippet(source: string, start: number, end: number, from: number, to: number): string {
  const before = clipStart(source.slice(from, start), AROUND_LENGTH);
  const after = clip(source.slice(end, to), AROUND_LENGTH);
  const cutBefore = from > 0 || before.length < start - from;
  const cutAfter = to < source.length || after.length < to - end;
  const shown = (before + clip(source.slice(start, end), FOUND_LENGTH) + after).replace(/\s+/gu, " ").trim();
  return `${cutBefore ? "… " : ""}${shown}${cutAfter ? " …" : ""}`;
}

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** The beginning of a text, never cut inside what a reader sees as one character. */
function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = graphemes.segment(text).containing(length);
  return text.slice(0, last?.index ?? length);
}

function clipStart(text: string, length: number): string {
  if (text.length <= length) return text;
  const first = graphemes.segment(text).containing(text.length - length);
  return text.slice(first === undefined ? text.length - length : first.index + first.segment.length);
}
