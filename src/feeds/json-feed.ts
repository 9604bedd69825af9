/** JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). */
import * as z from "zod";
import { precision } from "../record/events/event.ts";
import type { Feed, FeedItem, Happened } from "./feed.ts";
import { type FeedFormat, split } from "./feed-format.ts";

const author = z.strictObject({ name: z.string() });

const eventExtension = z.strictObject({
  date: z.string().describe("When it happened, as precise as is known (ISO 8601)"),
  end_date: z.string().nullable(),
  precision,
  places: z.array(
    z.strictObject({ name: z.string(), latitude: z.number().nullable(), longitude: z.number().nullable() }),
  ),
  revision: z.int().positive(),
  retracted: z.boolean(),
});

const itemSchema = z.strictObject({
  id: z.string(),
  url: z.string().optional(),
  title: z.string(),
  content_html: z.string(),
  date_published: z.iso.datetime(),
  date_modified: z.iso.datetime(),
  authors: z.array(author).optional(),
  tags: z.array(z.string()).optional(),
  language: z.string().optional(),
  _event: eventExtension.optional().describe("Where and when the event happened"),
});

const feedSchema = z
  .strictObject({
    version: z.literal("https://jsonfeed.org/version/1.1"),
    title: z.string(),
    description: z.string(),
    home_page_url: z.url(),
    feed_url: z.url(),
    next_url: z.url().optional().describe("The page of older items"),
    language: z.string(),
    authors: z.array(author),
    hubs: z.array(z.strictObject({ type: z.literal("WebSub"), url: z.url() })).optional(),
    items: z.array(itemSchema),
  })
  .meta({ id: "JsonFeed" });

export const json: FeedFormat = {
  name: "JSON Feed 1.1",
  extension: "json",
  type: "application/feed+json",
  schema: feedSchema,
  item: (item) => JSON.stringify(itemObject(item)),
  separator: ",",
  frame: (feed) => split(JSON.stringify(feedObject(feed)), "]}"),
};

const feedObject = (feed: Feed): z.infer<typeof feedSchema> => ({
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

const itemObject = (item: FeedItem): z.infer<typeof itemSchema> => ({
  id: item.guid,
  url: item.url,
  title: item.title,
  content_html: item.html,
  date_published: item.published,
  date_modified: item.updated,
  authors: item.creator === undefined ? undefined : [{ name: item.creator }],
  tags: item.categories.length > 0 ? [...item.categories] : undefined,
  language: item.language === "und" ? undefined : item.language,
  // Extensions have names that begin with an underscore (section "Extensions").
  _event: item.happened && eventObject(item.happened),
});

const eventObject = (happened: Happened): z.infer<typeof eventExtension> => ({
  date: happened.date,
  end_date: happened.end_date,
  precision: happened.precision,
  places: [...happened.places],
  revision: happened.revision,
  retracted: happened.retracted,
});
