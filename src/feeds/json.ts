/** JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). */
import type { Feed } from "./feed.ts";

export function renderJson(feed: Feed): string {
  return JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: feed.title,
    description: feed.description,
    home_page_url: feed.home,
    feed_url: feed.self,
    next_url: feed.next,
    language: "en",
    items: feed.items.map((item) => ({
      id: item.guid,
      url: item.url,
      title: item.title,
      content_html: item.html,
      date_published: item.published,
      date_modified: item.updated,
      authors: item.creator === undefined ? undefined : [{ name: item.creator }],
      tags: item.categories.length > 0 ? item.categories : undefined,
      language: item.language === "und" ? undefined : item.language,
      // Names that begin with an underscore are extensions (section "Extensions").
      _event: item.date === undefined ? undefined : { date: item.date },
    })),
  });
}
