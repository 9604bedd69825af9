import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { ALL, fetchText, type Parser, seconds, type Told } from "./parser.ts";

export const feedsmith: Parser = {
  name: "feedsmith",
  extensions: ["rss", "json", "atom"],
  available: true,
  tells: ALL.filter((field) => field !== "happened"),
  read: async (address) => {
    const text = await fetchText(address);
    const { pathname } = new URL(address);
    if (pathname.endsWith(".json")) return readJson(text);
    return pathname.endsWith(".atom") ? readAtom(text) : readRss(text);
  },
};

const readRss = (text: string): Told[] =>
  (parseRssFeed(text).items ?? []).map((item) => ({
    id: item.guid?.value,
    title: item.title,
    url: item.link,
    published: seconds(item.pubDate),
    updated: seconds(item.atom?.updated ?? item.pubDate),
    content: item.content?.encoded ?? item.description,
    categories: (item.categories ?? []).map(({ name = "" }) => name),
    creator: item.dc?.creators?.[0],
  }));

const readJson = (text: string): Told[] =>
  (parseJsonFeed(text).items ?? []).map((item) => ({
    id: item.id,
    title: item.title,
    url: item.url,
    published: seconds(item.date_published),
    updated: seconds(item.date_modified),
    content: item.content_html,
    categories: item.tags ?? [],
    creator: item.authors?.[0]?.name,
  }));

const readAtom = (text: string): Told[] =>
  (parseAtomFeed(text).entries ?? []).map((entry) => ({
    id: entry.id,
    title: entry.title?.value,
    url: entry.links?.find(({ rel }) => rel === undefined || rel === "alternate")?.href,
    published: seconds(entry.published),
    updated: seconds(entry.updated),
    content: entry.content?.value,
    categories: (entry.categories ?? []).map(({ term = "" }) => term),
    creator: entry.authors?.[0]?.name,
  }));
