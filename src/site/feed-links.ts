/** Links to the feeds, for lists and for feed autodiscovery. */
import { pathOf, type STANDING } from "../feeds/feed-address.ts";
import { FORMATS } from "../feeds/feed-formats.ts";

export interface FeedLink {
  href: string;
  /** Media type. */
  type: string;
  title: string;
}

/** Returns the links to feeds. `search` is `?q=…` for the feeds of a query, or empty. */
export const feedLinks = (feeds: typeof STANDING, search: string): FeedLink[] =>
  feeds.map(([listing, extension]) => ({
    href: pathOf(listing, extension) + search,
    type: FORMATS[extension].type,
    title: `${listing.label}, ${FORMATS[extension].name}`,
  }));
