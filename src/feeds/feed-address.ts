/** Which feed an address names, and the canonical form of that address. */
import { readPage, readParameter } from "../http/input.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { type Head, NEWEST } from "../record/log.ts";
import type { Names } from "../record/names/read-names.ts";
import { readFilter } from "../record/search/read-query.ts";
import { type Extension, FORMATS } from "./feed-formats.ts";
import { ARTICLES, EVENTS, type FeedPage, type Listing } from "./listing.ts";

export interface FeedAddress {
  listing: Listing;
  extension: Extension;
  query: ParsedQuery | undefined;
  page: FeedPage;
}

/** How many items a feed has where nobody asks for more or fewer. */
const ITEMS = 50;
/** The feed itself, as it is where nobody asks for more, for fewer, or for older items. */
export const WHOLE: FeedPage = { before: NEWEST, limit: ITEMS };

/** The formats of each listing. Articles have no day of their own in a calendar. */
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

/** Reads the parameters of a feed; any others are passed over. Throws a Problem that names what is malformed. */
export function readParameters(url: URL, head: Head, names: Names): Pick<FeedAddress, "query" | "page"> {
  const query = readFilter(readParameter(url.searchParams, "q"), names);
  const { before, limit } = readPage(url, ITEMS);
  // Whatever lies beyond the log's end is the feed itself: it must not make another cache entry.
  return { query, page: { before: before > head.number ? NEWEST : before, limit } };
}

/** The canonical address of a feed, without its origin: known parameters only, in one order, and only where they say something. */
export function canonical({ listing, extension, query, page }: FeedAddress): string {
  const parameters = [
    ...(query === undefined ? [] : [queryParameter(query)]),
    ...(page.limit === ITEMS ? [] : [`limit=${page.limit}`]),
    ...(page.before === NEWEST ? [] : [`before=${page.before}`]),
  ];
  const path = pathOf(listing, extension);
  return parameters.length === 0 ? path : `${path}?${parameters.join("&")}`;
}

/** The part of an address that asks for a query; empty for everything. */
export const searchOf = (query: ParsedQuery | undefined): string =>
  query === undefined ? "" : `?${queryParameter(query)}`;

/** As URLs are written when they arrive: the URL Standard encodes an apostrophe too. */
const queryParameter = ({ canonical }: ParsedQuery): string =>
  `q=${encodeURIComponent(canonical).replaceAll("'", "%27")}`;

/** Where readers look for a feed when a page names none; they do not follow redirects there. */
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

/** Every path at which a feed is. */
export const FEED_PATHS: ReadonlySet<string> = new Set([
  ...STANDING.map(([listing, extension]) => pathOf(listing, extension)),
  ...PROBED.map(([path]) => path),
  "/feeds.opml",
]);
