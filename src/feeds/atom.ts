/** Atom 1.0 (RFC 4287). */
import xml, { type XmlObject } from "xml";
import { clean } from "../record/fields.ts";
import { type Feed, type FeedItem, lastChange, linksOf } from "./feed.ts";
import { type FeedFormat, split } from "./feed-format.ts";
import { extensions, NAMESPACES } from "./xml-extensions.ts";

const TYPE = "application/atom+xml";

export const atom: FeedFormat = {
  name: "Atom 1.0",
  extension: "atom",
  type: TYPE,
  item: (item) => xml({ entry: entry(item) }),
  separator: "",
  frame: (feed) => split(xml({ feed: head(feed) }, { declaration: true }), "</feed>"),
};

/** The time of a feed without items: a feed must have a time (RFC 4287, section 4.2.15). */
const NEVER = "2000-01-01T00:00:00Z";

const namespaces = Object.fromEntries(Object.entries(NAMESPACES).map(([prefix, uri]) => [`xmlns:${prefix}`, uri]));

function head(feed: Feed): XmlObject[] {
  return [
    { _attr: { xmlns: "http://www.w3.org/2005/Atom", ...namespaces, "xml:lang": "en" } },
    { id: feed.id },
    { title: clean(feed.title) },
    { subtitle: clean(feed.description) },
    { updated: lastChange(feed) ?? NEVER },
    { author: [{ name: clean(feed.author) }] },
    link("self", feed.self, TYPE),
    link("alternate", feed.home, "text/html"),
    ...linksOf(feed).map(({ rel, href }) => link(rel, href, rel === "hub" ? undefined : TYPE)),
    { generator: "Parley" },
    ...(feed.current === undefined ? [] : [{ "fh:archive": null }]),
  ];
}

const link = (rel: string, href: string, type?: string): XmlObject => ({
  link: { _attr: { rel, href, ...(type !== undefined && { type }) } },
});

function entry(item: FeedItem): XmlObject[] {
  return [
    ...(item.language === "und" ? [] : [{ _attr: { "xml:lang": item.language } }]),
    { id: item.guid },
    { title: clean(item.title) },
    ...(item.url === undefined ? [] : [{ link: { _attr: { rel: "alternate", href: item.url } } }]),
    { published: item.published },
    { updated: item.updated },
    // Without an author, the feed's author applies (section 4.2.1): the wire, which wrote the content.
    ...(item.creator === undefined ? [] : [{ author: [{ name: clean(item.creator) }] }]),
    ...item.categories.map((term) => ({ category: { _attr: { term: clean(term) } } })),
    ...extensions(item),
    { content: [{ _attr: { type: "html" } }, clean(item.html)] },
  ];
}
