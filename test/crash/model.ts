/** What the articles say and who should hear of it: the truth of the crash suite, by a model too simple to be wrong. */

/** Words that no rule of inflection touches and that are nobody's name. */
const WORDS = ["zorvak", "blenith", "quompar", "drodel", "fenwick", "tolmek"] as const;

type Predicate = (words: readonly string[]) => boolean;

/** Each query, and what it means. */
export const QUERIES: Readonly<Record<string, Predicate>> = {
  zorvak: (words) => words.includes("zorvak"),
  "blenith quompar": (words) => words.includes("blenith") && words.includes("quompar"),
  "drodel OR fenwick": (words) => words.includes("drodel") || words.includes("fenwick"),
  "tolmek -zorvak": (words) => words.includes("tolmek") && !words.includes("zorvak"),
  '"quompar blenith"': (words) => words.some((word, i) => word === "quompar" && words[i + 1] === "blenith"),
  "fenwick (zorvak OR tolmek)": (words) =>
    words.includes("fenwick") && (words.includes("zorvak") || words.includes("tolmek")),
};

export function matches(query: string, words: readonly string[]): boolean {
  const predicate = QUERIES[query];
  if (predicate === undefined) throw new Error(`the model knows no query ${query}`);
  return predicate(words);
}

export const pick = <T>(random: () => number, list: readonly T[]): T => {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
};

/** Two to six words, some of them twice. */
export const makeWords = (random: () => number): string[] =>
  Array.from({ length: 2 + Math.floor(random() * 5) }, () => pick(random, WORDS));
