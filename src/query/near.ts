/** NEAR: which of two terms' occurrences are near one another. Spans that overlap are not two, so they are never near. */
import type { Span } from "./text.ts";

/**
 * Those of the spans with at most `distance` words between them and one of the others. Both are in order of their positions. Each span
 * takes a binary search or two, however many others overlap it.
 */
export function spansNear(spans: readonly Span[], others: readonly Span[], distance: number): Span[] {
  // By index, how many more of the others are shortly before this span than before the last.
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

/** Whether any of the spans is near one of the others. */
export const anyNear = (spans: readonly Span[], others: readonly Span[], distance: number): boolean =>
  spans.some((span) => isFollowed(span, others, distance)) ||
  others.some((other) => isFollowed(other, spans, distance));

/** Whether one of the others begins behind a span, with at most `distance` words between. */
function isFollowed({ position, length }: Span, others: readonly Span[], distance: number): boolean {
  const next = others[firstFrom(others, position + length)];
  return next !== undefined && next.position <= position + length + distance;
}

/** The index of the first span that begins at a position or behind it; the number of spans where none does. */
function firstFrom(spans: readonly Span[], position: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.position ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
