/**
 * Removes Arabic particles attached to the front of a word. In order: conjunction (و ف), preposition (ب ك ل), article
 * (ال; after ل it is لل). A word of a query loses only its article. If both sides lost their particles, ولد (boy) and
 * بلد (country) would meet at لد.
 */

/** A folded word of Arabic letters, without the letters that only Persian and its neighbours use. */
export const ARABIC = /^[\u0620-\u064a]+$/u;

export const withoutArticle = (literal: string): string => literal.replace(/^(?:ال)+(?=.{3})/u, "");

/** Common words that begin like a particle and are another word without it: كامل (full) is not "like hope". */
const WHOLE = new Set(
  `كامل كمال كلام كرامه كنار لجنه لسان لباس لواء بطاقه بعثه بلاد بلده بلدان بحري بحريه بناء بيان باقي وفاه وحده وزير وزاره وزراء وكاله وكيل ولايه
   ولاء وسام وثيقه وصول وطن وطني وجود وضع وقف وفد وقت واحد فكره فراغ فريق فصل فصائل فصايل فلسطين فرنسا لبنان بريطانيا برلين بغداد بيروت
   باريس لندن واشنطن كيري بوتين لافروف بشار وليد فيصل فيليب باراك بان كلينتون كاميرون بايدن فابيوس بسام باسل بدر فاروق فارس فادي
   وايل كريم ليلي لبني فلاديمير فرانك ولايتي كارتر كوفي لوران فرانسوا`.split(/\s+/),
);

/** Returns the keys of a word in a text: its key in a query, and the word without each of its particles. */
export function arabicKeys(literal: string): readonly string[] {
  const keys = [withoutArticle(literal)];
  const add = (form: string): void => {
    // The rest must still be a word: three letters, so that ولد does not become لد.
    const key = withoutArticle(form);
    if (form.length >= 3 && !keys.includes(key)) keys.push(key);
  };
  for (const form of bareForms(literal)) add(form);
  return keys;
}

/** Returns a word without conjunction and preposition, once for each way to read them. */
function bareForms(literal: string): string[] {
  if (WHOLE.has(literal)) return [];
  const forms: string[] = [];
  const first = literal[0];
  if (first === "و" || first === "ف") {
    const rest = literal.slice(1);
    forms.push(rest);
    if (!WHOLE.has(rest)) forms.push(...withoutPreposition(rest));
  }
  forms.push(...withoutPreposition(literal));
  return forms;
}

function withoutPreposition(form: string): string[] {
  const first = form[0];
  if (first !== "ب" && first !== "ك" && first !== "ل") return [];
  return form.startsWith("لل") ? [form.slice(1), form.slice(2)] : [form.slice(1)];
}

/** Returns whether a word may have the article: الأسد, بالأسد, وللأسد. */
export const hasArticle = (literal: string): boolean => /^[وف]?(?:[بك]?ال|لل)/u.test(literal);
