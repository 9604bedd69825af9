/** Where in a snippet the words stand that were found. A match says where they stand in the article, not where in its snippet. */

/**
 * The snippet in pieces: those at odd places are the words found. They are looked for as whole words, else as they are if they
 * occur once; where neither tells their place, the snippet stays in one piece.
 */
export function highlight(snippet: string, words: string): string[] {
  if (words === "") return [snippet];
  const literal = words.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const whole = new RegExp(`(?<![\\p{L}\\p{M}\\p{N}_])((?:${literal})+)(?![\\p{L}\\p{M}\\p{N}_])`, "u");
  const pieces = snippet.split(whole);
  if (pieces.length > 1) return pieces;
  const [before, after, more] = snippet.split(words);
  return before !== undefined && after !== undefined && more === undefined ? [before, words, after] : [snippet];
}
