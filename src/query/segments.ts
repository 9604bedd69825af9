/**
 * Finds word boundaries as Unicode Standard Annex 29 defines them.
 *
 * `Intl.Segmenter` costs more than the rest of an analysis together. So this file cuts letters, digits and punctuation
 * of the Latin, Cyrillic and Arabic scripts itself, by the same rules. A stretch between spaces with any other
 * character goes to the segmenter. A property test proves that both agree.
 */

/**
 * Receives a word-like segment from `start` to `end` (exclusive). `dotted`: it may contain a full stop, colon or narrow
 * space.
 */
export type TakeSegment = (start: number, end: number, dotted: boolean) => void;

const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/** Classes of UAX 29, table 3, as far as this file distinguishes them. */
const UNKNOWN = 0;
const OTHER = 1;
const SPACE = 2;
const LETTER = 3;
const DIGIT = 4;
/** Joins digits (MidNum): a comma. */
const COMMA = 5;
/** Joins letters or digits (MidNumLetQ): an apostrophe, a full stop. */
const APOSTROPHE = 6;
const FULL_STOP = 7;
/** Part of the character before it (Extend, and the soft hyphen, which is Format). */
const EXTEND = 8;
/** `_` joins everything beside it. */
const CONNECTOR = 9;

const TABLE_SIZE = 0x700;
const TABLE = makeTable();
const PUNCTUATION = 0x2010;
const PUNCTUATION_TABLE = makePunctuationTable();

function makeTable(): Uint8Array {
  const table = new Uint8Array(TABLE_SIZE);
  const fill = (type: number, ...ranges: (number | [from: number, to: number])[]): void => {
    for (const range of ranges) {
      const [from, to] = typeof range === "number" ? [range, range] : range;
      table.fill(type, from, to + 1);
    }
  };
  // Runtimes differ on whether a colon joins letters. Words are always cut at a colon, and at a full stop after a
  // letter.
  fill(OTHER, [0x00, 0x7f], [0xa0, 0xa9], 0xab, [0xae, 0xb1], 0xb4, 0xb6, 0xbb, 0xbf, 0xd7, 0xf7, 0x61b, 0x61f, 0x6d4);
  fill(SPACE, 0x09, 0x0a, 0x0d, 0x20);
  fill(
    LETTER,
    [0x41, 0x5a],
    [0x61, 0x7a],
    0xaa,
    0xb5,
    0xba,
    [0xc0, 0xd6],
    [0xd8, 0xf6],
    [0xf8, 0x13e],
    [0x141, 0x148],
    [0x14a, 0x17f],
  );
  fill(LETTER, [0x218, 0x21b], [0x400, 0x481], [0x48a, 0x52f], [0x620, 0x64a], [0x671, 0x673], [0x679, 0x6d3], 0x6d5);
  fill(DIGIT, [0x30, 0x39], [0x660, 0x669], [0x6f0, 0x6f9]);
  fill(COMMA, 0x2c, 0x3b, 0x60c);
  fill(APOSTROPHE, 0x27);
  fill(FULL_STOP, 0x2e);
  fill(EXTEND, 0xad, [0x300, 0x34e], [0x64b, 0x65f], 0x670);
  fill(CONNECTOR, 0x5f);
  return table;
}

/**
 * Table from U+2010 to U+203A. The narrow space before French punctuation joins words in UAX 29; words are cut there
 * later.
 */
function makePunctuationTable(): Uint8Array {
  const table = new Uint8Array(0x2b);
  table.fill(OTHER, 0x2010 - PUNCTUATION, 0x2017 - PUNCTUATION);
  table.fill(OTHER, 0x201a - PUNCTUATION, 0x2024 - PUNCTUATION);
  for (const code of [0x2026, 0x202f, 0x2030, 0x2032, 0x2033, 0x2039, 0x203a]) table[code - PUNCTUATION] = OTHER;
  table.fill(APOSTROPHE, 0x2018 - PUNCTUATION, 0x201a - PUNCTUATION);
  return table;
}

function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < TABLE_SIZE) return TABLE[code] ?? UNKNOWN;
  return PUNCTUATION_TABLE[code - PUNCTUATION] ?? UNKNOWN;
}

/** Returns whether a character is a letter that folds on its own, independent of its neighbours. */
export const isPlainLetter = (code: number): boolean => code < TABLE_SIZE && TABLE[code] === LETTER;

/**
 * Returns the first place from `at` on where cutting splits no word; the end of the text if there is none. Cuts before
 * a space. After `long` code units without a space, cuts before a sign that joins nothing there.
 */
export function nextCut(text: string, at: number, long: number): number {
  for (let cut = at; cut < text.length; cut++) {
    if (classAt(text, cut) === SPACE || (cut > at + long && joinsNothing(text, cut))) return cut;
  }
  return text.length;
}

/**
 * Returns whether no rule joins a sign with the text before it. A comma joins digits. A quotation mark joins Hebrew
 * letters (WB7b), which are not in LETTER.
 */
function joinsNothing(text: string, at: number): boolean {
  const type = classAt(text, at);
  const sign = text.charAt(at);
  if (type === COMMA || type === FULL_STOP || sign === '"') return classAt(text, at - 1) === LETTER;
  return type === OTHER ? sign < "\x80" : "\u3001\u3002".includes(sign);
}

/** Calls `take` for each word-like segment of a text, in order. Linear in its length. */
export function segments(text: string, take: TakeSegment): void {
  if (isKnown(text, 0, text.length)) {
    scan(text, 0, text.length, take);
    return;
  }
  // No word spans a space, or a sign that joins nothing: `nextCut` cuts there as well. Only stretches with unknown
  // characters, and short ones between them, go to the segmenter.
  let [unknown, end] = [0, 0];
  for (let start = 0, at = 0; at <= text.length; at++) {
    const isSpace = at < text.length && classAt(text, at) === SPACE;
    if (at < text.length && !isSpace && !(at > start && joinsNothing(text, at))) continue;
    if (!isKnown(text, start, at)) {
      if (start - end > CALL_COST || hasJoiner(text, end, start)) {
        askSegmenter(text, unknown, end, take);
        scan(text, end, start, take);
        unknown = start;
      }
      end = at;
    }
    start = isSpace ? at + 1 : at;
  }
  askSegmenter(text, unknown, end, take);
  scan(text, end, text.length, take);
}

/** Cost of one segmenter call, in characters. */
const CALL_COST = 40;

/** Returns whether a stretch has a sign that may join words. There runtimes differ, so the segmenter must not see it. */
function hasJoiner(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const type = classAt(text, at);
    if (type >= COMMA && type !== EXTEND) return true;
  }
  return false;
}

/** Returns whether every character of a stretch has a known class. A mark is known only after a letter or digit. */
function isKnown(text: string, start: number, end: number): boolean {
  let before = OTHER;
  for (let at = start; at < end; at++) {
    const type = classAt(text, at);
    if (type === UNKNOWN) return false;
    if (type !== EXTEND) before = type;
    else if (before !== LETTER && before !== DIGIT) return false;
  }
  return true;
}

/**
 * Characters on which ICU is slow, replaced by characters that it treats alike. ICU takes 10 µs at each change between
 * two scripts that need a dictionary (Line_Break=SA) but have none. It also decomposes squared words (U+3300 to U+3357)
 * into letters.
 */
const SLOW =
  /[\p{Script=Tai_Le}\p{Script=New_Tai_Lue}\p{Script=Tai_Tham}\p{Script=Tai_Viet}\p{Script=Ahom}\u3300-\u3357]/gu;

/**
 * Returns a stand-in of equal length that ICU treats alike: a letter or mark that needs no dictionary, or a katakana.
 */
function standIn(character: string): string {
  const short = character.length === 1;
  if (character >= "\u3300" && character <= "\u3357") return "カ";
  if (/\p{M}/u.test(character)) return short ? "\u0300" : "\u{1e8d0}";
  return /\p{L}/u.test(character) ? (short ? "a" : "\u{10400}") : character;
}

function askSegmenter(text: string, start: number, end: number, take: TakeSegment): void {
  const stretch = text.slice(start, end).replace(SLOW, standIn);
  for (const { segment, index, isWordLike } of segmenter.segment(stretch)) {
    if (isWordLike) take(start + index, start + index + segment.length, true);
  }
}

/** Cuts a stretch of known characters (UAX 29, rules WB5 to WB13b). */
function scan(text: string, start: number, end: number, take: TakeSegment): void {
  let at = start;
  while (at < end) {
    const type = classAt(text, at);
    if (type !== LETTER && type !== DIGIT && type !== CONNECTOR) {
      at++;
      continue;
    }
    const from = at;
    let dotted = false;
    let wordLike = type !== CONNECTOR;
    let last = type;
    for (at++; at < end; at++) {
      const next = classAt(text, at);
      if (next === EXTEND) continue;
      if (next === LETTER || next === DIGIT || next === CONNECTOR) {
        wordLike ||= next !== CONNECTOR;
        last = next;
        continue;
      }
      if (!joins(next, last, at + 1 < end ? classAt(text, at + 1) : OTHER)) break;
      dotted ||= next === FULL_STOP;
    }
    if (wordLike) take(from, at, dotted);
  }
}

/**
 * Returns whether a sign joins the characters before and after it. Full stops between letters do not, since words are
 * cut there.
 */
function joins(sign: number, before: number, after: number): boolean {
  if (before !== after) return false;
  if (before === LETTER) return sign === APOSTROPHE;
  return before === DIGIT && (sign === COMMA || sign === APOSTROPHE || sign === FULL_STOP);
}
