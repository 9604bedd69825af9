/** Folding removes the differences in writing that never matter, not even in quotes. */
import { isPlainLetter } from "./segments.ts";

/** Letter variants that remain after NFKC and the removal of marks. */
const LETTERS: Readonly<Record<string, string>> = {
  "\u2018": "'", // curly quotes, modifier apostrophe, prime
  "\u2019": "'",
  "\u02bc": "'",
  "\u2032": "'",
  "\u02bf": "'", // ʿ and ʾ of transliterations
  "\u02be": "'",
  ς: "σ",
  ß: "ss", // of ẞ, which has no other capital
  ł: "l",
  ø: "o",
  đ: "d",
  æ: "ae",
  œ: "oe",
  þ: "th",
  ٱ: "ا",
  ى: "ي",
  ة: "ه",
  ک: "ك",
  ی: "ي",
  ے: "ي",
  ە: "ه", // of ۀ
  ہ: "ه",
  ھ: "ه",
  ۃ: "ه",
};
const VARIANTS = new RegExp(`[${Object.keys(LETTERS).join("")}\u0660-\u0669\u06f0-\u06f9]`, "gu");
const variant = (letter: string): string => LETTERS[letter] ?? String((letter.codePointAt(0) ?? 0) & 0xf);

/**
 * Marks that carry no letter of their own (accents, Arabic vowels and hamzas, Hebrew points), tatweel, and invisible
 * characters. Also spaces, which NFKC produces from a mark or a word that is one character.
 */
const MARKS =
  /(?<!и)\u0306|\s|\u0640|[\u0300-\u0305\u0307-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]|\p{Variation_Selector}|\p{Cf}/gu;

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const LETTER_DIGIT_OR_MARK = /[\p{L}\p{N}\p{M}]/u;

/** Strips everything but letters and digits from both ends: `_Aleppo_`, ʿAin. A mark on the last letter stays. */
function withoutEdges(text: string): string {
  const start = text.search(LETTER_OR_DIGIT);
  if (start < 0) return "";
  let end = text.length;
  for (;;) {
    const last = text.slice((text.codePointAt(end - 2) ?? 0) > 0xffff ? end - 2 : end - 1, end);
    if (LETTER_DIGIT_OR_MARK.test(last)) return text.slice(start, end);
    end -= last.length;
  }
}

/**
 * Returns the literal of a word; empty if there is no letter or digit. Idempotent. Steps:
 *
 * 1. NFKC.
 * 2. Full case folding: upper, then lower case, so that ß is ss and ı is i.
 * 3. Marks are removed, except that й stays a letter of its own.
 * 4. Each letter's variants become one form.
 * 5. Everything but letters and digits is stripped from both ends.
 */
export function fold(text: string): string {
  return foldPlain(text) ?? foldAny(text);
}

/** Maximum marks on one letter, as in the Stream-Safe Text Format (UAX 15, section 13). */
const MAX_MARKS = 30;
/** U+FF9E and U+FF9F become marks in NFKC. A failed match reads at most 31 characters, so the expression is linear. */
const TOO_MANY_MARKS = /([\p{M}\uff9e\uff9f]{30})[\p{M}\uff9e\uff9f]+/gu;

/**
 * Returns a text that `normalize` handles in linear time. Sorting the marks on one letter is quadratic in their number.
 */
export const withFewMarks = (text: string): string =>
  text.length > MAX_MARKS ? text.replace(TOO_MANY_MARKS, "$1") : text;

function foldAny(text: string): string {
  const cased = withFewMarks(text).normalize("NFKC").toUpperCase().toLowerCase();
  // Marks that an invisible character kept apart are adjacent once it is gone.
  const bare = withFewMarks(cased.normalize("NFD").replace(MARKS, ""));
  return withoutEdges(bare.normalize("NFC").replace(VARIANTS, variant));
}

/** Folded form of a letter, digit or inner apostrophe, by character code. Filled on first use. */
const FOLDED: string[] = [];

/** Folds a word whose letters fold one by one; undefined for any other word. */
function foldPlain(text: string): string | undefined {
  let folded = "";
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x61 && code <= 0x7a) folded += text[i];
    else if (code >= 0x41 && code <= 0x5a) folded += String.fromCharCode(code | 0x20);
    else if (isPlainLetter(code)) folded += FOLDED[code] ??= foldAny(text.charAt(i));
    else if (code >= 0x30 && code <= 0x39) folded += text[i];
    else if ((code === 0x27 || code === 0x2019) && i > 0 && i < text.length - 1) folded += "'";
    else return undefined;
  }
  // A letter that folds to nothing may have been beside an apostrophe.
  return folded.startsWith("'") || folded.endsWith("'") ? undefined : folded;
}
