/** RSS 2.0, written by the package `rss`. */
import RSS from "rss";
import { clean } from "../record/fields.ts";
import { type Feed, lastChange } from "./feed.ts";

/** How often a reader may come again, in minutes. */
const TTL = 5;

export function renderRss(feed: Feed): string {
  const rss = new RSS({
    title: clean(feed.title),
    description: clean(feed.description),
    feed_url: feed.self,
    site_url: feed.home,
    generator: "Parley",
    language: "en",
    ttl: TTL,
    custom_elements: feed.next
      ? [{ "atom:link": { _attr: { href: feed.next, rel: "next", type: "application/rss+xml" } } }]
      : [],
  });
  for (const item of feed.items) {
    rss.item({
      title: clean(item.title),
      description: clean(item.html),
      // The package's types ask for an address; where none is known it leaves the element out.
      url: item.url as string,
      guid: item.guid,
      date: item.published,
      categories: item.categories.map(clean),
      ...(item.creator !== undefined && { author: clean(item.creator) }),
      custom_elements: item.updated === item.published ? [] : [{ "atom:updated": item.updated }],
    });
  }
  return withLastBuildDate(rss.xml(), lastChange(feed));
}

/** The package writes the time of rendering; the element means the last change (RSS 2.0 specification, "Optional channel elements"). */
function withLastBuildDate(xml: string, changed: string | undefined): string {
  const element = changed ? `<lastBuildDate>${new Date(changed).toUTCString()}</lastBuildDate>` : "";
  return xml.replace(/<lastBuildDate>[^<]*<\/lastBuildDate>/, element);
}
