/** Finds the matching words in a snippet. A match has their offset in the article, not in the snippet. */

/**
 * Splits a snippet; the pieces with odd indices are the matching words. First it looks for whole words. If there are none, it takes a single
 * occurrence inside words. Otherwise the snippet stays in one piece.
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
