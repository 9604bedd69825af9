/**
 * Text → folded words. Everything that compares words (query, names, index) sees them in the two forms made here:
 *
 * - the *literal*: the word as written, without what never matters (case, accents, width, invisible characters, Arabic
 *   vowel marks and letter variants). Quoted phrases compare literals.
 * - its *keys*: the literal without what does not matter outside quotes either (possessive, elision, plural, attached
 *   Arabic particles). A word of a query has one key; a word of a text may have several, and matches when one is equal.
 *
 * Word boundaries are those of Unicode Standard Annex 29, as `Intl.Segmenter` finds them, with one departure, in which runtimes
 * differ anyway: a full stop or colon inside a word splits it ("Aleppo.The"), unless it is a number or an abbreviation of
 * single letters ("U.S.").
 */

export interface Word {
  literal: string;
  keys: readonly string[];
  /** Offsets into the source text, in UTF-16 code units; `end` is exclusive. */
  start: number;
  end: number;
  /** How it is written: "US" in capitals, "U.S." with points, anything else plain. */
  written: "capitals" | "pointed" | "plain";
  /** A hyphen, and nothing else, stands between this word and the next. */
  hyphen: boolean;
}

const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/** Invisible characters at which UAX 29 breaks a word although no reader sees a break. */
const INVISIBLE_BREAKS = /[\u200b\u2060\ufeff]/u;
const POINTED = /^\p{L}(?:\.\p{L})+$/u;
const CAPITALS = /^(?=.*\p{Lu})[\p{Lu}\p{N}]+$/u;
const NUMBER = /^[\p{N}.,:]+$/u;
/** Full stop, colon and their wide forms; and the narrow space before French punctuation, which UAX 29 takes for part of a word. */
const SEPARATORS = /[.:\u2024\u202f\ufe13\ufe52\ufe55\uff0e\uff1a]/u;
const PARTS = /[^.:\u2024\u202f\ufe13\ufe52\ufe55\uff0e\uff1a]+/gu;
const HYPHENS = new Set(["-", "\u2010", "\u2011"]);

/** Cuts a text into folded words, in order. Linear in its length. */
export function splitWords(text: string): Word[] {
  if (INVISIBLE_BREAKS.test(text)) return splitAround(text);
  const words: Word[] = [];
  for (const { segment, index, isWordLike } of segmenter.segment(text)) {
    if (isWordLike) pushWord(words, segment, index, text);
  }
  return words;
}

/** The rare text with invisible breaks: cut it without them, then put the offsets back. */
function splitAround(text: string): Word[] {
  let visible = "";
  const offsets: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charAt(i);
    if (INVISIBLE_BREAKS.test(unit)) continue;
    visible += unit;
    offsets.push(i);
  }
  const original = (offset: number): number => offsets[offset] ?? text.length;
  return splitWords(visible).map((word) => ({
    ...word,
    start: original(word.start),
    end: original(word.end - 1) + 1,
  }));
}

/** A segment is one word, or several with full stops or colons between them; single letters with full stops are one again. */
function pushWord(words: Word[], segment: string, index: number, text: string): void {
  if (!SEPARATORS.test(segment) || NUMBER.test(segment)) {
    pushPart(words, segment, index, text);
    return;
  }
  for (const part of segment.matchAll(PARTS)) pushPart(words, part[0], index + part.index, text);
}

function pushPart(words: Word[], part: string, index: number, text: string): void {
  const last = words.at(-1);
  const pointed = last !== undefined && joinsPointed(last, part, index, text);
  const start = pointed ? last.start : index;
  const word = makeWord(text.slice(start, index + part.length), start);
  if (word.literal === "") return;
  if (pointed) words.pop();
  else if (last) last.hyphen = last.end + 1 === index && HYPHENS.has(text.charAt(last.end));
  words.push(word);
}

/** Whether a letter goes on with an abbreviation ("U.S"). Its length has a bound, so that a text of nothing else stays linear. */
function joinsPointed(last: Word, part: string, index: number, text: string): boolean {
  if (last.end !== index - 1 || text[last.end] !== "." || index - last.start > 16) return false;
  return POINTED.test(text.slice(last.start, index + part.length));
}

function makeWord(source: string, start: number): Word {
  const pointed = POINTED.test(source);
  const literal = fold(pointed ? source.replaceAll(".", "") : source);
  return {
    literal,
    keys: textKeys(literal),
    start,
    end: start + source.length,
    written: pointed ? "pointed" : CAPITALS.test(source.replace(/['\u2019]s$/u, "")) ? "capitals" : "plain",
    hyphen: false,
  };
}

/** "cease-fire" is also one word: the folded spelling without the hyphen, or undefined where there is none. */
export function compoundAt(words: readonly Word[], position: number): string | undefined {
  const first = words[position];
  const second = words[position + 1];
  if (!first?.hyphen || second === undefined) return undefined;
  return first.literal + second.literal;
}

/** Letters whose variants NFKC and the removal of marks leave apart. */
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
};
const VARIANTS = new RegExp(`[${Object.keys(LETTERS).join("")}\u0660-\u0669\u06f0-\u06f9]`, "gu");
const variant = (letter: string): string => LETTERS[letter] ?? String((letter.codePointAt(0) ?? 0) & 0xf);

/**
 * Marks that carry no letter of their own (accents, Arabic vowels and hamzas, Hebrew points), tatweel, invisible characters, and
 * the spaces in what NFKC makes of a mark or a word that stands as one character.
 */
const MARKS =
  /(?<!и)\u0306|\s|\u0640|[\u0300-\u0305\u0307-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]|\p{Variation_Selector}|\p{Cf}/gu;

/** What is no letter or digit on either side: `_Aleppo_`, ʿAin. The lookbehind keeps it linear. */
const EDGES = /^[^\p{L}\p{N}]+|(?<![^\p{L}\p{N}\p{M}])[^\p{L}\p{N}\p{M}]+$/gu;

/**
 * The literal of a word: NFKC, then full case folding (upper, then lower case, so that ß is ss and ı is i), then no marks
 * (й stays a letter of its own), one form for each letter's variants, and nothing but letters and digits at its ends. Empty where
 * there are none. Idempotent.
 */
export function fold(text: string): string {
  if (/^[a-z0-9]*$/.test(text)) return text;
  if (/^[a-zA-Z0-9]*$/.test(text)) return text.toLowerCase();
  const cased = text.normalize("NFKC").toUpperCase().toLowerCase();
  return cased.normalize("NFD").replace(MARKS, "").normalize("NFC").replace(VARIANTS, variant).replace(EDGES, "");
}

const ELISION = /^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=.{2})/u;
const ARABIC = /^[\u0620-\u064a]+$/u;
const LATIN_PLURAL = /^[a-z]{2,}s$/;

/** The one key of a word in a query. Takes a literal; idempotent. */
export function queryKey(literal: string): string {
  if (ARABIC.test(literal)) return withoutArticle(literal);
  const bare = literal.replace(/'s?$/u, "").replace(ELISION, "").replaceAll("'", "");
  return LATIN_PLURAL.test(bare) ? singular(bare) : bare === "" ? literal : bare;
}

function textKeys(literal: string): readonly string[] {
  return ARABIC.test(literal) ? arabicKeys(literal) : [queryKey(literal)];
}

function withoutArticle(literal: string): string {
  return literal.replace(/^(?:ال)+(?=.{3})/u, "");
}

/** The conjunction (و ف), then the preposition (ب ك ل), then the article (ال; with ل it is لل) may be attached to a word. */
function arabicKeys(literal: string): readonly string[] {
  const keys = new Set([withoutArticle(literal)]);
  const forms = [literal];
  if (/^[وف]/u.test(literal)) forms.push(literal.slice(1));
  for (const form of [...forms]) {
    if (/^[بكل]/u.test(form)) forms.push(form.slice(1));
    if (/^لل/u.test(form)) forms.push(form.slice(2));
  }
  // What remains must still be a word: three letters, so that ولد is not لد.
  for (const form of forms) if (form.length >= 3) keys.add(withoutArticle(form));
  return [...keys];
}

const IRREGULAR: Readonly<Record<string, string>> = {
  buses: "bus",
  gases: "gas",
  viruses: "virus",
  crises: "crisis",
  bases: "base",
  lives: "life",
  wives: "wife",
  shoes: "shoe",
  aches: "ache",
  caches: "cache",
  movies: "movie",
  ties: "tie",
  lies: "lie",
  dies: "die",
  leaves: "leaf",
  thieves: "thief",
  wolves: "wolf",
  halves: "half",
  knives: "knife",
};
/** Words that end in s and are no plural. */
const NO_PLURAL =
  /(?:ss|us|is|news|series|species|means|chaos|gas|bias|atlas|texas|kansas|always|perhaps|towards|paris|laos|honduras|barbados)$/;

/** English plurals and no more: "convoys" → "convoy", "bodies" → "body", "crises" → "crisis"; "isis", "damascus", "press" stay. */
function singular(word: string): string {
  const known = IRREGULAR[word];
  if (known !== undefined) return known;
  if (word.length < 4 || NO_PLURAL.test(word)) return word;
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|zz|[^aeiou]o)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}
