import FeedParser from "feedparser";
import { ALL, fetchText, type Parser, seconds, span, type Told } from "./parser.ts";

/**
 * The package takes elements of HTML out of titles. What the XML itself says it keeps under the names of the elements: that is
 * read here, since it tells what the feed says, and `item.title` what the package makes of it.
 */
export const feedparser: Parser = {
  name: "feedparser",
  extensions: ["rss", "atom"],
  available: true,
  tells: ALL,
  read: async (address) => {
    const parser = new FeedParser({ feedurl: address });
    const items: Told[] = [];
    const failed = new Promise<never>((_, reject) => parser.once("error", reject));
    parser.end(await fetchText(address));
    const all = async () => {
      for await (const item of parser) items.push(told(item));
    };
    await Promise.race([all(), failed]);
    return items;
  },
};

function told(item: FeedParser.Item): Told {
  const type = item.meta["#type"];
  return {
    id: item.guid,
    title: text(item[`${type}:title`]),
    url: item.link ?? undefined,
    published: seconds(item.pubdate),
    updated: seconds(text(item["atom:updated"]) ?? item.date),
    content: text(item[type === "rss" ? "rss:description" : "atom:content"]),
    categories: item.categories,
    // Not `item.author`: there it puts the feed's author where an entry has none.
    creator: type === "rss" ? (item.author ?? undefined) : text(item["atom:author"]?.name),
    happened: span(text(item["ev:startdate"]), text(item["ev:enddate"])),
  };
}

/** The text of an element as the package keeps it. */
function text(element: unknown): string | undefined {
  if (typeof element !== "object" || element === null || !("#" in element)) return undefined;
  return String(element["#"]);
}
