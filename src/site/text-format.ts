/** Numbers, lists and texts as pages write them, in British English. */

const NUMBER = new Intl.NumberFormat("en-GB");
const LIST = new Intl.ListFormat("en-GB");

/** "1,234". */
export const number = (value: number): string => NUMBER.format(value);

/** "1 event", "4 events", "1,234 entries". */
export const counted = (count: number, one: string, several = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : several}`;

/** "5, 6 and 7". */
export const listed = (items: readonly (string | number)[]): string => LIST.format(items.map(String));

export const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** Returns a text on one line, cut after a word if it has more than `length` UTF-16 code units. */
export function shortened(text: string, length: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= length) return line;
  const cut = line.slice(0, length).toWellFormed();
  const end = cut.lastIndexOf(" ");
  return `${(end > length / 2 ? cut.slice(0, end) : cut.slice(0, -1)).replace(/[\s,;:.–-]+$/, "")}…`;
}
