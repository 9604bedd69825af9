/** The query language as a table: what each query matches and what it does not. The predicate and the percolator both answer to it. */
import type { Matchable } from "../../src/query/text.ts";

export type MatchCase = [name: string, query: string, text: Partial<Matchable>, matches: boolean];

const title = (title: string, more: Partial<Matchable> = {}): Partial<Matchable> => ({ title, ...more });

const WORDS: MatchCase[] = [
  ["a word", "convoy", title("A convoy left"), true],
  ["a word in the text", "convoy", { text: "A convoy left" }, true],
  ["a word that is not there", "convoy", title("A truck left"), false],
  ["never a part of a word", "isis", title("The crisis deepens"), false],
  ["nor its beginning", "bomb", title("Bombing resumed"), false],
  ["nor its end", "port", title("The airport reopened"), false],
  ["capitals do not matter", "CoNvOy", title("CONVOY"), true],
  ["accents do not matter", "cote", title("La côte"), true],
  ["width does not matter", "convoy", title("ＣＯＮＶＯＹ"), true],
  ["invisible characters do not matter", "convoy", title("con\u200bv\u00adoy"), true],
  ["plural in the text", "convoy", title("Two convoys"), true],
  ["plural in the query", "convoys", title("One convoy"), true],
  ["possessive in the text", "convoy", title("The convoy’s trucks"), true],
  ["isis is no plural", "isi", title("Isis"), false],
  ["a word at the end of a sentence", "talks", title("in Geneva.Talks began"), true],
  ["a number", "2254", title("Resolution 2254 (2015)"), true],
  ["a part of a number", "225", title("Resolution 2254"), false],
  ["a word between underscores", "convoy", title("the _convoy_ left"), true],
  ["a narrow space before French punctuation", "convoi", title("Le convoi\u202f: attaqué"), true],
  ["an elision", "accord", title("L’accord"), true],
  ["a publisher is not searched without being asked", "reuters", title("A convoy", { publisher: "Reuters" }), false],
];

const ARABIC: MatchCase[] = [
  ["vowel marks", "قافلة", title("قَافِلَة"), true],
  ["letter variants", "اطلاق", title("إطلاق"), true],
  ["article", "قافلة", title("القافلة"), true],
  ["article in the query", "القافلة", title("قافلة"), true],
  ["conjunction and preposition", "قافلة", title("وبالقافلة"), true],
  ["ولد is not لد", "لد", title("ولد"), false],
  ["a phrase is literal", '"قافلة"', title("القافلة"), false],
  ["a name with a preposition", "aleppo", title("القتال بحلب مستمر"), true],
  ["a name of two words with an article", '"islamic state" OR daesh', title("من تنظيم الدولة"), true],
];

const OPERATORS: MatchCase[] = [
  ["side by side is AND", "convoy truck", title("A convoy", { text: "of one truck" }), true],
  ["AND needs both", "convoy AND truck", title("A convoy"), false],
  ["OR needs one", "convoy OR truck", title("A truck"), true],
  ["OR needs at least one", "convoy | truck", title("A car"), false],
  ["NOT", "convoy NOT truck", title("A convoy"), true],
  ["NOT excludes", "convoy -truck", title("A convoy", { text: "of trucks" }), false],
  ["AND binds tighter than OR", "car OR convoy truck", title("A car"), true],
  ["a parenthesis turns that round", "(car OR convoy) truck", title("A car"), false],
  ["NOT binds tighter than AND", "-car convoy", title("A convoy"), true],
  ["NOT of a parenthesis", "convoy -(car truck)", title("A convoy", { text: "of cars" }), true],
  ["NOT of a parenthesis excludes", "convoy -(car truck)", title("A convoy", { text: "of cars and trucks" }), false],
  ["NOT NOT", "convoy --truck", title("A convoy", { text: "of trucks" }), true],
  ["small letters are words", "convoy or truck", title("A convoy"), false],
];

const PHRASES: MatchCase[] = [
  ["a phrase", '"safe passage"', title("the safe passage of aid"), true],
  ["its order", '"safe passage"', title("passage is safe"), false],
  ["nothing between", '"safe passage"', title("safe and free passage"), false],
  ["no plurals", '"safe passage"', title("safe passages"), false],
  ["no possessives", '"convoy"', title("the convoy’s trucks"), false],
  ["case and accents do not matter", '"SAFE passagé"', title("Safe Passage"), true],
  ["punctuation between does not matter", '"safe passage"', title("safe: passage"), true],
  ["a hyphen between does not matter", '"cease fire"', title("a cease-fire"), true],
  ["not across title and text", '"safe passage"', title("It is safe", { text: "Passage was opened" }), false],
  ["curly quotes", "“safe passage”", title("safe passage"), true],
  ["at the very end", '"safe passage"', title("a safe passage"), true],
  ["cut off by the end", '"safe passage"', title("it is safe"), false],
];

const COMPOUNDS: MatchCase[] = [
  ["with its hyphen", "no-fly", title("a no-fly area"), true],
  ["as two words", "no-fly", title("no fly area"), true],
  ["as one word", "no-fly", title("a nofly area"), true],
  ["plural", "air-strike", title("two air strikes"), true],
  ["its words apart", "no-fly", title("no plane may fly"), false],
  ["one word in the query, a hyphen in the text", "airstrike", title("an air-strike"), true],
  ["one word in the query, a space in the text", "airstrike", title("an air strike"), false],
  ["not across title and text", "no-fly", title("They said no", { text: "Fly away" }), false],
];

const PREFIXES: MatchCase[] = [
  ["a beginning", "bomb*", title("Bombing resumed"), true],
  ["the word itself", "bomb*", title("A bomb"), true],
  ["not the middle", "bomb*", title("firebomb"), false],
  ["accents do not matter", "gené*", title("General talks"), true],
  ["of three letters", "con*", title("the convoy"), true],
];

const NEAR: MatchCase[] = [
  ["in order", "convoy NEAR/3 attacked", title("convoy was attacked"), true],
  ["the other way round", "attacked NEAR/3 convoy", title("convoy was attacked"), true],
  ["exactly as far as allowed", "convoy NEAR/3 attacked", title("convoy one two three attacked"), true],
  ["one word too far", "convoy NEAR/3 attacked", title("convoy one two three four attacked"), false],
  ["exactly as far, the other way round", "convoy NEAR/3 attacked", title("attacked one two three convoy"), true],
  ["one too far, the other way round", "convoy NEAR/3 attacked", title("attacked one two three four convoy"), false],
  ["side by side", "convoy NEAR/1 attacked", title("convoy attacked"), true],
  ["never across title and text", "convoy NEAR/100 attacked", title("A convoy", { text: "attacked" }), false],
  ["a later pair that is near", "a1 NEAR/1 b1", title("a1 x x x b1 x x x x b1 a1"), true],
  ["a phrase counts from its ends", '"safe passage" NEAR/1 convoy', title("safe passage for convoy"), true],
  ["a phrase too far", '"safe passage" NEAR/1 convoy', title("safe passage for the convoy"), false],
  ["a name in another spelling", "islamic state NEAR/2 aleppo", title("Daesh near Alep"), true],
  ["a word is not near itself", "convoy NEAR/5 convoy", title("a convoy"), false],
  ["two of them are", "convoy NEAR/5 convoy", title("convoy after convoy"), true],
  ["what overlaps is not near", "state NEAR/9 islamic state", title("the Islamic State"), false],
  ["a prefix", "bomb* NEAR/2 convoy", title("bombing a convoy"), true],
  ["a compound", "no-fly NEAR/2 area", title("a no-fly area"), true],
  [
    "names linked to the article stand nowhere",
    "aleppo NEAR/5 convoy",
    title("A convoy", { about: ["place:aleppo"] }),
    false,
  ],
  ["under NOT", "convoy -(convoy NEAR/1 attacked)", title("convoy was not then attacked"), true],
];

const FIELDS: MatchCase[] = [
  ["title", "title:convoy", title("A convoy"), true],
  ["title is not text", "title:convoy", { text: "A convoy" }, false],
  ["title of a phrase", 'title:"safe passage"', title("Safe passage"), true],
  ["title of a parenthesis", "title:(convoy OR truck)", title("A truck"), true],
  ["title of a parenthesis with NOT", "aid title:(-convoy)", title("Trucks", { text: "aid convoy" }), true],
  ["and its other side", "aid title:(-convoy)", title("Convoy", { text: "aid" }), false],
  ["title of one word only", "title:convoy truck", title("A convoy", { text: "A truck" }), true],
  ["title of a name", "title:islamic state", title("Daesh retreats"), true],
  ["title of a name that is elsewhere", "title:aleppo", title("Talks", { text: "on Aleppo" }), false],
  [
    "what an event is about does not stand in its title",
    "title:aleppo",
    title("A", { about: ["place:aleppo"] }),
    false,
  ],
  ["nor in its publisher", "publisher:aleppo", title("A", { about: ["place:aleppo"] }), false],
  ["publisher", "publisher:reuters", title("A", { publisher: "Reuters" }), true],
  ["publisher is not title", "publisher:reuters", title("Reuters"), false],
  ["publisher of a phrase", 'publisher:"state department"', title("A", { publisher: "U.S. State Department" }), true],
  ["no publisher", "publisher:reuters", title("A", { publisher: null }), false],
  ["language", "convoy lang:en", title("Convoy", { language: "en" }), true],
  ["language with a region", "convoy lang:en", title("Convoy", { language: "en-GB" }), true],
  ["another language", "convoy lang:fr", title("Convoy", { language: "en" }), false],
  ["no language", "convoy lang:en", title("Convoy", { language: null }), false],
  ["not a language", "convoy -lang:fr", title("Convoy", { language: "en" }), true],
  ["language alone", "lang:ar", title("حلب", { language: "ar" }), true],
];

const NAMES: MatchCase[] = [
  ["in another spelling", "aleppo", title("Fighting in Alep"), true],
  ["in another language", "aleppo", title("القتال في حلب"), true],
  ["in another alphabet", "aleppo", title("Бои в Алеппо"), true],
  ["from another language", "حلب", title("Fighting in Aleppo"), true],
  ["an abbreviation", "issg", title("the International Syria Support Group"), true],
  ["of several words", "islamic state", title("ISIS fighters"), true],
  ["but not in a crisis", "islamic state", title("The crisis"), false],
  ["possessive", "aleppo", title("Aleppo’s east"), true],
  ["quotes switch it off", '"aleppo"', title("Fighting in Alep"), false],
  ["quotes still find the words", '"islamic state"', title("the Islamic State"), true],
  ["written with a hyphen", "ceasefire", title("a cease-fire"), true],
  ["the query written with a hyphen", "cease-fire", title("a cessation of hostilities"), true],
  ["nested in a longer name", "state department", title("the US State Department"), true],
  ["the outer name’s abbreviation", "us", title("the US State Department said"), true],
  ["hidden by a longer name", "geneva", title("the Geneva Conventions"), false],
  ["hidden once, there once", "geneva", title("the Geneva Conventions, signed in Geneva"), true],
  ["overlapped by an earlier name", "state department", title("the Islamic State Department"), false],
  ["one spelling of two names", "vienna", title("The Vienna talks"), true],
  ["US as an abbreviation", "us", title("A US plane"), true],
  ["U.S.", "us", title("A U.S. plane"), true],
  ["us, the word", "us", title("They told us so"), false],
  ["us in capitals as all around it", "us", title("GIVE US PEACE NOW"), false],
  ["us in small letters still means the spelled-out name", "us", title("The United States"), true],
  ["the word in quotes", '"us"', title("They told us so"), true],
  ["who, the word", "who", title("Who will stop it, and who not"), false],
  ["WHO", "who", title("The WHO warned"), true],
  ["linked names are not for bare names", "aleppo", title("A convoy", { names: ["place:aleppo"] }), false],
  ["linked names are for place:", "place:aleppo", title("A convoy", { names: ["place:aleppo"] }), true],
  ["what an event is about is for both", "aleppo", title("A convoy", { about: ["place:aleppo"] }), true],
  ["for place: too", "place:aleppo", title("A convoy", { about: ["place:aleppo"] }), true],
  ["place: in the text", "place:aleppo", title("Fighting in Alep"), true],
  ["place: of another", "place:geneva", title("A convoy", { names: ["place:aleppo"] }), false],
  ["place: by its slug", "place:deir-ez-zor", title("in Deir Ezzor"), true],
  ["place: by words", "place:deir ez-zor", title("in Deir Ezzor"), true],
  ["place: by a phrase", 'place:"deir ezzor"', title("in Deir ez-Zor"), true],
  ["place: takes the longest", "place:damascus countryside", title("A", { names: ["place:damascus"] }), false],
  ["of the kind asked for", "topic:vienna", title("A", { names: ["place:vienna"] }), false],
  ["a hyphenated spelling of one word", "topic:cease-fire", title("A", { names: ["topic:ceasefire"] }), true],
  ["an unknown name matches nothing", "place:nowhere", title("nowhere"), false],
  ["but lets the other side of OR match", "place:nowhere OR convoy", title("convoy"), true],
  ["not a linked name", "convoy -place:aleppo", title("A convoy", { names: ["place:aleppo"] }), false],
];

const named = (part: string, cases: MatchCase[]): MatchCase[] =>
  cases.map(([name, ...rest]) => [`${part}: ${name}`, ...rest]);

export const MATCH_CASES: MatchCase[] = [
  ...named("words", WORDS),
  ...named("Arabic", ARABIC),
  ...named("operators", OPERATORS),
  ...named("phrases", PHRASES),
  ...named("compounds", COMPOUNDS),
  ...named("prefixes", PREFIXES),
  ...named("NEAR", NEAR),
  ...named("fields", FIELDS),
  ...named("names", NAMES),
];

export const matchable = (text: Partial<Matchable>): Matchable => ({ title: "", text: "", ...text });
