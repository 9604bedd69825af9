/** Feeds over HTTP. */
import { findFeed } from "../alerts/desk.ts";
import type { Context, Handler } from "../context.ts";
import type { Settings } from "../env.ts";
import { NEWEST, readInteger, readPage } from "../input.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { listArticles, listEvents, type Page } from "../record/find.ts";
import { readRecentHead } from "../record/log.ts";
import { type Names, readNames } from "../record/names.ts";
import { readFilter } from "../record/query.ts";
import type { Feed, FeedItem } from "./feed.ts";
import { articleItem, eventItem, messageItem } from "./items.tsx";
import { renderJson } from "./json.ts";
import { renderRss } from "./rss.ts";
import { type Rendered, rendered, serve } from "./serve.ts";

interface Format {
  extension: string;
  type: string;
  render: (feed: Feed) => string;
}

export const RSS_FORMAT: Format = { extension: "rss", type: "application/rss+xml; charset=utf-8", render: renderRss };
export const JSON_FORMAT: Format = {
  extension: "json",
  type: "application/feed+json; charset=utf-8",
  render: renderJson,
};

/** What a feed lists. */
interface Listing {
  /** The beginning of its path: `/feed`, `/articles`. */
  path: string;
  title: (settings: Settings) => string;
  list: (
    context: Context,
    names: Names,
    query: ParsedQuery | undefined,
    page: Page,
  ) => Promise<{ items: FeedItem[]; next: number | undefined }>;
}

export const EVENTS: Listing = {
  path: "/feed",
  title: ({ title }) => title,
  list: async ({ env, origin }, names, query, page) => {
    const { items, next } = await listEvents(env.DB, names, query, page);
    return { items: items.map((event) => eventItem(event, names, origin)), next };
  },
};

export const ARTICLES: Listing = {
  path: "/articles",
  title: ({ title }) => `${title}: articles`,
  list: async ({ env, origin }, names, query, page) => {
    const { items, next } = await listArticles(env.DB, names, query, page, false);
    return { items: items.map((article) => articleItem(article, origin)), next };
  },
};

/** About how long a reader may keep a feed before it asks again. */
const CACHE_CONTROL = "public, max-age=300, stale-while-revalidate=3600";

/** Feeds as they were last rendered, kept in the isolate; each is good for as long as the log has not moved. */
const cache = new Map<string, { db: D1Database; head: number; rendered: Rendered }>();
const CACHED = 200;

/** How many items a feed has where nobody asks for more or fewer. */
const ITEMS = 50;
/** A feed of the record, in one format. */
export function serveFeed(listing: Listing, format: Format): Handler {
  return async (request, context) => {
    const { env, url, origin } = context;
    const head = await readRecentHead(env.DB);
    const names = await readNames(env.DB, head);
    const query = readFilter(url.searchParams.get("q"), names);
    const { before, limit } = readPage(url, ITEMS);
    const page: Page = { before: upTo(head.number, before), limit, feed: true };
    const self = feedAddress(origin, listing, format, query?.canonical, page);
    const known = cache.get(self);
    if (known?.db === env.DB && known.head === head.number) return serve(request, known.rendered, CACHE_CONTROL);
    const feed = await makeFeed(context, listing, { names, query, page, self });
    const fresh = await rendered(format.render(feed), format.type, head.at);
    remember(self, { db: env.DB, head: head.number, rendered: fresh });
    return serve(request, fresh, CACHE_CONTROL);
  };
}

/** The canonical address of a feed: known parameters only, in one order, and only where they say something. */
function feedAddress(
  origin: string,
  { path }: Listing,
  { extension }: Format,
  query: string | undefined,
  { limit, before }: Page,
): string {
  const address = new URL(`${path}.${extension}`, origin);
  if (query !== undefined) address.searchParams.set("q", query);
  if (limit !== ITEMS) address.searchParams.set("limit", String(limit));
  if (before !== NEWEST) address.searchParams.set("before", String(before));
  return address.href;
}

/** The neutral feed that is asked for at an address. */
async function makeFeed(
  context: Context,
  listing: Listing,
  asked: { names: Names; query: ParsedQuery | undefined; page: Page; self: string },
): Promise<Feed> {
  const { names, query, page, self } = asked;
  const { settings, origin } = context;
  const { items, next } = await listing.list(context, names, query, page);
  const older = new URL(self);
  older.searchParams.set("before", String(next));
  const title = listing.title(settings);
  return {
    title: query ? `${title}: ${query.canonical}` : title,
    description: settings.description,
    home: query ? `${origin}/?q=${encodeURIComponent(query.canonical)}` : `${origin}/`,
    self,
    next: next === undefined ? undefined : older.href,
    items,
  };
}

/** How much the cache may hold, in UTF-16 code units: an isolate has 128 MB for everything. */
const MOST_CACHED = 8_000_000;

function remember(key: string, entry: { db: D1Database; head: number; rendered: Rendered }): void {
  cache.delete(key);
  cache.set(key, entry);
  let size = [...cache.values()].reduce((sum, { rendered }) => sum + rendered.body.length, 0);
  for (const [oldest, { rendered }] of cache) {
    if (cache.size <= CACHED && size <= MOST_CACHED) return;
    cache.delete(oldest);
    size -= rendered.body.length;
  }
}

/** Whatever lies beyond the log's end is the newest page: it must not make another cache entry. */
const upTo = (end: number, before: number): number => (before > end ? NEWEST : before);

/** GET /alerts/{id}.rss and .json: the matches of an alert, for whoever holds the key in its address. */
export function serveAlertFeed(format: Format): Handler {
  return async (request, context) => {
    const { alert, deliveries } = await findFeed(context, readInteger(context.url, "limit", 50, 1, 200));
    const { origin, url } = context;
    const feed: Feed = {
      title: `${context.settings.title}: alert for ${alert.query}`,
      description: `Articles that match ${alert.query}`,
      home: `${origin}/`,
      self: `${origin}/alerts/${alert.id}.${format.extension}?key=${encodeURIComponent(url.searchParams.get("key") ?? "")}`,
      next: undefined,
      items: deliveries.map(messageItem),
    };
    const changed = feed.items[0]?.published ?? alert.created_at;
    return serve(request, await rendered(format.render(feed), format.type, changed), "private, max-age=60");
  };
}
