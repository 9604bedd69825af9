/**
 * Russian declension of nouns, adjectives and names. Verbs and derivations stay apart (Германия is not Герман, Грузия
 * is not груз).
 *
 * `russianKey` removes endings until none is left, so that all forms of a word get one key whatever its stem ends with.
 * Unlike a stemmer it keeps a soft stem (цель is not цел) and й (Германия → германий). Where an ending has several
 * readings, a query uses the likeliest and a word of a text has the keys of all.
 */

/**
 * A folded word of Cyrillic letters (ё is already е). Words beyond any real length do not match, so that a text of one
 * letter stays linear.
 */
export const CYRILLIC = /^[\u0400-\u052f]{1,60}$/u;

const VOWEL = /[аеиоуыэюя]/;
const VOWELS = "аеиоуыэюя";
/** Velar letters: these take и instead of ы. The hushing letters have no separate soft and hard forms. */
const VELAR = "кгх";
const HUSHING = "жшчщц";
const HUSHING_BUT_TS = "жшчщ";

const isVowel = (letter: string): boolean => VOWELS.includes(letter) && letter !== "";
const lastOf = (text: string): string => text.charAt(text.length - 1);

/**
 * Adjectives with a soft н: последний, Ближний, двусторонний. Before their endings, -ний and -ние are not noun endings.
 */
const SOFT_N =
  /(?:последн|средн|соседн|внутренн|внешн|верхн|нижн|крайн|летн|зимн|осенн|весенн|поздн|ранн|прежн|древн|домашн|сегодняшн|нынешн|тогдашн|вчерашн|утренн|вечерн|дальн|ближн|передн|задн|лишн|искренн|сторонн|смежн|здешн|давн|недавн|ежедневн|сын)$/;
/** Nouns in -ие after a hushing letter, where an adjective would be likelier: оружие, противоречие. */
const HUSHING_NOUN = /(?:оруж|лич|реч|ноч|уч|веч)$/;

/** Irregular forms. */
const IRREGULAR: ReadonlyMap<string, string> = new Map(
  [
    ...["огонь огнь", "огне огнь", "статью статьй", "семью семьй", "юга юг", "югу юг", "югом юг", "юге юг"],
    ...["море морь", "поле поль", "горе горь", "время времень", "имя имень", "племя племень", "знамя знамень"],
    ...[
      "день днь",
      "дня днь",
      "дню днь",
      "днем днь",
      "дне днь",
      "дни днь",
      "дней днь",
      "дням днь",
      "днях днь",
      "днями днь",
    ],
    ...["деревень деревнь", "земель земль", "церковь церквь", "ханой ханой", "люди людь", "людей людей", "жених жених"],
    ...["оружий оружий", "посол посл", "после после", "христиан христианин", "граждан гражданин"],
  ].map((pair) => {
    const [form = "", key = ""] = pair.split(" ");
    return [form, key];
  }),
);

/** Genitive plurals written with a capital in names of states and bodies: Соединенных Штатов. */
const COMMON = /^(?:штатов|эмиратов|островов|народов|министров|депутатов|советов|профсоюзов|наций)$/;

/** Maximum length of a word that is inflected. Longer words stay as they are and cost linear time. */
const MAX_LENGTH = 40;

/** Returns the key of a folded word of Cyrillic letters. Idempotent. */
export function russianKey(word: string): string {
  if (word.length > MAX_LENGTH) return word;
  let key = word;
  // Each step shortens the word or is the last.
  for (;;) {
    const next = step(key);
    if (next === key) return key;
    key = next;
  }
}

const step = (word: string): string => IRREGULAR.get(word) ?? readings(word)[0] ?? word;

/**
 * Returns the keys of a word in a text. `proper`: the word is written as a proper name, so that -ов and -ев belong to a
 * surname (Лавров) and are not a genitive plural (of лавр).
 */
export function russianKeys(word: string, proper: boolean): string[] {
  const keys = [russianKey(word)];
  if (word.length > MAX_LENGTH) return keys;
  const add = (form: string): void => {
    const key = russianKey(form);
    if (!keys.includes(key)) keys.push(key);
  };
  if (!IRREGULAR.has(word)) for (const reading of readings(word)) add(reading);
  if (!proper || COMMON.test(word)) for (const genitive of genitivePlural(word)) add(genitive);
  return keys;
}

/**
 * Returns further keys for genitive plurals in -ов, -ев, -ей. A query keeps them, since surnames look the same. In a
 * text, such a form also gives its base word, and other plural forms also give this form.
 */
function genitivePlural(word: string): string[] {
  const own = /^(.+)(?:ов|ев|ей)$/.exec(word);
  if (own?.[1] !== undefined) {
    const stem = own[1];
    const hardEnding = word.endsWith("ов");
    if (word.endsWith("ев") && !/[аеиоуцьй]$/.test(stem)) return [];
    const singular = hardEnding ? stem : soft(stem);
    return isStem(singular) ? [singular] : [];
  }
  const plural = /^(.{2,}?)(ами|ями|ьми|ам|ям|ах|ях|ы|и)$/.exec(word);
  if (plural === null) return [];
  const [, stem = "", ending = ""] = plural;
  const last = lastOf(stem);
  if (last === "и" || (ending === "и" && last === "м") || !isStem(soft(stem))) return [];
  if (isVowel(last)) return [`${stem}ев`];
  if (last === "ц") return [`${stem}ев`];
  const isSoft = /^(?:ями|ьми|ям|ях)$/.test(ending) || (ending === "и" && !VELAR.includes(last));
  return [isSoft || HUSHING.includes(last) ? `${stem}ей` : `${stem}ов`];
}

/** Returns whether a stem is still a word: at least three letters, one of them a vowel. */
const isStem = (stem: string): boolean => stem.length >= 3 && VOWEL.test(stem);

/** Returns a soft stem with its final letter: ь after a consonant, й after a vowel or ь. Hushing letters take no ь. */
function soft(stem: string): string {
  const last = lastOf(stem);
  if (isVowel(last) || last === "ь") return `${stem}й`;
  return HUSHING.includes(last) ? stem : `${stem}ь`;
}

/** Returns whether an adjective with this stem has soft endings (последнего, хорошего). */
const isSoftAdjective = (stem: string): boolean => HUSHING_BUT_TS.includes(lastOf(stem)) || SOFT_N.test(stem);
/** Returns whether an adjective with this stem has the endings -ий and -им (русский). */
const isAdjectiveInIy = (stem: string): boolean => VELAR.includes(lastOf(stem)) || isSoftAdjective(stem);

/** Returns the readings of a word without one ending, likeliest first; empty if it has no ending. */
function readings(word: string): string[] {
  for (const [ending, read] of ENDINGS_BY_LAST.get(lastOf(word)) ?? []) {
    if (!word.endsWith(ending)) continue;
    const stem = word.slice(0, -ending.length);
    const found = read(stem).filter((reading) => isStem(reading) && reading !== word);
    if (found.length > 0) return found;
    // The stem is too short for this ending, but a shorter ending may fit (бои is not an adjective).
  }
  return [];
}

type Read = (stem: string) => string[];
const hard: Read = (stem) => (isVowel(lastOf(stem)) || lastOf(stem) === "ь" ? [] : [stem]);
const softOnly: Read = (stem) => [soft(stem)];
/** An adjective's key differs from that of a noun with the same stem: лавровый is not a form of Лавров. */
const adjective: Read = (stem) => hard(stem).map((hardStem) => `${hardStem}ый`);
const softAdjective: Read = (stem) => (isSoftAdjective(stem) ? adjective(stem) : []);
const adjectiveInIy: Read = (stem) => (isAdjectiveInIy(stem) ? adjective(stem) : []);
/** -ей that is not a genitive plural. Genitive plurals stay as they are. */
const instrumental: Read = (stem) => {
  if (HUSHING.includes(lastOf(stem))) return [stem, ...softAdjective(stem)];
  return isVowel(lastOf(stem)) ? [soft(stem)] : [];
};
const withEnding =
  (ending: string): Read =>
  (stem) => [stem + ending];
const both =
  (likelier: Read, other: Read): Read =>
  (stem) => [...likelier(stem), ...other(stem)];
/** An ending that adjectives and nouns share. The stem decides which reading is likelier. */
const adjectiveOrNoun =
  (adjectival: RegExp): Read =>
  (stem) =>
    adjectival.test(stem) ? [...adjective(stem), ...hard(stem)] : [...hard(stem), ...adjective(stem)];
const ADJECTIVAL = /(?:[^аеиоуыэюяйн]н|нн|[сц]к)$/;
const ADJECTIVAL_IN_OY =
  /(?:[^аеиоуыэюяйн]н|нн|[сц]к|ов|ев|^(?:больш|друг|чуж|жив|прям|слеп|золот|молод|свят|пуст|прост|сух))$/;

/** Endings, longest first. */
const ENDINGS: readonly (readonly [ending: string, read: Read])[] = [
  ["иями", withEnding("ий")],
  ["ыми", adjective],
  ["ими", adjectiveInIy],
  ["ого", adjective],
  ["его", softAdjective],
  ["ому", adjective],
  ["ему", softAdjective],
  ["ами", hard],
  ["ями", softOnly],
  ["ьми", softOnly],
  ["иях", withEnding("ий")],
  ["иям", withEnding("ий")],
  ["ией", withEnding("ий")],
  ["ием", withEnding("ий")],
  ["ьей", withEnding("ьй")],
  ["аей", both(withEnding("ай"), adjective)],
  ["ый", adjective],
  ["ий", (stem) => (HUSHING_NOUN.test(stem) ? [] : adjectiveInIy(stem))],
  ["ой", adjectiveOrNoun(ADJECTIVAL_IN_OY)],
  ["ая", both(adjective, withEnding("ай"))],
  ["яя", softAdjective],
  ["ое", both(adjective, withEnding("ой"))],
  ["ее", (stem) => (isSoftAdjective(stem) ? adjective(stem) : [`${stem}ей`, ...adjective(stem)])],
  ["ые", adjective],
  ["ие", (stem) => (HUSHING_NOUN.test(stem) ? [`${stem}ий`] : [...adjectiveInIy(stem), `${stem}ий`])],
  ["ых", adjective],
  ["их", adjectiveInIy],
  ["ым", adjectiveOrNoun(ADJECTIVAL)],
  ["им", adjectiveInIy],
  ["ую", adjective],
  ["юю", softAdjective],
  ["ия", withEnding("ий")],
  ["ии", withEnding("ий")],
  ["ию", withEnding("ий")],
  ["ью", (stem) => [soft(stem), `${stem}ьй`]],
  ["аи", both(withEnding("ай"), adjective)],
  ["ае", both(withEnding("ай"), adjective)],
  ["аю", both(withEnding("ай"), adjective)],
  ["ом", adjectiveOrNoun(ADJECTIVAL)],
  ["ем", (stem) => (SOFT_N.test(stem) ? adjective(stem) : [soft(stem), ...softAdjective(stem)])],
  ["ам", hard],
  ["ям", softOnly],
  ["ах", hard],
  ["ях", softOnly],
  ["ей", (stem) => (SOFT_N.test(stem) ? adjective(stem) : instrumental(stem))],
  ["а", hard],
  ["о", hard],
  ["у", hard],
  ["ы", hard],
  ["е", (stem) => (isVowel(lastOf(stem)) || lastOf(stem) === "ь" ? [soft(stem)] : [stem, soft(stem)])],
  ["и", (stem) => (VELAR.includes(lastOf(stem)) ? [stem] : [soft(stem)])],
  ["я", softOnly],
  ["ю", softOnly],
  ["ь", (stem) => (HUSHING.includes(lastOf(stem)) ? [stem] : [])],
  // бойцов, беженцев; and vowels that come and go: беженец, беженца; боец, бойца; участок, участка; попытка, попыток.
  ["цов", (stem) => [`${stem}цев`]],
  ["лец", (stem) => [`${stem}льц`]],
  ["ец", (stem) => [isVowel(lastOf(stem)) ? `${stem}йц` : `${stem}ц`]],
  ["ок", (stem) => (isVowel(lastOf(stem)) ? [] : [`${stem}к`])],
  ["ек", (stem) => ("жшч".includes(lastOf(stem)) ? [`${stem}к`] : [])],
];

const ENDINGS_BY_LAST = Map.groupBy(ENDINGS, ([ending]) => lastOf(ending));
