/** Where a page of a feed ends. */
import type { Listed } from "../record/search/find.ts";

/** Returns at most `limit` items. If there were more, the next page begins after the last of them. */
export function shorten<T extends { log: number }>({ items, next }: Listed<T>, limit: number): Listed<T> {
  return items.length > limit ? { items: items.slice(0, limit), next: items[limit - 1]?.log } : { items, next };
}

/**
 * Returns whether an item ends a page of older items. This depends only on the number of the item, not on the page. So pages that begin at
 * different items soon coincide, and a reader who follows the links meets addresses that it knows (RFC 5005, section 4). rsync splits
 * files in the same way. One item in `limit` ends a page. The product spreads them evenly (Knuth, The Art of Computer Programming, 6.4).
 */
const endsPage = (log: number, limit: number): boolean => (Math.imul(log, 2654435769) >>> 0) * limit < 2 ** 32;

/** Returns the items up to the first one that ends a page. */
export function upToBoundary<T extends { log: number }>({ items, next }: Listed<T>, limit: number): Listed<T> {
  const last = items.findIndex(({ log }) => endsPage(log, limit));
  return last < 0 || last === items.length - 1
    ? { items, next }
    : { items: items.slice(0, last + 1), next: items[last]?.log };
}
