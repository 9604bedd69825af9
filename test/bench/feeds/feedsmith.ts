/** The same feeds, written by the generators of the package feedsmith. */
import { generateAtomFeed, generateJsonFeed, generateRssFeed } from "feedsmith";
import { type Feed, type FeedItem, lastChange, linksOf } from "../../../src/feeds/feed.ts";

const pointsOf = ({ happened }: FeedItem) => {
  const [place] = happened?.places.filter(({ latitude, longitude }) => latitude !== null && longitude !== null) ?? [];
  return place === undefined ? {} : { georss: { point: { lat: place.latitude ?? 0, lng: place.longitude ?? 0 } } };
};

const changeOf = (feed: Feed): Date => new Date(lastChange(feed) ?? 0);

export const feedsmithRss = (feed: Feed): string =>
  generateRssFeed({
    title: feed.title,
    description: feed.description,
    link: feed.home,
    language: "en",
    lastBuildDate: changeOf(feed),
    ttl: 5,
    atom: { links: [{ href: feed.self, rel: "self" }, ...linksOf(feed)] },
    items: feed.items.map((item) => ({
      title: item.title,
      description: item.html,
      ...(item.url !== undefined && { link: item.url }),
      guid: { value: item.guid, isPermaLink: false },
      pubDate: new Date(item.published),
      categories: item.categories.map((name) => ({ name })),
      dc: { creators: item.creator === undefined ? [] : [item.creator], languages: [item.language] },
      atom: { updated: new Date(item.updated) },
      ...pointsOf(item),
    })),
  });

export const feedsmithJson = (feed: Feed): string =>
  JSON.stringify(
    generateJsonFeed({
      title: feed.title,
      description: feed.description,
      home_page_url: feed.home,
      feed_url: feed.self,
      ...(feed.older !== undefined && { next_url: feed.older }),
      language: "en",
      items: feed.items.map((item) => ({
        id: item.guid,
        title: item.title,
        content_html: item.html,
        ...(item.url !== undefined && { url: item.url }),
        date_published: new Date(item.published),
        date_modified: new Date(item.updated),
        tags: [...item.categories],
        language: item.language,
        ...(item.creator !== undefined && { authors: [{ name: item.creator }] }),
      })),
    }),
  );

export const feedsmithAtom = (feed: Feed): string =>
  generateAtomFeed({
    id: feed.id,
    title: { value: feed.title },
    subtitle: { value: feed.description },
    updated: changeOf(feed),
    authors: [{ name: feed.author }],
    links: [{ href: feed.self, rel: "self" }, { href: feed.home, rel: "alternate" }, ...linksOf(feed)],
    entries: feed.items.map((item) => ({
      id: item.guid,
      title: { value: item.title },
      updated: new Date(item.updated),
      published: new Date(item.published),
      links: item.url === undefined ? [] : [{ href: item.url, rel: "alternate" }],
      authors: item.creator === undefined ? [] : [{ name: item.creator }],
      categories: item.categories.map((term) => ({ term })),
      content: { value: item.html, type: "html" },
      ...pointsOf(item),
    })),
  });
