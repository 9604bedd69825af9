/** GET /feed.* and /articles.*: the feeds of the record. */
import type { Context, Handler } from "../http/context.ts";
import type { Env } from "../platform/env.ts";
import { publicOrigin, type Settings } from "../platform/settings.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { type Head, NEWEST, readRecentHead, recentHead } from "../record/log.ts";
import { type Names, readNames } from "../record/names/read-names.ts";
import { canonical, type FeedAddress, readParameters, searchOf } from "./address.ts";
import type { Feed } from "./feed.ts";
import { render } from "./format.ts";
import { type Extension, FORMATS } from "./formats.ts";
import type { Listing } from "./listing.ts";
import { type Rendered, rendered, serve } from "./serve.ts";

/** What a feed is made from. */
export type FeedContext = Pick<Context, "env" | "settings" | "origin">;

/** About how long a reader may keep a feed before it asks again. */
export const CACHE_CONTROL = "public, max-age=300, stale-while-revalidate=3600";

export const serveFeed =
  (listing: Listing, extension: Extension): Handler =>
  async (request, context) => {
    const head = await readRecentHead(context.env.DB);
    const names = await readNames(context.env.DB, head);
    const address = { listing, extension, ...readParameters(context.url, head, names) };
    return serve(request, await feedAt(address, head, names, context));
  };

/**
 * The answer to a request for a feed that the isolate has as it is now, if the address is its canonical one: most requests are such, and
 * need nothing else read. Only canonical addresses are kept, so that no other one makes an entry.
 */
export function serveWarm(request: Request, { DB: db, PUBLIC_URL: configured }: Env): Response | undefined {
  if (request.method !== "GET") return undefined;
  const { url } = request;
  const origin = publicOrigin(configured);
  const known = kept.get(origin ? origin + url.slice(url.indexOf("/", "https://".length)) : url);
  if (known?.db !== db || known.head !== recentHead(db)?.number || Date.now() >= known.until) return undefined;
  return serve(request, known.feed);
}

/** A feed as it was last rendered: good for as long as the log has not moved and no item leaves it by itself. */
interface Kept {
  db: D1Database;
  head: number;
  /** When an item leaves it, in ms of Unix time. */
  until: number;
  feed: Rendered;
}

/** Feeds in the isolate, by origin and address. */
const kept = new Map<string, Kept>();
const MOST_KEPT = 200;
/** And so much of them, in bytes: an isolate has 128 MB for everything. */
const MOST_BYTES = 16_000_000;

/** A feed as it is at a head of the log. */
export async function feedAt(address: FeedAddress, head: Head, names: Names, context: FeedContext): Promise<Rendered> {
  const self = context.origin + canonical(address);
  const known = () => {
    const entry = kept.get(self);
    const isGood = entry?.db === context.env.DB && entry.head === head.number && Date.now() < entry.until;
    return isGood ? entry.feed : undefined;
  };
  const format = FORMATS[address.extension];
  const before = known();
  if (before !== undefined) return before;
  const { made, until, left } = await makeFeed(address, self, head, names, context);
  // Of those who waited for the record, one writes the feed.
  const meanwhile = known();
  if (meanwhile !== undefined) return meanwhile;
  const feed = rendered(made, render(format, made), {
    type: format.type,
    changed: left !== undefined && left > (head.at ?? "") ? left : head.at,
    cacheControl: CACHE_CONTROL,
  });
  keep(self, { db: context.env.DB, head: head.number, until, feed });
  return feed;
}

async function makeFeed(
  address: FeedAddress,
  self: string,
  head: Head,
  names: Names,
  context: FeedContext,
): Promise<{ made: Feed; until: number; left: string | undefined }> {
  const { listing, query, page } = address;
  const { settings, origin, env } = context;
  const making = { names, origin, wire: settings.title };
  const { items, next, until, left } = await listing.list(env.DB, head, query, page, making);
  const search = searchOf(query);
  const at = (before: number) => origin + canonical({ ...address, page: { ...page, before } });
  const made: Feed = {
    id: `parley:${listing.name}${search}`,
    title: titleOf(settings, listing, query),
    description: settings.description,
    author: settings.title,
    home: `${origin}/${search}`,
    self,
    older: next === undefined ? undefined : at(next),
    current: page.before === NEWEST ? undefined : at(NEWEST),
    // Older pages do not change.
    hub: page.before === NEWEST ? `${origin}/hub` : undefined,
    items,
  };
  return { made, until, left };
}

/** What a feed is called: by the wire, what it lists, and the query. */
export const titleOf = ({ title }: Settings, { suffix }: Listing, query: ParsedQuery | undefined): string =>
  title + suffix + (query === undefined ? "" : `: ${query.canonical}`);

let keptBytes = 0;

function keep(key: string, entry: Kept): void {
  const other = kept.get(key);
  // A request that began earlier may end later.
  if (other?.db === entry.db && other.head > entry.head) return;
  drop(key);
  kept.set(key, entry);
  keptBytes += entry.feed.body.length;
  // The oldest first.
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT && keptBytes <= MOST_BYTES) return;
    drop(oldest);
  }
}

function drop(key: string): void {
  keptBytes -= kept.get(key)?.feed.body.length ?? 0;
  kept.delete(key);
}
