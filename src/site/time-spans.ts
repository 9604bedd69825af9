/** Spans of time in words. Only the largest unit is shown. */

const RELATIVE = new Intl.RelativeTimeFormat("en-GB", { numeric: "always" });
const inWords = (count: number, unit: "second" | "minute" | "hour" | "day"): string =>
  new Intl.NumberFormat("en-GB", { style: "unit", unit, unitDisplay: "long" }).format(count);

/** Units with their length in seconds. The largest unit of which a span has at least two is used. */
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

/** Returns "3 hours", "90 seconds" or "24 hours", rounded down. */
export const spanInWords = (seconds: number): string => inWords(...inUnits(Math.max(0, seconds)));

/** Returns "3 hours ago" for an RFC 3339 time. A time in the future is "just now", because clocks differ. */
export function agoInWords(at: string, now: number): string {
  const [count, unit] = inUnits(Math.max(0, (now - Date.parse(at)) / 1000));
  return count === 0 ? "just now" : RELATIVE.format(-count, unit);
}
