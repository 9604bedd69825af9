/** Texts of every general category, script and bidirectional class of Unicode, mixed in pairs. */
import { random } from "../bench/random.ts";

const CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn";

const SCRIPTS = `Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo
  Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Chorasmian Common Coptic
  Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs Elbasan Elymaic
  Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran
  Hebrew Hiragana Imperial_Aramaic Inherited Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana
  Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian
  Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui
  Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari New_Tai_Lue
  Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian
  Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa
  Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sogdian
  Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut
  Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square`;

/** One character of each class of UAX 9, table 4. Regular expressions do not know this property. */
const BIDI_CLASSES: Readonly<Record<string, string>> = {
  ...{
    L: "a",
    R: "\u05d0",
    AL: "\u0627",
    EN: "1",
    ES: "+",
    ET: "$",
    AN: "\u0660",
    CS: ",",
    NSM: "\u0300",
    BN: "\u00ad",
  },
  ...{
    B: "\u2029",
    S: "\t",
    WS: " ",
    ON: "!",
    LRE: "\u202a",
    RLE: "\u202b",
    PDF: "\u202c",
    LRO: "\u202d",
    RLO: "\u202e",
  },
  ...{ LRI: "\u2066", RLI: "\u2067", FSI: "\u2068", PDI: "\u2069" },
};

/**
 * Characters that form classes of their own here: scripts with their own marks or signs, and special cases of runtimes.
 */
const MIXED = [
  "Arabic",
  "Hebrew",
  "Devanagari",
  "Thai",
  "Tibetan",
  "Inherited",
  "Syriac",
  "Nko",
  "Hangul",
  "Katakana",
].flatMap((script) =>
  ["M", "N", "P", "S", "C", "Lm"].map((category) => `(?=\\p{Script=${script}})\\p{gc=${category}}`),
);
const PROPERTIES = [
  "Extended_Pictographic",
  "Regional_Indicator",
  "Emoji_Modifier",
  "Variation_Selector",
  "Join_Control",
];

const split = (names: string): string[] => names.split(/\s+/);
const EXPRESSIONS = [
  ...split(CATEGORIES).map((category) => `\\p{gc=${category}}`),
  ...split(SCRIPTS).map((script) => `\\p{Script=${script}}`),
  ...MIXED,
  ...PROPERTIES.map((property) => `\\p{${property}}`),
];

/** Returns one character of each class by the class's name: the first with seed 0, otherwise any. */
export function representatives(seed: number): Map<string, string> {
  const next = random(seed);
  const characters = everyCharacter();
  const found = new Map(Object.entries(BIDI_CLASSES).map(([name, character]) => [`bidi ${name}`, character]));
  for (const expression of EXPRESSIONS) {
    const matching = characters.match(new RegExp(expression, "gu")) ?? [];
    const character = matching[seed === 0 ? 0 : Math.floor(next() * matching.length)];
    if (character !== undefined) found.set(expression, character);
  }
  return found;
}

/** The first two planes, tags and selectors, and a few of the many similar ideographs and private characters. */
function everyCharacter(): string {
  const ranges = [
    [0, 0x20000, 1],
    [0x20000, 0x34000, 997],
    [0xe0000, 0xe0200, 1],
    [0xf0000, 0x110000, 9973],
  ] as const;
  const codes = ranges.flatMap(([from, to, step]) =>
    Array.from({ length: (to - from) / step }, (_, i) => from + i * step),
  );
  return codes.map((code) => String.fromCodePoint(code)).join("");
}

/** A text of any length, in UTF-16 code units. */
export interface HostileText {
  name: string;
  make: (length: number) => string;
}

/**
 * Adds a letter that marks can combine with before a text and a searchable word after it, so that a snippet is made
 * there.
 */
const framed = (name: string, make: (length: number) => string): HostileText => ({
  name,
  make: (length) => `a${make(length - "a aleppo".length)} aleppo`,
});

/** Repeats a unit to a length in UTF-16 code units. */
export const fill = (unit: string, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

interface Shape {
  shape: string;
  mix: (a: string, b: string, length: number) => string;
}

const SHAPES: readonly Shape[] = [
  { shape: "in turns", mix: (a, b, length) => fill(a + b, length) },
  { shape: "one after the other", mix: (a, b, length) => fill(a, length >>> 1) + fill(b, length >>> 1) },
  { shape: "runs of sixty", mix: (a, b, length) => fill(a.repeat(60) + b, length) },
  { shape: "in words", mix: (a, b, length) => fill(`${a} ${b}${b} `, length) },
];

/** Returns each class with `partners` others, in two shapes each. The seed chooses the partners. */
export function pairs(seed: number, partners: number): HostileText[] {
  const next = random(seed + 1);
  const classes = [...representatives(seed)].map(([name, character]) => ({ name, character }));
  return classes
    .flatMap((one) =>
      Array.from({ length: partners }, () => [one, classes[Math.floor(next() * classes.length)] ?? one] as const),
    )
    .flatMap((pair) => [pair, pair])
    .flatMap(([one, other], i) =>
      SHAPES.slice(i % SHAPES.length, (i % SHAPES.length) + 1).map(({ shape, mix }) =>
        framed(`${one.name} and ${other.name}, ${shape}`, (length) => mix(one.character, other.character, length)),
      ),
    );
}

const unit = (name: string, repeated: string): HostileText => framed(name, (length) => fill(repeated, length));
const halves = (name: string, a: string, b: string): HostileText =>
  framed(name, (length) => fill(a, length >>> 1) + fill(b, length >>> 1));
/** Words that hardly repeat, in 28 letters from `first` on. */
const different = (name: string, first: number, before = "", after = ""): HostileText =>
  framed(name, (length) => {
    const letter = (digit = "0"): string => String.fromCharCode(first + Number.parseInt(digit, 28));
    const word = (i: number): string =>
      [...(Math.imul(i + 1, 2_654_435_761) >>> 0).toString(28)].map((digit) => letter(digit)).join("");
    const words = Array.from({ length: length / 5 }, (_, i) => before + word(i) + after);
    return words.join(" ").slice(0, length);
  });

/** Shapes that were quadratic once, or come near it. */
export const KNOWN: readonly HostileText[] = [
  unit("marks that are Arabic letters to an expression", "\u0610"),
  halves("Arabic format characters, then Latin", "\u0600", "a"),
  halves("embeddings, then ends of isolates", "\u202a", "\u2069"),
  halves("embeddings, then ends of embeddings", "\u202b", "\u202c"),
  unit("isolates and ends of embeddings", "\u2067\u202c"),
  unit("one letter with marks that have to be sorted", "\u0301\u0323"),
  unit("such marks that stay", "\u0f71\u0f74\u0f72\u0f80"),
  unit("such marks with something invisible between", "\u0f71\u0f74\u200d"),
  unit("halfwidth marks, which become others", "\uff9e\u0323"),
  unit("scripts for which there is no dictionary, in turns", "\uaa80\u1a20"),
  unit("short stretches that the segmenter is asked for", "😀 "),
  unit("and known words between them", "a 😀 b "),
  unit("one character that becomes eighteen", "\ufdfa"),
  unit("the same word", "a "),
  unit("the same word with hyphens", "a-"),
  unit("apostrophes", "a'"),
  unit("full stops", "a."),
  unit("invisible breaks", "a\u200b"),
  unit("flags", "🇸🇾"),
  unit("a name in capitals", "US "),
  unit("a name within a name", "Geneva Conventions State Department "),
  unit("Arabic particles", "وبالحلب "),
  unit("Russian endings", "лавровами "),
  different("different words", 0x61),
  different("different French words", 0x61, "d'", "ée"),
  different("different Arabic words", 0x628, "وبال"),
  different("different Russian words", 0x430, "", "ами"),
  different("different ideographs", 0x4e00),
];
