/** A JSON Feed read by nothing but JSON.parse: what all other parsers are compared with. */
import { fetchText, type Item, seconds, span } from "./parser.ts";

interface JsonItem {
  id: string;
  title: string;
  url?: string;
  date_published: string;
  date_modified: string;
  content_html: string;
  tags?: string[];
  authors?: { name: string }[];
  _event?: { date: string; end_date: string | null };
}

interface JsonFeed {
  title: string;
  next_url?: string;
  items: JsonItem[];
}

export interface Reference {
  title: string;
  next: string | undefined;
  items: Item[];
}

export async function readReference(address: string): Promise<Reference> {
  const feed: JsonFeed = JSON.parse(await fetchText(address));
  const items = feed.items.map((item) => ({
    id: item.id,
    title: item.title,
    url: item.url,
    published: seconds(item.date_published),
    updated: seconds(item.date_modified),
    content: item.content_html,
    categories: item.tags ?? [],
    creator: item.authors?.[0]?.name,
    happened: span(item._event?.date, item._event?.end_date),
  }));
  return { title: feed.title, next: feed.next_url, items };
}
