/** A feed before it has a format: what RSS, JSON Feed and all others say alike. */

export interface Feed {
  title: string;
  description: string;
  /** The page that shows the same. */
  home: string;
  /** The address of the feed itself, in canonical form; `next` is that of the page of older items (RFC 5005). */
  self: string;
  next: string | undefined;
  items: readonly FeedItem[];
}

export interface FeedItem {
  /** Opaque; never changed, never reused. */
  guid: string;
  /** The page of the item, or the article itself; undefined where no address is known. */
  url: string | undefined;
  title: string;
  /** HTML that stands on its own: links absolute, language and direction set. */
  html: string;
  /** The moment of publication on this wire, RFC 3339 in UTC; never changes. */
  published: string;
  /** The last change, RFC 3339 in UTC. */
  updated: string;
  /** Who published what the item tells of. */
  creator: string | undefined;
  categories: readonly string[];
  /** BCP 47. */
  language: string;
  /** Of an event: when it happened, as precise as is known (ISO 8601). */
  date: string | undefined;
}

/** When anything in a feed last changed, RFC 3339 in UTC; undefined for an empty feed. */
export const lastChange = (feed: Feed): string | undefined =>
  feed.items
    .map((item) => item.updated)
    .reduce<string | undefined>((a, b) => (a !== undefined && a > b ? a : b), undefined);
