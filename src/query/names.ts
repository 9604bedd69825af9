/**
 * Words → names. A vocabulary holds every spelling of every name as a path of word keys in a trie, so that one walk over a
 * text finds all names in it, whatever the number of names.
 *
 * Rules, in this order:
 * 1. Of the spellings that start at one word, all are found; the longest is the one meant.
 * 2. A spelling that only overlaps an earlier, longer one is no name ("Islamic State Department").
 * 3. A spelling inside a longer one counts as well, unless the longer name hides it ("Geneva Conventions" hides Geneva).
 * 4. A spelling marked as capitals ("US", "IS", "WHO") counts only where the text writes it as an abbreviation, and not
 *    where everything around it is in capitals too.
 */
import { compoundAt, queryKey, splitWords, type Word } from "./words.ts";

/** What the query language needs to know of a name. `id` is its kind and slug: `place:aleppo`. */
export interface Name {
  id: string;
  /** In any language; matched in any case. */
  spellings: readonly string[];
  /** Abbreviations that are also ordinary words. */
  capitals: readonly string[];
  /** Ids of names that stand inside a spelling of this one without being meant. */
  hides: readonly string[];
}

/** A name found in a sequence of words: positions `start` to `end` (exclusive). One spelling may stand for several names. */
export interface NameFound {
  start: number;
  end: number;
  ids: readonly string[];
}

interface Node {
  next: Map<string, Node>;
  /** Names whose spelling ends here. */
  ids: Set<string>;
  /** Of those, the ones for which this spelling must be written in capitals. */
  capitals: Set<string>;
}

export interface Vocabulary {
  readonly root: Node;
  readonly names: ReadonlyMap<string, Name>;
}

const emptyNode = (): Node => ({ next: new Map(), ids: new Set(), capitals: new Set() });

/** Builds a vocabulary. A spelling without any word in it is passed over. */
export function makeVocabulary(names: Iterable<Name>): Vocabulary {
  const root = emptyNode();
  const byId = new Map<string, Name>();
  for (const name of names) {
    byId.set(name.id, name);
    for (const spelling of name.spellings) addSpelling(root, spelling)?.ids.add(name.id);
    for (const spelling of name.capitals) addSpelling(root, spelling)?.capitals.add(name.id);
  }
  return { root, names: byId };
}

function addSpelling(root: Node, spelling: string): Node | undefined {
  const words = splitWords(spelling);
  if (words.length === 0) return undefined;
  let node = root;
  for (const word of words) {
    const key = queryKey(word.literal);
    const next = node.next.get(key) ?? emptyNode();
    node.next.set(key, next);
    node = next;
  }
  return node;
}

/** All names in a text's words, in order of their start; of equal starts the longest first. */
export function findNames(vocabulary: Vocabulary, words: readonly Word[]): NameFound[] {
  const found: NameFound[] = [];
  const outer: NameFound[] = [];
  for (let start = 0; start < words.length; start++) {
    for (const name of namesAt(vocabulary, words, start, true)) {
      const holders = outer.filter((holder) => holder.end > name.start);
      if (holders.some((holder) => holder.end < name.end)) continue;
      const hidden = new Set(
        holders.flatMap((holder) => holder.ids.flatMap((id) => vocabulary.names.get(id)?.hides ?? [])),
      );
      const ids = name.ids.filter((id) => !hidden.has(id));
      if (ids.length === 0) continue;
      found.push({ ...name, ids });
      outer.push(name);
    }
    while (outer[0] !== undefined && outer[0].end <= start) outer.shift();
  }
  return found;
}

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
  return namesAt(vocabulary, words, 0, false)
    .filter((name) => boundary(name.end))
    .map((name) => (kind === undefined ? name : { ...name, ids: name.ids.filter((id) => id.startsWith(`${kind}:`)) }))
    .find((name) => name.ids.length > 0);
}

/** The names whose spellings start at one word, the longest first. */
function namesAt(vocabulary: Vocabulary, words: readonly Word[], start: number, inText: boolean): NameFound[] {
  const found = new Map<number, Set<string>>();
  const visit = (node: Node, end: number): void => {
    const written = !inText || isAbbreviation(vocabulary, words, start, end);
    const ids = written ? [...node.ids, ...node.capitals] : [...node.ids];
    if (ids.length > 0) found.set(end, new Set([...(found.get(end) ?? []), ...ids]));
    const word = words[end];
    if (word === undefined || node.next.size === 0) return;
    for (const key of word.keys) {
      const next = node.next.get(key);
      if (next) visit(next, end + 1);
    }
    const compound = compoundAt(words, end);
    const joined = compound === undefined ? undefined : node.next.get(queryKey(compound));
    if (joined) visit(joined, end + 2);
  };
  visit(vocabulary.root, start);
  return [...found].sort(([a], [b]) => b - a).map(([end, ids]) => ({ start, end, ids: [...ids] }));
}

const NEIGHBOURS = 4;

/**
 * Whether the words are written as abbreviations: with points, or in capitals where not everything around is in capitals
 * ("GIVE US PEACE"; numbers and other known abbreviations around say nothing either way: "US, UN and EU").
 */
function isAbbreviation(vocabulary: Vocabulary, words: readonly Word[], start: number, end: number): boolean {
  if (end === start) return false;
  const own = words.slice(start, end);
  if (own.every((word) => word.written === "pointed")) return true;
  if (own.some((word) => word.written === "plain")) return false;
  const around = [...words.slice(Math.max(0, start - NEIGHBOURS), start), ...words.slice(end, end + NEIGHBOURS)];
  const letters = around.filter((word) => /\p{L}/u.test(word.literal));
  const telling = letters.filter((word) => word.written === "plain" || !isKnown(vocabulary, word));
  return telling.length === 0 || telling.some((word) => word.written === "plain");
}

/** Whether a word on its own is a spelling of some name. */
function isKnown(vocabulary: Vocabulary, word: Word): boolean {
  return word.keys.some((key) => {
    const node = vocabulary.root.next.get(key);
    return node !== undefined && node.ids.size + node.capitals.size > 0;
  });
}
