/** Rendering fifty events, beside the package feedsmith. */
import { generateJsonFeed, generateRssFeed } from "feedsmith";
import { readData } from "../../src/cli/data.ts";
import { DATA } from "../../src/cli/paths.ts";
import type { Feed, FeedItem } from "../../src/feeds/feed.ts";
import { renderJson } from "../../src/feeds/json.ts";
import { renderRss } from "../../src/feeds/rss.ts";
import { interleave, rounded } from "./clock.ts";
import type { Row } from "./run.ts";

const ITEMS = 50;

export function benchFeeds(): Row[] {
  const items = [...readData(DATA).events].map(
    ([id, { title, summary, published_at = "", topics, date }]): FeedItem => ({
      guid: `parley:event:${id}`,
      url: `https://wire.example/events/${id}`,
      title,
      html: `<div lang="en" dir="ltr"><p>${summary}</p></div>`,
      published: published_at,
      updated: published_at,
      creator: undefined,
      categories: topics,
      language: "en",
      date,
    }),
  );
  const fifty = Array.from({ length: ITEMS }, (_, i) => items[i % items.length]).filter((item) => item !== undefined);
  const feed: Feed = {
    title: "Parley",
    description: "Events",
    home: "https://wire.example/",
    self: "https://wire.example/feed.rss",
    next: undefined,
    items: fifty,
  };
  const timed = interleave(
    {
      rss: () => renderRss(feed),
      json: () => renderJson(feed),
      "feedsmith rss": () => feedsmithRss(feed),
      "feedsmith json": () => feedsmithJson(feed),
    },
    300,
  );
  return (["rss", "json"] as const).map((format) => ({
    format,
    items: ITEMS,
    bytes: (format === "rss" ? renderRss(feed) : renderJson(feed)).length,
    µs: rounded(timed[format].median * 1000),
    "feedsmith µs": rounded(timed[`feedsmith ${format}`].median * 1000),
    "times its time": rounded(timed[format].median / timed[`feedsmith ${format}`].median),
  }));
}

const feedsmithRss = ({ title, description, home, items }: Feed): string =>
  generateRssFeed({
    title,
    description,
    link: home,
    items: items.map(({ guid, title, html, published, categories, url }) => ({
      title,
      description: html,
      ...(url !== undefined && { link: url }),
      guid: { value: guid, isPermaLink: false },
      pubDate: new Date(published),
      categories: categories.map((name) => ({ name })),
    })),
  });

const feedsmithJson = ({ title, home, items }: Feed): string =>
  JSON.stringify(
    generateJsonFeed({
      title,
      home_page_url: home,
      items: items.map(({ guid, title, html, published, categories, url }) => ({
        id: guid,
        title,
        content_html: html,
        ...(url !== undefined && { url }),
        date_published: new Date(published),
        tags: [...categories],
      })),
    }),
  );
