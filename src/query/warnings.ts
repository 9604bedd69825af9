/** Warnings about a query that need only the query and the names. */
import { FUNCTION_WORDS } from "./function-words.ts";
import type { ParsedQuery } from "./grammar.ts";
import type { Vocabulary } from "./names.ts";
import { type KnownSpelling, nearestName } from "./nearest.ts";
import { type Query, type Term, termsOf } from "./tree.ts";
import { splitWords } from "./words.ts";

/** Returns warnings about parts of a query that may not mean what was intended. Each names its part. */
export function warnings(source: string, { tree }: ParsedQuery, vocabulary: Vocabulary): string[] {
  const unknown = unknownWords(source, tree, vocabulary).filter(({ capitalised }) => capitalised);
  const all = [
    ...operatorWarnings(tree),
    ...unknownNameWarnings(tree, vocabulary),
    ...unknown.map(unknownWordWarning),
    ...abbreviationWarnings(source, tree, vocabulary),
    ...everywhereWarnings(tree),
  ];
  return [...new Set(all)];
}

function operatorWarnings(tree: Query): string[] {
  return termsOf(tree).flatMap((term) =>
    term.kind === "word" && ["and", "or", "not"].includes(term.text)
      ? [`"${term.text}" is searched for as a word: operators must be in capitals`]
      : [],
  );
}

function unknownNameWarnings(tree: Query, vocabulary: Vocabulary): string[] {
  const denied = new Set(termsUnderNot(tree));
  const unknown = termsOf(tree).filter((term) => term.kind === "named" && term.ids.length === 0);
  return unknown.map((term, i) => {
    const effect = denied.has(term) ? "this NOT excludes nothing" : "it finds nothing";
    const nearest = i < MAX_LOOKED_UP ? nearestNamed(term, vocabulary) : undefined;
    return `${term.text} is not a known name: ${effect} until one is added${suggestion(nearest)}`;
  });
}

const suggestion = (nearest: KnownSpelling | undefined): string =>
  nearest === undefined ? "" : `; did you mean ${nearest.spelling} (${nearest.id})?`;

/**
 * Returns the same name of another kind, otherwise a name of this kind with at most a third of the letters different.
 */
function nearestNamed({ text }: Term, vocabulary: Vocabulary): KnownSpelling | undefined {
  const kind = text.slice(0, text.indexOf(":") + 1);
  const written = text.slice(kind.length);
  const most = Math.min(3, Math.floor([...written].length / 3));
  return (
    nearestName(vocabulary, written, 0, () => true) ??
    nearestName(vocabulary, written, most, ({ id }) => id.startsWith(kind))
  );
}

/** Maximum words, and unknown names, that are compared with every spelling of every name. */
const MAX_LOOKED_UP = 5;

/** A word that is not a name but close to one. */
export interface UnknownWord {
  /** The word as the query writes it. */
  written: string;
  /** The key that a word of the text must have. */
  key: string;
  nearest: KnownSpelling;
  /**
   * Whether the word is capitalised. A capitalised word is meant as a name; in small letters it may be an ordinary
   * word.
   */
  capitalised: boolean;
}

/**
 * Returns the bare words that differ from a one-word name in one letter, or in two of at least eight letters. The first
 * letter must be equal, and a suffix does not count: `Syrian` is not a misspelt "Syrien". Short topics are excluded,
 * since they are ordinary words: `truck` is not a misspelt "truce".
 */
export function unknownWords(source: string, tree: Query, vocabulary: Vocabulary): UnknownWord[] {
  const written = writtenForms(source);
  const words = termsOf(tree).filter((term) => term.kind === "word");
  return words.slice(0, MAX_LOOKED_UP).flatMap((term) => {
    // By the key's length: الأمن is a short word with an article.
    const { length } = [...term.key];
    if (length < 4 || FUNCTION_WORDS.has(term.text)) return [];
    const derived = isDerived(term.text, vocabulary);
    const [initial = ""] = term.text;
    const nearest = nearestName(vocabulary, term.text, length < 8 ? 1 : 2, ({ spelling, id, letters }) => {
      const oneWord = letters.startsWith(initial) && !/[\s-]/u.test(spelling);
      if (derived && letters.length <= term.text.length) return false;
      return oneWord && (length >= 8 || !id.startsWith("topic:"));
    });
    if (nearest === undefined) return [];
    const word = written.get(term.text) ?? term.text;
    return [{ written: word, key: term.key, nearest, capitalised: /^\p{Lu}/u.test(word) }];
  });
}

/**
 * Returns whether a word is a known name plus one or two letters ("Syrian"). Such a word can only be a misspelling of a
 * longer name ("Alepo" of "Aleppo", although "Alep" is a name).
 */
const isDerived = (word: string, vocabulary: Vocabulary): boolean =>
  [1, 2].some((more) => nearestName(vocabulary, word.slice(0, -more), 0, () => true) !== undefined);

export const unknownWordWarning = ({ written, nearest }: UnknownWord): string =>
  `${written} is not a known name, so it is searched for as a word${suggestion(nearest)}`;

/** Returns the first written form of each literal of the query. */
const writtenForms = (source: string): Map<string, string> =>
  new Map(
    splitWords(source)
      .reverse()
      .map(({ literal, start, end }) => [literal, source.slice(start, end)]),
  );

function abbreviationWarnings(source: string, tree: Query, vocabulary: Vocabulary): string[] {
  const written = writtenForms(source);
  return termsOf(tree).flatMap((term) => {
    if (term.kind === "name") return knownAbbreviation(term, vocabulary);
    if (term.kind !== "word" || !/^[a-z]{2,3}$/.test(term.text)) return [];
    const word = written.get(term.text) ?? term.text;
    const ordinary = FUNCTION_WORDS.has(term.text) || ORDINARY.has(term.text);
    if (ordinary && !/^\p{Lu}[\p{Lu}.]+$/u.test(word)) return [];
    return [
      `${word}: short, and not a known name; it is searched for as a word in any case, whatever it stands for. The full name in quotes, instead or in addition, finds fewer chance matches`,
    ];
  });
}

/** Returns warnings about a name that is asked for by an abbreviation. */
function knownAbbreviation({ text, ids }: Term & { kind: "name" }, { names }: Vocabulary): string[] {
  if (!/^[a-z]+$/.test(text)) return [];
  const isThisAbbreviation = (spelling: string): boolean => {
    const [word, ...more] = splitWords(spelling);
    return more.length === 0 && word?.literal === text && word.written !== "plain";
  };
  const known = ids.flatMap((id) => names.get(id) ?? []);
  const abbreviations = known.filter(({ spellings, capitals }) => [...spellings, ...capitals].some(isThisAbbreviation));
  const ambiguous =
    known.length > 0 &&
    known.every(({ spellings, capitals }) => capitals.some(isThisAbbreviation) && !spellings.some(isThisAbbreviation));
  return [
    ...(ambiguous
      ? [
          `${text}: read as ${ids.join(" or ")}, and found only where the text writes it as an abbreviation (${text.toUpperCase()}); for the ordinary word write "${text}"`,
        ]
      : []),
    ...(ids.length > 1 && abbreviations.length > 0
      ? [
          `${text}: stands for several names and finds each of them (${ids.join(", ")}); write one of these to find only that one`,
        ]
      : []),
  ];
}

function everywhereWarnings(tree: Query): string[] {
  const parts = termsEverywhere(tree);
  if (parts.length === 0) return [];
  const languages = parts.every((part) => part.startsWith("lang:"));
  const where = languages ? "matches every article in that language" : "occurs in nearly every article";
  return [`${parts.join(", ")}: ${where}; on its own the query would match daily`];
}

/** Returns the terms that occur everywhere and suffice for a match; empty if the query asks for more. */
function termsEverywhere(query: Query): string[] {
  const eachOf = (operands: readonly Query[]): string[] => {
    const parts = operands.map(termsEverywhere);
    return parts.every((part) => part.length > 0) ? parts.flat() : [];
  };
  switch (query.kind) {
    case "and":
      return eachOf(query.operands.filter(({ kind }) => kind !== "not"));
    case "near":
      return eachOf([query.left, query.right]);
    case "or":
      return query.operands.flatMap(termsEverywhere);
    case "field":
      return query.field === "title" ? termsEverywhere(query.operand) : [];
    case "language":
      return [query.text];
    case "word":
      return FUNCTION_WORDS.has(query.text) ? [query.text] : [];
    case "phrase":
      return query.words.every((word) => FUNCTION_WORDS.has(word)) ? [query.text] : [];
    default:
      return [];
  }
}

function termsUnderNot(query: Query): Term[] {
  switch (query.kind) {
    case "and":
    case "or":
      return query.operands.flatMap(termsUnderNot);
    case "not":
      return termsOf(query.operand);
    case "field":
      return termsUnderNot(query.operand);
    default:
      return [];
  }
}

/** Two words in the order of the query. */
export interface BareWordPair {
  words: readonly [string, string];
  /** The phrase that may be meant, as a person would write it. */
  phrase: string;
  /** Both words side by side, in any of their forms. */
  adjacent: Query;
}

/** Returns the two bare words of a query that consists of exactly these, side by side without an operator. */
export function barePair(source: string, tree: Query): BareWordPair | undefined {
  const [first, second, ...more] = splitWords(source);
  if (tree.kind !== "and" || first === undefined || second === undefined || more.length > 0) return undefined;
  const terms = [first, second].flatMap(({ literal }) =>
    tree.operands.filter((operand) => operand.kind === "word" && operand.text === literal),
  );
  const [left, right] = terms;
  const apart = source.slice(first.end, second.start);
  if (tree.operands.length !== 2 || left?.kind !== "word" || right?.kind !== "word" || !/^\s+$/u.test(apart)) {
    return undefined;
  }
  if ([left, right].some(({ text }) => FUNCTION_WORDS.has(text))) return undefined;
  const text = `${left.text} ${right.text}`;
  return {
    words: [left.text, right.text],
    phrase: `"${source.slice(first.start, second.end).replace(/\s+/gu, " ")}"`,
    adjacent: { kind: "compound", text, keys: [left.key, right.key], joined: left.key + right.key },
  };
}

/** Short English and French words that nobody takes for an abbreviation. */
const ORDINARY: ReadonlySet<string> = new Set(
  [
    "act age aid aim air arm art ask ban bar bay bed bid big box boy bus buy car cut dam day die dry due eat end eye far fee few",
    "fit fly gap gas get god gun hit hot ice ill jet job key kid law lay leg let lie lot low man map men met mix net now nut odd",
    "off oil old own pay per pit put raw red rid run sad say sea see set sex six sky son sum sun tax tea ten tie too top try two",
    "use van vow war way win won yes yet go he me my mr ok eau feu loi mer mur nom roi rue vie",
    "vue gaz fin jeu vol cri mot peu bas cas dix sud bon cle cou dos don fer fil foi fou ici ile lac lit mal mai nez non nul oui sel sol tel",
    "tir ton tue vin",
  ].flatMap((words) => words.split(" ")),
);
