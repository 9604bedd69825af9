/** JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). */
import type { Feed, FeedItem, Happened } from "./feed.ts";
import { type FeedFormat, split } from "./feed-format.ts";

export const json: FeedFormat = {
  name: "JSON Feed 1.1",
  extension: "json",
  type: "application/feed+json",
  item: (item) => JSON.stringify(itemObject(item)),
  separator: ",",
  frame: (feed) => split(JSON.stringify(feedObject(feed)), "]}"),
};

const feedObject = (feed: Feed) => ({
  version: "https://jsonfeed.org/version/1.1",
  title: feed.title,
  description: feed.description,
  home_page_url: feed.home,
  feed_url: feed.self,
  next_url: feed.older,
  language: "en",
  authors: [{ name: feed.author }],
  hubs: feed.hub === undefined ? undefined : [{ type: "WebSub", url: feed.hub }],
  // The last member: the document is split here, and the items are inserted.
  items: [],
});

const itemObject = (item: FeedItem) => ({
  id: item.guid,
  url: item.url,
  title: item.title,
  content_html: item.html,
  date_published: item.published,
  date_modified: item.updated,
  authors: item.creator === undefined ? undefined : [{ name: item.creator }],
  tags: item.categories.length > 0 ? item.categories : undefined,
  language: item.language === "und" ? undefined : item.language,
  // Extensions have names that begin with an underscore (section "Extensions").
  _event: item.happened && eventObject(item.happened),
});

const eventObject = ({ date, end_date, precision, places, revision, retracted }: Happened) => ({
  date,
  end_date,
  precision,
  places,
  revision,
  retracted,
});
