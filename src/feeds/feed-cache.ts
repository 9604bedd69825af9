/** Rendered feeds by canonical address, origin included. Most requests are answered from here, without I/O. */
import { RecordCache } from "../platform/cache.ts";
import type { Env } from "../platform/env.ts";
import { publicOrigin } from "../platform/settings.ts";
import { recentHead } from "../record/log.ts";
import { type Rendered, serve } from "./feed-response.ts";

export interface CachedFeed {
  rendered: Rendered;
  /** When an item leaves the feed although the log stands still, in ms of Unix time; Infinity for never. */
  until: number;
}

/** An isolate has 128 MB for everything. */
export const feedCache = new RecordCache<CachedFeed>({
  entries: 200,
  bytes: { limit: 16_000_000, of: ({ rendered }) => rendered.body.length },
  until: ({ until }) => until,
});

/**
 * Answers a request for a cached feed at its canonical address. Returns undefined for all other requests. Only canonical addresses are cached,
 * so that other spellings of an address take no room.
 */
export function serveWarm(request: Request, { DB: db, PUBLIC_URL: configured }: Env): Response | undefined {
  const head = request.method === "GET" ? recentHead(db) : undefined;
  if (head === undefined) return undefined;
  const { url } = request;
  const origin = publicOrigin(configured);
  const address = origin ? origin + url.slice(url.indexOf("/", "https://".length)) : url;
  const feed = feedCache.get(db, head.number, address);
  return feed && serve(request, feed.rendered);
}
