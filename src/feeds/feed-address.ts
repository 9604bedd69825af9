/** Feed addresses: which feed an address names, and the canonical form of the address. */
import type { ParsedQuery } from "../query/grammar.ts";
import { type Head, NEWEST } from "../record/log.ts";
import type { Names } from "../record/names/read-names.ts";
import { ITEMS, type ListingParameters, readFilter } from "../record/search/read-query.ts";
import { type Extension, FORMATS } from "./feed-formats.ts";
import { ARTICLES, EVENTS, type FeedPage, type Listing } from "./listing.ts";

export interface FeedAddress {
  listing: Listing;
  extension: Extension;
  query: ParsedQuery | undefined;
  page: FeedPage;
}

/** The first page with the default number of items. */
export const WHOLE: FeedPage = { before: NEWEST, limit: ITEMS };

/** The formats of each listing. Articles have no calendar: they have no day of their own. */
export const STANDING: readonly (readonly [Listing, Extension])[] = [
  [EVENTS, "rss"],
  [EVENTS, "json"],
  [EVENTS, "atom"],
  [EVENTS, "ics"],
  [ARTICLES, "rss"],
  [ARTICLES, "json"],
  [ARTICLES, "atom"],
];

export const pathOf = ({ path }: Listing, extension: Extension): string => `${path}.${FORMATS[extension].extension}`;

/** Reads what the parameters of a feed ask for. Throws a Problem for a query that cannot be read. */
export function readAsked(
  { q, limit, before = NEWEST }: ListingParameters,
  head: Head,
  names: Names,
): Pick<FeedAddress, "query" | "page"> {
  // `before` past the end of the log means the first page. It must not make another cache entry.
  return { query: readFilter(q, names), page: { before: before > head.number ? NEWEST : before, limit } };
}

/** Returns the canonical address of a feed, without its origin: only known parameters, in a fixed order, without defaults. */
export function canonical({ listing, extension, query, page }: FeedAddress): string {
  const parameters = [
    ...(query === undefined ? [] : [queryParameter(query)]),
    ...(page.limit === ITEMS ? [] : [`limit=${page.limit}`]),
    ...(page.before === NEWEST ? [] : [`before=${page.before}`]),
  ];
  const path = pathOf(listing, extension);
  return parameters.length === 0 ? path : `${path}?${parameters.join("&")}`;
}

/** Returns the query string of an address; empty for a feed without a query. */
export const searchOf = (query: ParsedQuery | undefined): string =>
  query === undefined ? "" : `?${queryParameter(query)}`;

/** Encodes a query as it arrives in a URL: the URL Standard also encodes the apostrophe. */
const queryParameter = ({ canonical }: ParsedQuery): string =>
  `q=${encodeURIComponent(canonical).replaceAll("'", "%27")}`;

/** Paths that feed readers try if a page names no feed. They do not follow redirects there. */
export const PROBED: readonly (readonly [path: string, Extension])[] = [
  ["/feed", "rss"],
  ["/rss", "rss"],
  ["/feed.xml", "rss"],
  ["/rss.xml", "rss"],
  ["/index.xml", "rss"],
  ["/index.rss", "rss"],
  ["/feed/rss", "rss"],
  ["/atom", "atom"],
  ["/atom.xml", "atom"],
  ["/index.atom", "atom"],
  ["/feed/atom", "atom"],
  ["/feed/json", "json"],
  ["/index.json", "json"],
  ["/calendar.ics", "ics"],
];

/** All paths of feeds. */
export const FEED_PATHS: ReadonlySet<string> = new Set([
  ...STANDING.map(([listing, extension]) => pathOf(listing, extension)),
  ...PROBED.map(([path]) => path),
  "/feeds.opml",
]);
