/** GET /feed.* and /articles.*: feeds of events and articles. */
import type { Context } from "../http/context.ts";
import { inQuery } from "../http/input.ts";
import { everyone, type Operation, operation } from "../http/operation.ts";
import type { Settings } from "../platform/settings.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { type Head, NEWEST, readRecentHead } from "../record/log.ts";
import { type Names, readNames } from "../record/names/read-names.ts";
import { listingParameters } from "../record/search/read-query.ts";
import type { Feed } from "./feed.ts";
import { canonical, type FeedAddress, pathOf, readAsked, searchOf } from "./feed-address.ts";
import { feedCache } from "./feed-cache.ts";
import { render } from "./feed-format.ts";
import { type Extension, FORMATS } from "./feed-formats.ts";
import { feedAnswers, type Rendered, rendered, serve } from "./feed-response.ts";
import type { Listing } from "./listing.ts";

/** The parts of a request that a feed depends on. */
export type FeedContext = Pick<Context, "env" | "settings" | "origin">;

/** Tells readers to wait five minutes before they request a feed again. */
export const CACHE_CONTROL = "public, max-age=300, stale-while-revalidate=3600";

/** GET /feed.rss, /articles.json and so on; with `alias`, the same feed at another path. */
export const serveFeed = (listing: Listing, extension: Extension, alias?: string): Operation =>
  operation(
    {
      ...namesOf(listing, extension, alias),
      tag: "Feeds",
      input: { access: everyone, query: inQuery(listingParameters) },
      answers: feedAnswers(FORMATS[extension]),
      problems: [429],
    },
    async ({ query }, context, request) => {
      const head = await readRecentHead(context.env.DB);
      const names = await readNames(context.env.DB, head);
      const address = { listing, extension, ...readAsked(query, head, names) };
      return serve(request, await feedAt(address, head, names, context));
    },
  );

/** Returns what OpenAPI calls a feed: `readEventsAsRss`, `readEventsAsRssAtFeedXml`. */
function namesOf(listing: Listing, extension: Extension, alias: string | undefined): { id: string; summary: string } {
  const id = `read${capitalised(listing.name)}As${capitalised(extension)}`;
  if (alias === undefined) {
    return { id, summary: `${listing.label}, newest on the wire first, as ${FORMATS[extension].name}` };
  }
  const standing = pathOf(listing, extension);
  return { id: `${id}At${capitalised(alias)}`, summary: `The same as ${standing}, where readers look for a feed` };
}

/** Returns the words of a text or path as one: `FeedXml` for `/feed.xml`. */
const capitalised = (text: string): string =>
  text.replaceAll(/(?:^|\W)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Returns a feed at a head of the log, or later. */
export async function feedAt(address: FeedAddress, head: Head, names: Names, context: FeedContext): Promise<Rendered> {
  const self = context.origin + canonical(address);
  const cached = await feedCache.at(context.env.DB, head.number, self, async () => {
    const { made, until, left } = await makeFeed(address, self, head, names, context);
    const format = FORMATS[address.extension];
    const changed = left !== undefined && left > (head.at ?? "") ? left : head.at;
    return {
      rendered: rendered(made, render(format, made), { type: format.type, changed, cacheControl: CACHE_CONTROL }),
      until,
    };
  });
  return cached.rendered;
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
    // Pages of older items do not change.
    hub: page.before === NEWEST ? `${origin}/hub` : undefined,
    items,
  };
  return { made, until, left };
}

/** Returns the title of a feed: the title of the wire, the listing, the query. */
export const titleOf = ({ title }: Settings, { suffix }: Listing, query: ParsedQuery | undefined): string =>
  title + suffix + (query === undefined ? "" : `: ${query.canonical}`);
