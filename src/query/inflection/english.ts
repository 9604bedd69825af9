/**
 * English plurals only, by rules and exceptions. A stemmer would also merge bomb with bombing and Russia with Russian,
 * which a subscriber does not mean.
 */

const pairs = (text: string): [string, string][] =>
  text
    .trim()
    .split(/\s+/)
    .map((pair) => {
      const [plural = "", singular = ""] = pair.split("/");
      return [plural, singular];
    });

const IRREGULAR: ReadonlyMap<string, string> = new Map(
  pairs(`
    men/man women/woman children/child feet/foot teeth/tooth mice/mouse
    buses/bus gases/gas viruses/virus campuses/campus statuses/status bonuses/bonus censuses/census focuses/focus
    surpluses/surplus caucuses/caucus choruses/chorus circuses/circus consensuses/consensus biases/bias aliases/alias
    atlases/atlas canvases/canvas
    crises/crisis bases/base theses/thesis hypotheses/hypothesis diagnoses/diagnosis emphases/emphasis oases/oasis
    parentheses/parenthesis syntheses/synthesis analyses/analysis
    lives/life wives/wife knives/knife leaves/leaf thieves/thief wolves/wolf halves/half shelves/shelf selves/self
    calves/calf loaves/loaf scarves/scarf
    shoes/shoe toes/toe foes/foe woes/woe canoes/canoe aches/ache headaches/headache caches/cache avalanches/avalanche
    moustaches/moustache movies/movie ties/tie lies/lie dies/die pies/pie zombies/zombie calories/calorie quizzes/quiz`),
);

/** Plurals in -men, by the letters before. "Yemen", "specimen" and French "examen" are not plurals. */
const MEN =
  /^(?:gun|police|spokes|service|militia|fisher|air|congress|assembly|business|chair|fire|work|country|noble|crafts|watch|camera|states|clergy|sports|gentle|tribes|sales|swords|horse|trades|boats|rifle|marks|frog|ombuds|noncombat)men$/;

/** Inhabitants in -i, whose plural looks like "crisis". */
const INHABITANTS =
  /^(?:iraqi|israeli|saudi|yemeni|kuwaiti|qatari|emirati|bahraini|omani|pakistani|bangladeshi|azerbaijani|somali|punjabi|kashmiri|nepali|houthi|yazidi|yezidi|alawi|salafi|wahhabi|sufi|jihadi|shii|sunni|barzani|nazi|taxi|ski|safari)s$/;

/** Words in -s that are not plurals. Includes names that would otherwise match another name: Hamas is not Hama. */
const NO_PLURAL_END = /(?:ss|us|is|news|series|species|means)$/;
const NO_PLURAL = new Set(
  `chaos gas bias atlas texas kansas arkansas laos honduras barbados always perhaps towards hamas homs abbas thomas dallas
   douglas nicolas elias alias lucas judas vegas christmas canvas pyjamas caracas madras bahamas mars carlos lagos davos santos
   marcos ethos pathos cosmos yes thus does whereas hers yours ours theirs dans sans vers hors alors apres tres pres moins
   toujours ailleurs temps corps fils lors certes plusieurs volontiers`.split(/\s+/),
);

/** Returns whether a word is a known exception that only looks like a plural. */
export const isNoPlural = (word: string): boolean => NO_PLURAL.has(word);

/**
 * Returns the singular: "convoys" → "convoy", "bodies" → "body", "crises" → "crisis"; "isis", "damascus", "press" stay.
 * Takes a literal of Latin letters.
 */
export function singular(word: string): string {
  const last = word.charCodeAt(word.length - 1);
  if (last !== 0x73 /* s */) {
    if (last !== 0x6e && last !== 0x74 && last !== 0x68 && last !== 0x65) return word;
    return IRREGULAR.get(word) ?? (MEN.test(word) ? `${word.slice(0, -2)}an` : word);
  }
  const known = IRREGULAR.get(word);
  if (known !== undefined) return known;
  if (word.length < 4) return word;
  if (INHABITANTS.test(word)) return word.slice(0, -1);
  if (NO_PLURAL_END.test(word) || NO_PLURAL.has(word)) return word;
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|zz|[^aeiou]o)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}
