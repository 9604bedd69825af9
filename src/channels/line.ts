/**
 * Makes text of the record safe for chat services. Titles, summaries and queries come from outside: they may have line breaks, control
 * characters, half a surrogate pair, marks of direction that reverse the text beside them, and any length.
 */
import { balancedPiece } from "../query/bidi.ts";

const FSI = "\u2068";
const PDI = "\u2069";

/** Letters of scripts that are written from right to left, and marks of direction (UAX 9, sections 2 and 3.2). */
const TURNS =
  /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const VISIBLE = /[^\p{C}\p{Z}]/u;

/** Returns a text on one line, well-formed, without control characters. */
export const flat = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();

/**
 * Returns a text on one line of at most `length` UTF-16 code units, cut between grapheme clusters, with an ellipsis if it was cut. The line is
 * empty if nothing of it is visible. Text that may run from right to left is isolated (UAX 9, section 2.4.2) and its formatting closed: that
 * adds at most two marks and as many as the text has.
 */
export function line(text: string, length: number): string {
  const cut = clip(flat(text), length);
  if (!VISIBLE.test(cut)) return "";
  return TURNS.test(cut) ? FSI + balancedPiece(cut, 0, cut.length) + PDI : cut;
}

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  // A grapheme cluster may be longer than any limit, because marks can be piled up.
  const end = graphemes.segment(text).containing(length - 1)?.index || wholeUpTo(text, length - 1);
  return `${text.slice(0, end).trimEnd()}…`;
}

/** Returns the end of the last whole code point before `end`. */
const wholeUpTo = (text: string, end: number): number => ((text.codePointAt(end - 1) ?? 0) > 0xffff ? end - 1 : end);

/** Maximum length of a link when it is escaped, so that heading and foot fit into a message of Discord. */
const MAX_LINK = 700;

/**
 * Returns a URL as a link, in ASCII and without characters that end a link in some markup. Returns null if it must not become a link: its
 * scheme is not http or https, it has a user name (which may pretend to be the host), its host is an IPv6 address (whose brackets cannot be
 * encoded), or it is too long.
 */
export function webLink(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  if (url.username || url.password || url.hostname.startsWith("[")) return null;
  const link = url.href.replace(/[()<>[\]|\\"'`]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return link.replaceAll("&", "&amp;").length > MAX_LINK ? null : link;
}
