/**
 * NEAR: finds which occurrences of two terms are close to each other. Overlapping spans are one occurrence, so they are
 * never near.
 */
import type { Span } from "./text.ts";

/**
 * Returns the spans with at most `distance` words between them and one of the others. Both lists are in order of
 * position. Each span costs one or two binary searches, however many others overlap it.
 */
export function spansNear(spans: readonly Span[], others: readonly Span[], distance: number): Span[] {
  // By index: the change in the number of others that end shortly before this span, against the span before.
  const changes = new Int32Array(spans.length + 1);
  for (const other of others) {
    const end = other.position + other.length;
    add(changes, firstFrom(spans, end), 1);
    add(changes, firstFrom(spans, end + distance + 1), -1);
  }
  let before = 0;
  return spans.filter((span, i) => {
    before += changes[i] ?? 0;
    return before > 0 || isFollowed(span, others, distance);
  });
}

function add(counts: Int32Array, index: number, more: number): void {
  counts[index] = (counts[index] ?? 0) + more;
}

/** Returns whether any span is near one of the others. */
export const anyNear = (spans: readonly Span[], others: readonly Span[], distance: number): boolean =>
  spans.some((span) => isFollowed(span, others, distance)) ||
  others.some((other) => isFollowed(other, spans, distance));

/** Returns whether one of the others begins after a span with at most `distance` words between. */
function isFollowed({ position, length }: Span, others: readonly Span[], distance: number): boolean {
  const next = others[firstFrom(others, position + length)];
  return next !== undefined && next.position <= position + length + distance;
}

/** Returns the index of the first span that begins at or after a position; the number of spans if none does. */
function firstFrom(spans: readonly Span[], position: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.position ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
