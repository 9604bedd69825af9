/**
 * French number and gender: syrien, syriens, syrienne, syriennes; journal, journaux; allié, alliées.
 *
 * The rules resemble the minimal stemmers (J. Savoy, "A stemming procedure and stopword list for general French
 * corpora", JASIS 50, 1999), but produce the other forms of a word instead of a stem. A query does not state its
 * language, so its words have the English key only. A text known to be French gives its words the keys of their other
 * forms too. An English text never does.
 */

import { isNoPlural } from "./english.ts";

/** Feminine nouns in -ée without a masculine: an army (armée) is not armed (armé). */
const FEMININE_NOUNS = new Set(
  `armee annee journee arrivee entree duree idee mosquee percee montee levee tranchee poignee traversee portee pensee fumee vallee
   coree guinee crimee judee soiree matinee tournee musee lycee trophee rentree denree chaussee epee destinee randonnee donnee
   mariee moitiee croisee assemblee contree rosee fusee diarrhee marche comite cafe cote`.split(/\s+/),
);

/** Irregular feminines. */
const PAIRS: readonly (readonly [masculine: string, feminine: string])[] = [
  ["turc", "turque"],
  ["grec", "grecque"],
  ["public", "publique"],
  ["blanc", "blanche"],
  ["franc", "franche"],
  ["juif", "juive"],
  ["neuf", "neuve"],
  ["mort", "morte"],
  ["detenu", "detenue"],
  ["disparu", "disparue"],
  ["elu", "elue"],
  ["perdu", "perdue"],
  ["nouveau", "nouvelle"],
  ["court", "courte"],
  ["petit", "petite"],
  ["haut", "haute"],
  ["fort", "forte"],
  ["long", "longue"],
  ["seul", "seule"],
  ["civil", "civile"],
  ["prochain", "prochaine"],
  ["bon", "bonne"],
  ["vieux", "vieille"],
  ["uni", "unie"],
  ["prevu", "prevue"],
  ["connu", "connue"],
  ["recu", "recue"],
  ["vendu", "vendue"],
  ["secret", "secrete"],
  ["concret", "concrete"],
  ["discret", "discrete"],
  ["interdit", "interdite"],
  ["soumis", "soumise"],
  ["promis", "promise"],
  ["compris", "comprise"],
];
const PARTNER: ReadonlyMap<string, string> = new Map(
  PAIRS.flatMap(([masculine, feminine]) => [
    [masculine, feminine],
    [feminine, masculine],
  ]),
);

/** Plurals in -is and -us. Most words with these endings are not plurals (mais, Paris, plus). */
const PLURALS_IN_IS = new Set(
  `convois lois rois emplois tournois essais delais amis ennemis partis abris defis soucis demis midis elus detenus disparus
   individus tissus revenus recus venus issus perdus connus tendus attendus menus contenus inconnus`.split(/\s+/),
);

/** Masculine and feminine endings, and the minimum number of letters before them. */
const GENDERS: readonly (readonly [masculine: string, feminine: string, least: number])[] = [
  ["ien", "ienne", 1],
  ["een", "eenne", 1],
  ["oyen", "oyenne", 1],
  ["iel", "ielle", 2],
  ["uel", "uelle", 2],
  ["nel", "nelle", 3],
  ["al", "ale", 3],
  ["eux", "euse", 3],
  ["teur", "trice", 3],
  ["eur", "euse", 4],
  ["if", "ive", 3],
  ["ain", "aine", 3],
  ["ais", "aise", 3],
  ["ois", "oise", 3],
  ["ier", "iere", 3],
  ["ger", "gere", 3],
  ["isin", "isine", 1],
  ["ent", "ente", 4],
  ["ant", "ante", 4],
  ["and", "ande", 3],
  ["truit", "truite", 2],
  ["duit", "duite", 2],
  ["crit", "crite", 1],
  ["plet", "plete", 2],
  ["vert", "verte", 2],
  ["fert", "ferte", 2],
  ["joint", "jointe", 1],
  ["ieur", "ieure", 3],
  ["tendu", "tendue", 1],
  ["fendu", "fendue", 1],
  ["tenu", "tenue", 2],
  ["venu", "venue", 2],
];

/**
 * Returns the other forms of a word, folded. Some may not be real words. `literal` is the folded word without elision.
 * `written` is the word as the text writes it, where é and e still differ.
 */
export function frenchForms(literal: string, written: string): string[] {
  if (literal.length < 3) return [];
  const singulars = singularsOf(literal);
  const plural = singulars[0] !== literal;
  const forms = new Set(singulars);
  for (const form of singulars) {
    for (const other of otherGenders(form, written, plural)) forms.add(other);
  }
  const accented = /ée?s?$/i.test(endOf(written));
  for (const form of [...forms]) for (const many of pluralsOf(form, accented)) forms.add(many);
  forms.delete(literal);
  return [...forms];
}

/** Returns the possible singulars, likeliest first; the word itself if it is not a plural. */
function singularsOf(word: string): string[] {
  if (word === "travaux") return ["travail"];
  if (/(?:eau|yau|eu)x$/.test(word)) return word.endsWith("eux") ? [word, word.slice(0, -1)] : [word.slice(0, -1)];
  if (word.length > 5 && word.endsWith("aux")) return [`${word.slice(0, -2)}l`];
  if (/[iu]s$/.test(word)) return PLURALS_IN_IS.has(word) ? [word.slice(0, -1)] : [word];
  return word.endsWith("s") && !isNoPlural(word) ? [word.slice(0, -1)] : [word];
}

/** Returns the plurals of a word. `accented`: the word ends in é or ée. */
function pluralsOf(word: string, accented: boolean): string[] {
  if (word === "travail") return ["travaux"];
  // English rules strip -es from "presses", which would merge "presse" with "press".
  if (/[sxz]$/.test(word) || (!accented && word.endsWith("sse")) || word === "marche") return [];
  if (/(?:eau|yau|eu)$/.test(word)) return [`${word}x`];
  if (/[iu]$/.test(word)) return PLURALS_IN_IS.has(`${word}s`) ? [`${word}s`] : [];
  if (isNoPlural(`${word}s`)) return [];
  return word.length > 4 && word.endsWith("al") ? [`${word.slice(0, -1)}ux`, `${word}s`] : [`${word}s`];
}

function otherGenders(word: string, written: string, plural: boolean): string[] {
  const partner = PARTNER.get(word) ?? participle(word, written, plural);
  if (partner !== undefined) return [partner];
  const others: string[] = [];
  for (const [masculine, feminine, least] of GENDERS) {
    if (word.length >= masculine.length + least && word.endsWith(masculine)) {
      others.push(word.slice(0, -masculine.length) + feminine);
    } else if (word.length >= feminine.length + least && word.endsWith(feminine)) {
      others.push(word.slice(0, -feminine.length) + masculine);
    }
  }
  return others;
}

/** Returns the last letters of a word, composed. Limited, since `normalize` is quadratic in the marks on one letter. */
const endOf = (written: string): string => written.slice(-8).normalize("NFC");

/** Maps blessé to blessée and back. Abstract nouns in -té (sécurité) and nouns such as armée are not participles. */
function participle(form: string, written: string, plural: boolean): string | undefined {
  const end = endOf(written).toLowerCase();
  const bare = plural ? end.slice(0, -1) : end;
  if (bare.endsWith("ée")) return FEMININE_NOUNS.has(form) ? undefined : form.slice(0, -1);
  if (!bare.endsWith("é") || /(?:[^v]i|er|au)te$/.test(form)) return undefined;
  return FEMININE_NOUNS.has(`${form}e`) || FEMININE_NOUNS.has(form) ? undefined : `${form}e`;
}

const FRENCH = /(?:^|[\s’'])(?:les?|la|des|du|une|est|dans|pour|que|qui|sur|aux?|par|et)(?=\s)/gi;
const NOT_FRENCH = /(?:^|\s)(?:the|of|and|to|in|was|for|that|el|los|del|der|die|und|il|che|di)(?=\s)/gi;

/** Guesses whether a text without a language is French, from the function words of its beginning. */
export function looksFrench(title: string, text: string): boolean {
  const beginning = `${title}\n${text.slice(0, 1000)}`;
  const french = beginning.match(FRENCH)?.length ?? 0;
  return french >= 3 && french > 2 * (beginning.match(NOT_FRENCH)?.length ?? 0);
}
