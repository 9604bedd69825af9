/**
 * Cuts a text into folded words. Queries, names and indexes compare words in two forms:
 *
 * - The *literal* is the word without differences that never matter: case, accents, width, invisible characters, Arabic
 *   vowel marks and letter variants, and an elided article (l'accord). Quoted phrases compare literals.
 * - The *keys* also drop what does not matter outside quotes: possessive, plural, Russian declension, attached Arabic
 *   particles. A word of a query has one key. A word of a text may have several and matches if one is equal.
 *
 * Word boundaries follow Unicode Standard Annex 29, except that a full stop or colon splits a word ("Aleppo.The"),
 * where runtimes differ anyway. Numbers and abbreviations of single letters ("U.S.") stay whole.
 */
import { fold } from "./fold.ts";
import { ARABIC, arabicKeys, withoutArticle } from "./inflection/arabic.ts";
import { singular } from "./inflection/english.ts";
import { frenchForms } from "./inflection/french.ts";
import { CYRILLIC, russianKey, russianKeys } from "./inflection/russian.ts";
import { nextCut, segments } from "./segments.ts";
import { finish, STEP, type Steps } from "./steps.ts";

export { fold };

export interface Word {
  literal: string;
  keys: readonly string[];
  /** Offsets into the source text, in UTF-16 code units; `end` is exclusive. */
  start: number;
  end: number;
  /** How the text writes the word: "US" in capitals, "U.S." with points, anything else plain. */
  written: "capitals" | "pointed" | "plain";
  /** Whether the word begins with a capital, after an elided article (l'Iran). */
  capital: boolean;
  /** Whether the word ends in ة, which the literal folds to ه. */
  marbuta: boolean;
  /** Whether exactly a hyphen separates this word from the next. */
  hyphen: boolean;
}

/** Invisible characters at which UAX 29 breaks a word although no reader sees a break. */
const INVISIBLE_BREAKS = /[\u200b\u2060\ufeff]/u;
const POINTED = /^\p{L}(?:\.\p{L})+$/u;
const CAPITALS = /^(?=.*\p{Lu})[\p{Lu}\p{N}]+$/u;
const NUMBER = /^[\p{N}.,:]+$/u;
/**
 * Full stop, colon and their wide forms; and the narrow space before French punctuation, which UAX 29 counts as part of
 * a word.
 */
const SEPARATORS = /[.:\u2024\u202f\ufe13\ufe52\ufe55\uff0e\uff1a]/u;
const PARTS = /[^.:\u2024\u202f\ufe13\ufe52\ufe55\uff0e\uff1a]+/gu;
const HYPHENS = "-\u2010\u2011";

/**
 * Cuts a text into folded words, in order. Linear in its length. `french`: the text is French, so its words have more
 * keys.
 */
export const splitWords = (text: string, french = false): Word[] => finish(splitting(text, french));

/** Cuts a text into words in steps. */
export function* splitting(text: string, french: boolean, step = STEP): Steps<Word[]> {
  if (INVISIBLE_BREAKS.test(text)) return yield* splittingAround(text, french, step);
  const words: Word[] = [];
  const described = french ? FRENCH_WORDS : WORDS;
  for (let from = 0; from < text.length; ) {
    const to = nextCut(text, from + step, step / 2);
    cutStretch(words, text, from, to, described);
    yield to - from;
    from = to;
  }
  return words;
}

function cutStretch(words: Word[], text: string, from: number, to: number, described: DescriptionCache): void {
  segments(text.slice(from, to), (start, end, dotted) => {
    if (dotted) pushSegment(words, text, from + start, from + end, described);
    else pushPart(words, text, from + start, from + end, described);
  });
}

/** Handles the rare text with invisible breaks: cuts it without them, then restores the offsets. */
function* splittingAround(text: string, french: boolean, step: number): Steps<Word[]> {
  const visible = text.replaceAll(/[\u200b\u2060\ufeff]/gu, "");
  const offsets = visibleOffsets(text, visible.length);
  const words = yield* splitting(visible, french, step);
  const original = (offset: number): number => offsets[offset] ?? text.length;
  for (const word of words) {
    word.start = original(word.start);
    word.end = original(word.end - 1) + 1;
  }
  return words;
}

function visibleOffsets(text: string, length: number): Uint32Array {
  const offsets = new Uint32Array(length);
  for (let at = 0, visible = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== 0x200b && code !== 0x2060 && code !== 0xfeff) offsets[visible++] = at;
  }
  return offsets;
}

/**
 * Adds the words of a segment, which full stops or colons may separate. Single letters with full stops are one word.
 */
function pushSegment(words: Word[], text: string, start: number, end: number, described: DescriptionCache): void {
  const segment = text.slice(start, end);
  if (!SEPARATORS.test(segment) || NUMBER.test(segment)) {
    pushPart(words, text, start, end, described);
    return;
  }
  for (const { 0: part, index } of segment.matchAll(PARTS)) {
    pushPart(words, text, start + index, start + index + part.length, described);
  }
}

function pushPart(words: Word[], text: string, start: number, end: number, described: DescriptionCache): void {
  const last = words[words.length - 1];
  if (last !== undefined && last.end === start - 1) {
    const between = text.charAt(last.end);
    if (between === "." && joinsPointed(last, text, start, end)) {
      words.pop();
      words.push(makeWord(describe(text.slice(last.start, end), described), last.start, end));
      return;
    }
    last.hyphen = HYPHENS.includes(between);
  }
  const description = describe(text.slice(start, end), described);
  if (description.literal === "") {
    if (last !== undefined) last.hyphen = false;
    return;
  }
  if (description.mixed) {
    let from = start;
    for (const { 0: part, index } of text.slice(start, end).matchAll(SCRIPT_ENDS)) {
      const to = start + index + part.length;
      pushPart(words, text, from, to, described);
      from = to;
    }
    pushPart(words, text, from, end, described);
    return;
  }
  const word = makeWord(description, start, end);
  if (description.startKeys !== undefined && startsSentence(last, text, start)) word.keys = description.startKeys;
  words.push(word);
}

/**
 * Returns whether a letter continues an abbreviation ("U.S"). The length limit keeps a text of only letters and full
 * stops linear.
 */
function joinsPointed(last: Word, text: string, start: number, end: number): boolean {
  return start - last.start <= 16 && POINTED.test(text.slice(last.start, end));
}

const SENTENCE_END = /[.!?…\n«"“„]/u;

/** Returns whether the word at `start` begins a sentence. After an initial ("S.") a surname follows. */
function startsSentence(last: Word | undefined, text: string, start: number): boolean {
  if (last === undefined) return true;
  return last.literal.length > 2 && SENTENCE_END.test(text.slice(last.end, start));
}

const makeWord = (description: Description, start: number, end: number): Word => ({
  literal: description.literal,
  keys: description.keys,
  start,
  end,
  written: description.written,
  capital: description.capital,
  marbuta: description.marbuta,
  hyphen: false,
});

/**
 * The properties of a word that do not depend on its place. `startKeys`: its keys at the start of a sentence, if they
 * differ. `mixed`: it is several words in several scripts.
 */
interface Description extends Pick<Word, "literal" | "keys" | "written" | "capital" | "marbuta"> {
  startKeys: readonly string[] | undefined;
  mixed: boolean;
}

/**
 * Cache of descriptions by written form, since most words of a text occurred in the one before. The cache is cleared
 * when full and skips long words. Each of the two takes about 5 MB at most.
 */
interface DescriptionCache {
  readonly known: Map<string, Description>;
  readonly french: boolean;
}
const MAX_CACHED = 20_000;
const MAX_CACHED_LENGTH = 40;
const WORDS: DescriptionCache = { known: new Map(), french: false };
const FRENCH_WORDS: DescriptionCache = { known: new Map(), french: true };

function describe(source: string, { known, french }: DescriptionCache): Description {
  const found = known.get(source);
  if (found !== undefined) return found;
  const description = computeDescription(source, french);
  if (source.length <= MAX_CACHED_LENGTH) {
    if (known.size >= MAX_CACHED) known.clear();
    known.set(copy(source), description);
  }
  return description;
}

/** Returns a string with its own memory. A slice would keep the whole text in memory. */
const copy = (piece: string): string => ` ${piece}`.slice(1);

const ELISION = /^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=.{2})/u;
const POSSESSIVE = /['\u2019]s$/iu;
const ELIDED = /^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['\u2019](?=.)/iu;

const MARBUTA = /ة\p{M}*$/u;
/**
 * Ends of a word where the script changes between Arabic and Latin: "وISIS" is two words to any reader. Marks and
 * format characters belong to the letter before them, even if their own script is Arabic. So no run of marks contains
 * the start of another match, and the expression is linear.
 */
const SCRIPT_ENDS =
  /[\p{Script=Arabic}--[\p{M}\p{Cf}]][\p{M}\p{Cf}ـ]*(?=\p{Script=Latin})|\p{Script=Latin}[\p{M}\p{Cf}]*(?=[\p{Script=Arabic}--[\p{M}\p{Cf}]])/gv;

function computeDescription(source: string, french: boolean): Description {
  const pointed = POINTED.test(source);
  const literal = fold(pointed ? source.replaceAll(".", "") : source).replace(ELISION, "");
  const bare = source.replace(ELIDED, "").replace(POSSESSIVE, "");
  const capitals = CAPITALS.test(bare);
  const capital = /^\p{Lu}/u.test(bare);
  const surname = capital && !capitals && CYRILLIC.test(literal);
  const keys = textKeys(literal, source, french, surname);
  const startKeys = surname ? textKeys(literal, source, french, false) : keys;
  return {
    literal,
    keys,
    startKeys: startKeys.length > keys.length ? startKeys : undefined,
    written: pointed ? "pointed" : capitals ? "capitals" : "plain",
    capital,
    marbuta: MARBUTA.test(source),
    mixed: source.search(SCRIPT_ENDS) >= 0,
  };
}

/**
 * Returns the two words around a hyphen as one ("cease-fire" → "ceasefire"), folded; undefined if there is no hyphen.
 */
export function compoundAt(words: readonly Word[], position: number): string | undefined {
  const first = words[position];
  if (first === undefined || !first.hyphen) return undefined;
  const second = words[position + 1];
  return second && first.literal + second.literal;
}

const LATIN = /^[a-z]{2,}$/;

/** Returns the one key of a word in a query. Takes a literal. Idempotent. */
export function queryKey(literal: string): string {
  if (ARABIC.test(literal)) return withoutArticle(literal);
  const bare = literal.includes("'") ? withoutApostrophes(literal) : literal;
  if (LATIN.test(bare)) {
    const one = singular(bare);
    return one === bare ? bare : singular(one);
  }
  return CYRILLIC.test(bare) ? russianKey(bare) : bare;
}

/** Removes possessive, elision and remaining apostrophes. Returns the word itself if nothing else is left. */
function withoutApostrophes(literal: string): string {
  const bare = literal.replace(/'s?$/u, "").replace(ELISION, "").replaceAll("'", "");
  return bare === "" ? literal : bare;
}

function textKeys(literal: string, source: string, french: boolean, surname: boolean): readonly string[] {
  if (ARABIC.test(literal)) return arabicKeys(literal);
  const bare = withoutApostrophes(literal);
  if (CYRILLIC.test(bare)) return russianKeys(bare, surname);
  const key = queryKey(literal);
  if (!french || !LATIN.test(bare)) return [key];
  const keys = [key];
  for (const form of frenchForms(bare, source)) {
    const other = queryKey(form);
    if (!keys.includes(other)) keys.push(other);
  }
  return keys;
}
