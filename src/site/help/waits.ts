/** Waits in words. */

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `5 seconds, 30 minutes and 2 hours` for [5, 1800, 7200]: each in the largest unit of which it is a whole number. */
export function inWords(waits: readonly number[]): string {
  const words = waits.map((seconds) => {
    // A day is as long as 24 hours, and people count hours up to two days.
    const units = seconds < 2 * 86_400 ? UNITS.slice(1) : UNITS;
    const [unit, length] = units.find(([, length]) => seconds > 0 && seconds % length === 0) ?? ["second", 1];
    const number = seconds / length;
    return `${number} ${unit}${number === 1 ? "" : "s"}`;
  });
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(words);
}
