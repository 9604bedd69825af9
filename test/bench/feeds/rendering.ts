/** Rendering fifty events, and fifty articles, beside the package feedsmith. */
import type { Data } from "../../../src/cli/data.ts";
import type { Feed, FeedItem } from "../../../src/feeds/feed.ts";
import { type FeedFormat, render } from "../../../src/feeds/feed-format.ts";
import { type Extension, FORMATS } from "../../../src/feeds/feed-formats.ts";
import { interleave, rounded } from "../clock.ts";
import type { Row } from "../run.ts";
import { feedsmithAtom, feedsmithJson, feedsmithRss } from "./feedsmith.ts";

const ITEMS = 50;
const ROUNDS = 200;

/** It writes no iCalendar. */
const PEERS: Readonly<Record<Extension, ((feed: Feed) => string) | undefined>> = {
  rss: feedsmithRss,
  json: feedsmithJson,
  atom: feedsmithAtom,
  ics: undefined,
};

export function benchRendering(data: Data): Row[] {
  const feeds = { events: makeFeed(events(data), "feed"), articles: makeFeed(articles(data), "articles") };
  return Object.entries(FORMATS).flatMap(([extension, format]) =>
    // A calendar is of events alone.
    (extension === "ics" ? [feeds.events] : [feeds.events, feeds.articles]).map((feed) => compare(format, feed)),
  );
}

function compare(format: FeedFormat, feed: Feed): Row {
  const peer = PEERS[format.extension as Extension];
  const timed = interleave(
    {
      // Copies, since an item that is known is not written again.
      anew: () => render(format, { ...feed, items: feed.items.map((item) => ({ ...item })) }),
      again: () => render(format, feed),
      peer: () => peer?.(feed),
    },
    ROUNDS,
  );
  return {
    measured: "rendering",
    items: feed.items.length,
    of: feed.title,
    format: format.extension,
    "bytes rendered": render(format, feed).body.length,
    µs: rounded(timed.anew.median * 1000),
    "µs, items known": rounded(timed.again.median * 1000),
    "feedsmith µs": peer ? rounded(timed.peer.median * 1000) : "writes none",
    "of feedsmith's": peer ? rounded(timed.anew.median / timed.peer.median) : "",
  };
}

const makeFeed = (items: readonly FeedItem[], path: string): Feed => ({
  id: `urn:parley:${path}`,
  title: path === "feed" ? "events" : "articles",
  description: "The feed of the benchmark",
  author: "Parley",
  home: "https://wire.example/",
  self: `https://wire.example/${path}.rss`,
  older: `https://wire.example/${path}.rss?before=100`,
  current: undefined,
  hub: "https://wire.example/hub",
  items: Array.from({ length: ITEMS }, (_, i) => items[i % items.length])
    .filter((item) => item !== undefined)
    // Each its own, since an item that is known is not written again.
    .map((item, i) => ({ ...item, guid: `${item.guid}-${i}` })),
});

const events = ({ events: all, names }: Data): FeedItem[] =>
  [...all].map(([id, event]) => {
    const places = event.places.map((slug) => names.get(`place:${slug}`)).filter((place) => place !== undefined);
    const topics = event.topics.map((slug) => names.get(`topic:${slug}`)?.label ?? slug);
    return {
      guid: `parley:event:${id}`,
      url: `https://wire.example/events/${id}`,
      title: event.title,
      html: `<div lang="en" dir="ltr"><p>${event.summary}</p><p>Topics: ${topics.join("; ")}</p></div>`,
      text: `${event.summary}\n\nTopics: ${topics.join("; ")}`,
      published: event.published_at ?? "",
      updated: event.published_at ?? "",
      creator: "Parley",
      categories: [...topics, ...places.map(({ label }) => label)],
      language: "en",
      happened: {
        date: event.date,
        end_date: event.end_date ?? null,
        precision: event.precision ?? "day",
        places: places.map(({ label, coordinates }) => ({
          name: label,
          latitude: coordinates?.latitude ?? null,
          longitude: coordinates?.longitude ?? null,
        })),
        revision: 1,
        retracted: false,
      },
    };
  });

const articles = ({ articles: all }: Data): FeedItem[] =>
  [...all].map(([id, article]) => ({
    guid: `parley:article:${id}`,
    url: `https://wire.example/articles/${id}`,
    title: article.title,
    html: `<div lang="en" dir="ltr"><p>${article.summary}</p></div>`,
    text: article.summary ?? "",
    published: article.added_at,
    updated: article.added_at,
    creator: article.publisher ?? "The Bench Courier",
    categories: [],
    language: article.language ?? "und",
    happened: undefined,
  }));
