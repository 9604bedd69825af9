/** Where a page of a feed ends. */
import type { Listed } from "../record/search/find.ts";

/** At most so many items; `next` follows the last of them where there were more. */
export function shorten<T extends { log: number }>({ items, next }: Listed<T>, limit: number): Listed<T> {
  return items.length > limit ? { items: items.slice(0, limit), next: items[limit - 1]?.log } : { items, next };
}

/**
 * Where an older page ends: at an item whose number says so, whichever page it stands on, or when it is full. So the pages that begin at
 * different items soon become the same ones, and a reader who follows them meets addresses that it knows (RFC 5005, section 4): what rsync
 * does with files. One item in `limit` ends a page; the product spreads them evenly (Knuth, The Art of Computer Programming, 6.4).
 */
const endsPage = (log: number, limit: number): boolean => (Math.imul(log, 2654435769) >>> 0) * limit < 2 ** 32;

export function upToBoundary<T extends { log: number }>({ items, next }: Listed<T>, limit: number): Listed<T> {
  const last = items.findIndex(({ log }) => endsPage(log, limit));
  return last < 0 || last === items.length - 1
    ? { items, next }
    : { items: items.slice(0, last + 1), next: items[last]?.log };
}
