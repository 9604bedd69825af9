/** Feeds as WebSub topics (https://www.w3.org/TR/websub/): which feed an address names, and its current content. */
import { readQuery } from "../http/input.ts";
import { badRequest, Problem } from "../http/problem.ts";
import { readRecentHead } from "../record/log.ts";
import { readNames } from "../record/names/read-names.ts";
import { listingParameters } from "../record/search/read-query.ts";
import { canonical, type FeedAddress, pathOf, readAsked, STANDING } from "./feed-address.ts";
import { FORMATS } from "./feed-formats.ts";
import { type FeedContext, feedAt } from "./feed-handler.ts";
import { contentType } from "./feed-response.ts";
import type { Listing } from "./listing.ts";

export interface FeedTopic {
  listing: Listing["name"];
  /** The canonical address of the feed, without its origin. */
  canonical: string;
  /** The query as it was written; undefined for a feed without a query. */
  query: string | undefined;
}

/** Returns the feed that an address names. Throws a Problem at `hub.topic` if there is no such feed, or if it never changes. */
export async function readTopic(address: string, context: FeedContext): Promise<FeedTopic> {
  const refuse = (message: string): Problem => badRequest([{ path: "hub.topic", message }]);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.origin !== context.origin) throw refuse(`the address of a feed of ${context.origin} was expected`);
  const found = standingAt(url);
  if (found === undefined) throw refuse("there is no public feed at this address");
  if (url.searchParams.has("before"))
    throw refuse("a page of older items does not change; subscribe to the feed itself");
  try {
    const feed = await readAddress(url, found, context, 0);
    const query = feed.query === undefined ? undefined : feed.parameters.q;
    return { listing: feed.listing.name, canonical: canonical(feed), query };
  } catch (error) {
    if (error instanceof Problem) throw refuse(error.message);
    throw error;
  }
}

/** Renders the feed at a canonical address, at a log entry or later. */
export async function renderTopic(
  address: string,
  context: FeedContext,
  atLeast: number,
): Promise<{ body: string; type: string; etag: string }> {
  const url = new URL(address, context.origin);
  const found = standingAt(url);
  if (found === undefined) throw new Error(`no feed at ${url.pathname}`);
  const feed = await readAddress(url, found, context, atLeast);
  const { body, etag } = await feedAt(feed, feed.head, feed.names, context);
  return { body: new TextDecoder().decode(body), type: contentType(FORMATS[feed.extension].type), etag };
}

const standingAt = ({ pathname }: URL) =>
  STANDING.find(([listing, extension]) => pathOf(listing, extension) === pathname);

async function readAddress(
  url: URL,
  [listing, extension]: (typeof STANDING)[number],
  { env }: FeedContext,
  atLeast: number,
) {
  const head = await readRecentHead(env.DB, atLeast);
  const names = await readNames(env.DB, head);
  const parameters = readQuery(url, listingParameters);
  const address: FeedAddress = { listing, extension, ...readAsked(parameters, head, names) };
  return { ...address, parameters, head, names };
}
