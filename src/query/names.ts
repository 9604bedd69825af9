/**
 * Finds names in words. A vocabulary stores each spelling as a path of word keys in a trie. So one pass over a text
 * finds all names, however many there are.
 *
 * Rules, in this order:
 * 1. All spellings that start at a word are found. The longest is the one that is meant.
 * 2. A spelling that only overlaps an earlier, longer one is not a name ("Islamic State Department"). Topics are
 *    exempt: "quit the peace talks in Geneva" has two.
 * 3. A spelling inside a longer one also counts, unless the longer name hides it ("Geneva Conventions" hides Geneva).
 * 4. A spelling marked `capitals` ("US", "IS", "WHO") counts only where the text writes an abbreviation, and not where
 *    everything around it is in capitals too.
 * 5. A spelling marked `proper` ("Turkey", French "Vienne") counts only where the text capitalises the same words, if
 *    the text has capitals at all, and not in the plural. In Arabic script, which has no capitals, it counts only
 *    without the article and with its own last letter: سوريه (Syria in Persian) is not السورية.
 * 6. A spelling with the Arabic article counts only with it: الأسد is Assad, أسد is a lion.
 */
import { ARABIC, hasArticle } from "./inflection/arabic.ts";
import { STEP, type Steps } from "./steps.ts";
import { compoundAt, queryKey, splitWords, type Word } from "./words.ts";

/** A name as the query language needs it. `id` is kind and slug: `place:aleppo`. */
export interface Name {
  id: string;
  /** Spellings in any language, matched in any case. */
  spellings: readonly string[];
  /** Abbreviations that are also ordinary words. */
  capitals: readonly string[];
  /** Spellings that are ordinary words in small letters. */
  proper?: readonly string[];
  /** Ids of names that occur inside a spelling of this name without being meant. */
  hides: readonly string[];
}

/**
 * A name found in a sequence of words, from position `start` to `end` (exclusive). One spelling may belong to several
 * names.
 */
export interface NameFound {
  start: number;
  end: number;
  ids: readonly string[];
}

/** A name whose spelling ends at a trie node, and what that spelling requires of the text. */
interface Ending {
  id: string;
  /** The text must write it as an abbreviation. */
  capitals: boolean;
  /** The text must have the Arabic article. */
  article: boolean;
  /** The words of the spelling, if the text must write a proper name. */
  proper: readonly Word[] | undefined;
}

interface Node {
  next: Map<string, Node>;
  endings: Ending[];
}

export interface Vocabulary {
  readonly root: Node;
  readonly names: ReadonlyMap<string, Name>;
}

const emptyNode = (): Node => ({ next: new Map(), endings: [] });

/** Builds a vocabulary. Skips a spelling without words. */
export function makeVocabulary(names: Iterable<Name>): Vocabulary {
  const root = emptyNode();
  const byId = new Map<string, Name>();
  for (const name of names) {
    byId.set(name.id, name);
    // A spelling marked `proper` is proper in every form that has the same word keys.
    for (const spelling of name.proper ?? []) addSpelling(root, name.id, spelling, "proper");
    for (const spelling of name.spellings) addSpelling(root, name.id, spelling, "any");
    for (const spelling of name.capitals) addSpelling(root, name.id, spelling, "capitals");
  }
  return { root, names: byId };
}

function addSpelling(root: Node, id: string, spelling: string, marked: "any" | "capitals" | "proper"): void {
  const words = splitWords(spelling);
  const [first] = words;
  if (first === undefined) return;
  let node = root;
  for (const word of words) {
    const key = queryKey(word.literal);
    const next = node.next.get(key) ?? emptyNode();
    node.next.set(key, next);
    node = next;
  }
  const ending: Ending = {
    id,
    capitals: marked === "capitals",
    article: first.literal.startsWith("ال"),
    proper: marked === "proper" ? words : undefined,
  };
  const same = node.endings.filter((other) => other.id === id);
  if (marked !== "proper" && same.some((other) => other.proper !== undefined || requiresNoMore(other, ending))) return;
  node.endings = [...node.endings.filter((other) => other.id !== id || !requiresNoMore(ending, other)), ending];
}

/** Returns whether `one` is found wherever `other` is. */
const requiresNoMore = (one: Ending, other: Ending): boolean =>
  (!one.capitals || other.capitals) && (!one.article || other.article) && one.proper === undefined;

/** Finds all names in the words of a text, by start; at equal starts the longest first. Works in steps. */
export function* findingNames(vocabulary: Vocabulary, words: readonly Word[]): Steps<NameFound[]> {
  const found: NameFound[] = [];
  const text: NameContext = { vocabulary, words, hasCapitals: words.some((word) => word.capital) };
  let outer: NameFound[] = [];
  for (let start = 0; start < words.length; start++) {
    if (start % WORDS_PER_STEP === WORDS_PER_STEP - 1) yield STEP;
    const here = namesAt(vocabulary, words, start, text);
    if (here === NONE) continue;
    outer = outer.filter((holder) => holder.end > start);
    for (const name of here) {
      if (!isTopic(name) && outer.some((holder) => holder.end < name.end && !isTopic(holder))) continue;
      const ids = name.ids.filter((id) => !outer.some((holder) => hides(vocabulary, holder, name, id)));
      outer.push(name);
      if (ids.length > 0) found.push(ids.length === name.ids.length ? name : { ...name, ids });
    }
  }
  return found;
}

/** Words per step. */
export const WORDS_PER_STEP = 1024;

/** Returns whether all ids are topics. A topic describes and does not name. */
const isTopic = ({ ids }: NameFound): boolean => ids.every((id) => id.startsWith("topic:"));

const hides = (vocabulary: Vocabulary, holder: NameFound, name: NameFound, id: string): boolean =>
  holder.end >= name.end && holder.ids.some((outer) => vocabulary.names.get(outer)?.hides.includes(id));

/**
 * Returns the longest name at the beginning of a query's words, or undefined. Ignores case: "us" in a query may mean
 * the US. `boundary` decides at which positions a name may end; `kind` restricts the kind of name.
 */
export function readName(
  vocabulary: Vocabulary,
  words: readonly Word[],
  boundary: (end: number) => boolean,
  kind?: string,
): NameFound | undefined {
  return namesAt(vocabulary, words, 0)
    .filter((name) => boundary(name.end))
    .map((name) => (kind === undefined ? name : { ...name, ids: name.ids.filter((id) => id.startsWith(`${kind}:`)) }))
    .find((name) => name.ids.length > 0);
}

const NONE: readonly NameFound[] = [];

/** A text as `namesAt` needs it to check what spellings require. */
interface NameContext {
  vocabulary: Vocabulary;
  words: readonly Word[];
  /** Whether any word begins with a capital. */
  hasCapitals: boolean;
}

/**
 * Returns the names whose spellings start at one word, longest first. Without `text` the words are a query's, in any
 * case.
 */
function namesAt(
  vocabulary: Vocabulary,
  words: readonly Word[],
  start: number,
  text?: NameContext,
): readonly NameFound[] {
  let found: { end: number; ids: string[] }[] | undefined;
  for (const { node, end } of nodesFrom(vocabulary.root, words, start)) {
    for (const ending of node.endings) {
      if (ending.article && !hasArticle(words[start]?.literal ?? "")) continue;
      if (text !== undefined && !isWrittenAsRequired(ending, text, start, end)) continue;
      found ??= [];
      const same = found.find((name) => name.end === end);
      if (same === undefined) found.push({ end, ids: [ending.id] });
      else if (!same.ids.includes(ending.id)) same.ids.push(ending.id);
    }
  }
  if (found === undefined) return NONE;
  return found.sort((a, b) => b.end - a.end).map(({ end, ids }) => ({ start, end, ids }));
}

/** A trie node at which a spelling ends, and the position after its last word. */
interface Reached {
  node: Node;
  end: number;
}
const NOWHERE: Reached[] = [];

/**
 * Returns the nodes with endings that the words from `at` on lead to. At most words this is one map look-up without a
 * result.
 */
function nodesFrom(node: Node, words: readonly Word[], at: number, reached = NOWHERE): Reached[] {
  const word = words[at];
  if (word === undefined) return reached;
  let all = reached;
  for (const key of word.keys) {
    const next = node.next.get(key);
    if (next !== undefined) all = reach(next, words, at + 1, all);
  }
  const compound = word.hyphen ? compoundAt(words, at) : undefined;
  const joined = compound === undefined ? undefined : node.next.get(queryKey(compound));
  return joined === undefined ? all : reach(joined, words, at + 2, all);
}

function reach(node: Node, words: readonly Word[], end: number, reached: Reached[]): Reached[] {
  const all = node.endings.length === 0 ? reached : [...reached, { node, end }];
  return node.next.size === 0 ? all : nodesFrom(node, words, end, all);
}

/** Returns whether the words from `start` to `end` are written as an ending requires. */
function isWrittenAsRequired({ capitals, proper }: Ending, text: NameContext, start: number, end: number): boolean {
  if (capitals && !isAbbreviation(text, start, end)) return false;
  return proper === undefined || isProper(proper, text, start, end);
}

function isProper(proper: readonly Word[], { words, hasCapitals }: NameContext, start: number, end: number): boolean {
  // A hyphen may merge two words into one. Then only the first words are comparable.
  const comparable = end - start === proper.length ? proper : proper.slice(0, 1);
  return comparable.every((asked, i) => {
    const word = words[start + i];
    return word !== undefined && isProperWord(asked, word, hasCapitals);
  });
}

function isProperWord(asked: Word, word: Word, hasCapitals: boolean): boolean {
  if (ARABIC.test(asked.literal)) {
    return asked.marbuta === word.marbuta && (asked.literal.startsWith("ال") || !hasArticle(word.literal));
  }
  if (asked.capital && hasCapitals && !word.capital && word.written !== "pointed") return false;
  // A plural does not count; a possessive does.
  return !/^[a-z]+s$/.test(word.literal) || asked.literal.endsWith("s");
}

const NEIGHBOURS = 4;

/**
 * Returns whether the words are written as an abbreviation: with points, or in capitals while the words around are not
 * all in capitals ("GIVE US PEACE"). Numbers and other known abbreviations around are ignored ("US, UN and EU").
 */
function isAbbreviation(text: NameContext, start: number, end: number): boolean {
  const { words } = text;
  let pointed = true;
  for (let i = start; i < end; i++) {
    const written = words[i]?.written;
    if (written === "plain") return false;
    pointed &&= written === "pointed";
  }
  if (pointed) return true;
  if (isShouted(text, start, end)) return false;
  const around = [...words.slice(Math.max(0, start - NEIGHBOURS), start), ...words.slice(end, end + NEIGHBOURS)];
  const telling = around.filter((word) =>
    word.written === "plain" ? /\p{L}/u.test(word.literal) : shouts(text, word),
  );
  return telling.length === 0 || telling.some((word) => word.written === "plain");
}

/** Returns whether a word is in capitals without being a known abbreviation. */
const shouts = ({ vocabulary }: NameContext, word: Word): boolean =>
  word.written === "capitals" && /\p{L}/u.test(word.literal) && !isKnown(vocabulary, word);

/**
 * Returns whether the words belong to a stretch in capitals with two ordinary words in it ("WHO IS LISTENING TO US?").
 */
function isShouted(text: NameContext, start: number, end: number): boolean {
  let shouted = 0;
  const look = (at: number, step: number): void => {
    for (let i = at; Math.abs(i - at) < NEIGHBOURS; i += step) {
      const word = text.words[i];
      if (word?.written !== "capitals") return;
      if (shouts(text, word)) shouted++;
    }
  };
  look(start - 1, -1);
  look(end, 1);
  return shouted >= 2;
}

/** Returns whether a word on its own is a spelling of some name. */
const isKnown = (vocabulary: Vocabulary, word: Word): boolean =>
  word.keys.some((key) => (vocabulary.root.next.get(key)?.endings.length ?? 0) > 0);
