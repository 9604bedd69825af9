/** RSS 2.0 (https://www.rssboard.org/rss-specification), written by the package `rss`. */
import RSS from "rss";
import { clean } from "../record/fields.ts";
import { type Feed, type FeedItem, lastChange, linksOf } from "./feed.ts";
import { cut, type FeedFormat, split } from "./feed-format.ts";
import { extensions, NAMESPACES } from "./xml-extensions.ts";

/** Refresh interval for feed readers, in minutes. */
const TTL = 5;
const TYPE = "application/rss+xml";

/** The package only writes whole documents. So each item is cut out of a document of one item, and put into a document without items. */
export const rss: FeedFormat = {
  name: "RSS 2.0",
  extension: "rss",
  type: TYPE,
  item: (item) => cut(new RSS(NOTHING).item(itemOptions(item)).xml(), "<item>", "</item>"),
  separator: "",
  frame: (feed) => split(withLastBuildDate(new RSS(feedOptions(feed)).xml(), lastChange(feed)), "</channel>"),
};

const NOTHING = { title: "", feed_url: "", site_url: "" };

const feedOptions = (feed: Feed): RSS.FeedOptions => ({
  title: clean(feed.title),
  description: clean(feed.description),
  feed_url: feed.self,
  site_url: feed.home,
  generator: "Parley",
  language: "en",
  ttl: TTL,
  custom_namespaces: NAMESPACES,
  custom_elements: [
    ...linksOf(feed).map(({ rel, href }) => ({
      "atom:link": { _attr: { href, rel, ...(rel !== "hub" && { type: TYPE }) } },
    })),
    ...(feed.current === undefined ? [] : [{ "fh:archive": null }]),
  ],
});

const itemOptions = (item: FeedItem): RSS.ItemOptions => ({
  title: clean(item.title),
  description: clean(item.html),
  // The package's types require an address, but the package leaves the element out if there is none.
  url: item.url as string,
  guid: item.guid,
  date: item.published,
  categories: item.categories.map(clean),
  ...(item.creator !== undefined && { author: clean(item.creator) }),
  custom_elements: [
    { "atom:updated": item.updated },
    ...(item.language === "und" ? [] : [{ "dc:language": item.language }]),
    ...extensions(item),
  ],
});

/** Replaces the time of rendering by the time of the last change, which the element means (RSS 2.0, "Optional channel elements"). */
function withLastBuildDate(xml: string, changed: string | undefined): string {
  const element = changed ? `<lastBuildDate>${new Date(changed).toUTCString()}</lastBuildDate>` : "";
  return xml.replace(/<lastBuildDate>[^<]*<\/lastBuildDate>/, () => element);
}
