/** The title of a feed, as each parser reads it. */
import FeedParser from "feedparser";
import { parseAtomFeed, parseRssFeed } from "feedsmith";
import RssParser from "rss-parser";
import { PYTHON, printed } from "./debian.ts";
import { fetchText } from "./parser.ts";

export type ReadTitle = (address: string) => Promise<string | undefined>;

const feedsmith: ReadTitle = async (address) => {
  const text = await fetchText(address);
  return new URL(address).pathname.endsWith(".atom") ? parseAtomFeed(text).title?.value : parseRssFeed(text).title;
};

const rssParser: ReadTitle = async (address) => (await new RssParser().parseURL(address)).title;

/** What the XML says: `meta.title` is without what the package takes for HTML. */
const feedparser: ReadTitle = async (address) => {
  const parser = new FeedParser({ feedurl: address });
  parser.end(await fetchText(address));
  for await (const { meta } of parser) return meta[`${meta["#type"]}:title`]["#"];
  return undefined;
};

const universal: ReadTitle = async (address) => {
  const script =
    "import feedparser, sys; sys.stdout.write(feedparser.parse(sys.argv[1], sanitize_html=False).feed.title)";
  return await printed(PYTHON, ["-c", script, address]);
};

export const TITLES = { feedsmith, "rss-parser": rssParser, feedparser, "Universal Feed Parser": universal };
