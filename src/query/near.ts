/** NEAR: which of two terms' occurrences are near one another. */
import type { Span } from "./text.ts";

/** Those of the spans that are near one of the others. Both are in order, so that a window goes along with the spans. */
export function spansNear(spans: readonly Span[], others: readonly Span[], distance: number): Span[] {
  const near: Span[] = [];
  goThrough(spans, others, distance, (span) => {
    near.push(span);
    return false;
  });
  return near;
}

/** Whether any of the spans is near one of the others. */
export const anyNear = (spans: readonly Span[], others: readonly Span[], distance: number): boolean =>
  goThrough(spans, others, distance, () => true);

/** Shows the spans that are near one of the others, until `seen` has enough; answers whether it has. */
function goThrough(
  spans: readonly Span[],
  others: readonly Span[],
  distance: number,
  seen: (span: Span) => boolean,
): boolean {
  let longest = 0;
  for (const { length } of others) longest = Math.max(longest, length);
  let from = 0;
  for (const span of spans) {
    const first = span.position - distance - longest;
    const last = span.position + span.length + distance;
    while (from < others.length && (others[from] as Span).position < first) from++;
    for (let i = from; i < others.length; i++) {
      const other = others[i] as Span;
      if (other.position > last) break;
      if (wordsBetween(span, other) > distance) continue;
      if (seen(span)) return true;
      break;
    }
  }
  return false;
}

/** How many words stand between two spans; those that overlap are not two, so they are never near. */
function wordsBetween(a: Span, b: Span): number {
  const between = a.position <= b.position ? b.position - a.position - a.length : a.position - b.position - b.length;
  return between < 0 ? Number.POSITIVE_INFINITY : between;
}
