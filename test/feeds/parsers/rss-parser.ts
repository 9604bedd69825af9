import RssParser from "rss-parser";
import { ALL, type Parser, seconds, span } from "./parser.ts";

interface More {
  id?: string;
  updated?: string;
  author?: string;
  "ev:startdate"?: string;
  "ev:enddate"?: string;
  category?: { $: { term: string } }[];
}

const parser = new RssParser<object, More>({
  customFields: {
    item: [
      ["atom:updated", "updated"],
      "updated",
      "ev:startdate",
      "ev:enddate",
      ["category", "category", { keepArray: true }],
    ] as never,
  },
});

export const rssParser: Parser = {
  name: "rss-parser",
  extensions: ["rss", "atom"],
  available: true,
  tells: ALL,
  read: async (address) => {
    const { items } = await parser.parseURL(address);
    return items.map((item) => ({
      id: item.guid ?? item.id,
      title: item.title,
      url: item.link,
      published: seconds(item.isoDate),
      updated: seconds(item.updated ?? item.isoDate),
      content: item.content,
      categories: item.categories ?? (item.category ?? []).map(({ $ }) => $.term),
      creator: item.creator ?? item.author,
      happened: span(item["ev:startdate"], item["ev:enddate"]),
    }));
  },
};
