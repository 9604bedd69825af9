/** Links to the feeds, for lists and for autodiscovery. */
import { pathOf, type STANDING } from "../feeds/address.ts";
import { FORMATS } from "../feeds/formats.ts";

export interface FeedLink {
  href: string;
  /** Media type. */
  type: string;
  title: string;
}

/** `search` is the part of their addresses that asks for a query: `?q=…`, or empty. */
export const feedLinks = (feeds: typeof STANDING, search: string): FeedLink[] =>
  feeds.map(([listing, extension]) => ({
    href: pathOf(listing, extension) + search,
    type: FORMATS[extension].type,
    title: `${listing.label}, ${FORMATS[extension].name}`,
  }));
