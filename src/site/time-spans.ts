/** Spans of time in words: one unit is enough, and the smaller ones are left off. */

const RELATIVE = new Intl.RelativeTimeFormat("en-GB", { numeric: "always" });
const inWords = (count: number, unit: "second" | "minute" | "hour" | "day"): string =>
  new Intl.NumberFormat("en-GB", { style: "unit", unit, unitDisplay: "long" }).format(count);

/** The largest unit of which a span has at least two; each with its length in seconds. */
const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

function inUnits(seconds: number): [count: number, unit: (typeof UNITS)[number][0]] {
  const [unit, length] = UNITS.find(([, each]) => seconds >= 2 * each) ?? ["second", 1];
  return [Math.floor(seconds / length), unit];
}

/** "3 hours", "90 seconds", "24 hours": rounded down. */
export const spanInWords = (seconds: number): string => inWords(...inUnits(Math.max(0, seconds)));

/** "3 hours ago", of a moment as RFC 3339 writes it; "just now" of what lies ahead, since clocks differ. */
export function agoInWords(at: string, now: number): string {
  const [count, unit] = inUnits(Math.max(0, (now - Date.parse(at)) / 1000));
  return count === 0 ? "just now" : RELATIVE.format(-count, unit);
}
