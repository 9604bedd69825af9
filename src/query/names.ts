/**
 * Words → names. A vocabulary holds every spelling of every name as a path of word keys in a trie, so that one walk over a
 * text finds all names in it, whatever the number of names.
 *
 * Rules, in this order:
 * 1. Of the spellings that start at one word, all are found; the longest is the one meant.
 * 2. A spelling that only overlaps an earlier, longer one is no name ("Islamic State Department"), topics aside: "quit the
 *    peace talks in Geneva" is about two.
 * 3. A spelling inside a longer one counts as well, unless the longer name hides it ("Geneva Conventions" hides Geneva).
 * 4. A spelling marked as capitals ("US", "IS", "WHO") counts only where the text writes it as an abbreviation, and not
 *    where everything around it is in capitals too.
 * 5. A spelling marked as proper ("Turkey", French "Vienne") counts only where the text begins its words with capitals as the
 *    spelling does, in a text that has capitals at all, and where they are no plurals. In Arabic, which has no capitals, it
 *    counts only without the article, and with the last letter of the spelling: سوريه (Syria in Persian) is not السورية.
 * 6. A spelling that begins with the Arabic article counts only with it: الأسد is Assad, أسد a lion.
 */
import { ARABIC, hasArticle } from "./inflection/arabic.ts";
import { STEP, type Steps } from "./steps.ts";
import { compoundAt, queryKey, splitWords, type Word } from "./words.ts";

/** What the query language needs to know of a name. `id` is its kind and slug: `place:aleppo`. */
export interface Name {
  id: string;
  /** In any language; matched in any case. */
  spellings: readonly string[];
  /** Abbreviations that are also ordinary words. */
  capitals: readonly string[];
  /** Those of the spellings that are ordinary words in small letters. */
  proper?: readonly string[];
  /** Ids of names that stand inside a spelling of this one without being meant. */
  hides: readonly string[];
}

/** A name found in a sequence of words: positions `start` to `end` (exclusive). One spelling may stand for several names. */
export interface NameFound {
  start: number;
  end: number;
  ids: readonly string[];
}

/** A name whose spelling ends at a node, and what the spelling asks of the text. */
interface Ending {
  id: string;
  /** It must be written as an abbreviation. */
  capitals: boolean;
  /** It must have the Arabic article. */
  article: boolean;
  /** Its words, where it must be written as a proper name. */
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

/** Builds a vocabulary. A spelling without any word in it is passed over. */
export function makeVocabulary(names: Iterable<Name>): Vocabulary {
  const root = emptyNode();
  const byId = new Map<string, Name>();
  for (const name of names) {
    byId.set(name.id, name);
    // What is marked as proper is so in every spelling that comes to the same words.
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
  if (marked !== "proper" && same.some((other) => other.proper !== undefined || asksNoMore(other, ending))) return;
  node.endings = [...node.endings.filter((other) => other.id !== id || !asksNoMore(ending, other)), ending];
}

/** Whether one spelling of a name is found wherever another is. */
const asksNoMore = (one: Ending, other: Ending): boolean =>
  (!one.capitals || other.capitals) && (!one.article || other.article) && one.proper === undefined;

/** All names in a text's words, in order of their start; of equal starts the longest first. In steps. */
export function* findingNames(vocabulary: Vocabulary, words: readonly Word[]): Steps<NameFound[]> {
  const found: NameFound[] = [];
  const text: Text = { vocabulary, words, hasCapitals: words.some((word) => word.capital) };
  let outer: NameFound[] = [];
  for (let start = 0; start < words.length; start++) {
    if (start % WORDS === WORDS - 1) yield STEP;
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

/** Words of a step. */
export const WORDS = 1024;

/** What is about something, and does not call it by its name. */
const isTopic = ({ ids }: NameFound): boolean => ids.every((id) => id.startsWith("topic:"));

const hides = (vocabulary: Vocabulary, holder: NameFound, name: NameFound, id: string): boolean =>
  holder.end >= name.end && holder.ids.some((outer) => vocabulary.names.get(outer)?.hides.includes(id));

/**
 * The longest name at the beginning of a query's words, or undefined. Case is not asked for: a query's "us" may mean the US.
 * `boundary` says at which positions a name may end, `kind` which kind of name is looked for.
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

/** A text in which names are looked for, as far as spellings ask for it. */
interface Text {
  vocabulary: Vocabulary;
  words: readonly Word[];
  /** Whether any word begins with a capital. */
  hasCapitals: boolean;
}

/** The names whose spellings start at one word, the longest first: of a text, or of a query, which may be in any case. */
function namesAt(vocabulary: Vocabulary, words: readonly Word[], start: number, text?: Text): readonly NameFound[] {
  let found: { end: number; ids: string[] }[] | undefined;
  for (const { node, end } of nodesFrom(vocabulary.root, words, start)) {
    for (const ending of node.endings) {
      if (ending.article && !hasArticle(words[start]?.literal ?? "")) continue;
      if (text !== undefined && !isWrittenSo(ending, text, start, end)) continue;
      found ??= [];
      const same = found.find((name) => name.end === end);
      if (same === undefined) found.push({ end, ids: [ending.id] });
      else if (!same.ids.includes(ending.id)) same.ids.push(ending.id);
    }
  }
  if (found === undefined) return NONE;
  return found.sort((a, b) => b.end - a.end).map(({ end, ids }) => ({ start, end, ids }));
}

/** A node at which a spelling ends, and the position after its last word. */
interface Reached {
  node: Node;
  end: number;
}
const NOWHERE: Reached[] = [];

/** The nodes with endings to which the words from `at` on lead. At most words there is none; that costs a look into one map. */
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

/** Whether the words from `start` to `end` are written as an ending asks. */
function isWrittenSo({ capitals, proper }: Ending, text: Text, start: number, end: number): boolean {
  if (capitals && !isAbbreviation(text, start, end)) return false;
  return proper === undefined || isProper(proper, text, start, end);
}

function isProper(proper: readonly Word[], { words, hasCapitals }: Text, start: number, end: number): boolean {
  // A hyphen may make two words of one; then only the beginnings are comparable.
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
  // A plural is none of it; a possessive is.
  return !/^[a-z]+s$/.test(word.literal) || asked.literal.endsWith("s");
}

const NEIGHBOURS = 4;

/**
 * Whether the words are written as abbreviations: with points, or in capitals where not everything around is in capitals
 * ("GIVE US PEACE"; numbers and other known abbreviations around say nothing either way: "US, UN and EU").
 */
function isAbbreviation(text: Text, start: number, end: number): boolean {
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

/** Whether a word in capitals is no abbreviation that is known. */
const shouts = ({ vocabulary }: Text, word: Word): boolean =>
  word.written === "capitals" && /\p{L}/u.test(word.literal) && !isKnown(vocabulary, word);

/** Whether the words are part of a stretch in capitals with two ordinary words in it, as in: posters that ask "WHO IS LISTENING TO US?" */
function isShouted(text: Text, start: number, end: number): boolean {
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

/** Whether a word on its own is a spelling of some name. */
const isKnown = (vocabulary: Vocabulary, word: Word): boolean =>
  word.keys.some((key) => (vocabulary.root.next.get(key)?.endings.length ?? 0) > 0);
