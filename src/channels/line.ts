/**
 * Text of the record as a chat service may be given it. Titles, summaries and queries are written by others: they may hold line
 * breaks, control characters, half a surrogate pair, marks of direction that turn round what stands beside them, and any length.
 */
import { balancedPiece } from "../query/bidi.ts";

const FSI = "\u2068";
const PDI = "\u2069";

/** Letters of scripts that run from right to left, and the marks of direction (UAX 9, sections 2 and 3.2). */
const TURNS =
  /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const VISIBLE = /[^\p{C}\p{Z}]/u;

/** One line without control characters, well-formed. */
export const flat = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();

/**
 * One line of at most `length` UTF-16 code units, cut between grapheme clusters, with an ellipsis where it was cut; empty where nobody
 * would see anything. Text that may run from right to left is isolated (UAX 9, section 2.4.2), and its own formatting closed: that
 * may add as many marks again as it has, and two.
 */
export function line(text: string, length: number): string {
  const cut = clip(flat(text), length);
  if (!VISIBLE.test(cut)) return "";
  return TURNS.test(cut) ? FSI + balancedPiece(cut, 0, cut.length) + PDI : cut;
}

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  // What one reader sees as one character may be longer than any limit: marks can be piled up.
  const end = graphemes.segment(text).containing(length - 1)?.index || wholeUpTo(text, length - 1);
  return `${text.slice(0, end).trimEnd()}…`;
}

/** The end of the last whole code point before `end`. */
const wholeUpTo = (text: string, end: number): number => ((text.codePointAt(end - 1) ?? 0) > 0xffff ? end - 1 : end);

/** A link's length when it is escaped for any service. Beyond it, a link alone would fill a message of Discord. */
const MAX_LINK = 700;

/**
 * A URL that may become a link, in ASCII and with nothing in it by which a service's markup would end; null where it is none that a
 * browser should be sent to: another scheme than http and https, a user name that pretends to be the host, an IPv6 address (its brackets
 * could not be encoded), or too long.
 */
export function webLink(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  if (url.username || url.password || url.hostname.startsWith("[")) return null;
  const link = url.href.replace(/[()<>[\]|\\"'`]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return link.replaceAll("&", "&amp;").length > MAX_LINK ? null : link;
}
