/** GET /alerts/{id}.rss and .json: the messages of an alert as a feed, for everyone who has the key in its address. */
import type { ComponentChildren } from "preact";
import type { Feed, FeedItem } from "../feeds/feed.ts";
import { type FeedFormat, render } from "../feeds/feed-format.ts";
import { rendered, serve } from "../feeds/feed-response.ts";
import { asUri, direction, EventLinks, html } from "../feeds/item-html.tsx";
import type { Handler } from "../http/context.ts";
import { readInteger, readParameter } from "../http/input.ts";
import { articleUrl } from "../http/links.ts";
import type {
  ArticleMatched,
  Digest,
  EventCorrected,
  EventRetracted,
  ListedMessage,
  Message,
} from "../messages/message-schema.ts";
import { CHANGES, changeInWords, digestTitle, reasonInWords, remarksInWords, TEST } from "../messages/wording.ts";
import type { Delivery } from "./alert.ts";
import { findFeed } from "./alerts-api.ts";

/** The key is a secret, so no shared cache may store what it opens. */
const CACHE_CONTROL = "private, max-age=60";

export function serveAlertFeed(format: FeedFormat): Handler {
  return async (request, context) => {
    const { alert, deliveries } = await findFeed(context, readInteger(context.url, "limit", 50, 1, 200));
    const { origin, url, settings } = context;
    const feed: Feed = {
      id: `parley:alert:${alert.id}`,
      title: `${settings.title}: alert for ${alert.query}`,
      description: `Articles that match ${alert.query}`,
      author: settings.title,
      home: `${origin}/`,
      self: `${origin}/alerts/${alert.id}.${format.extension}?key=${encodeURIComponent(readParameter(url.searchParams, "key") ?? "")}`,
      older: undefined,
      current: undefined,
      hub: undefined,
      items: deliveries.map((delivery) => messageItem(delivery, origin)),
    };
    const changed = feed.items[0]?.published ?? alert.created_at;
    return serve(
      request,
      rendered(feed, render(format, feed), { type: format.type, changed, cacheControl: CACHE_CONTROL }),
    );
  };
}

/** Returns a message as an item, under the id of the message. Without an origin, links to pages of this wire are relative. */
export function messageItem({ id, sequence, message }: Delivery, origin = ""): FeedItem {
  const { title, url, language, creator, body } = entryOf(message, origin);
  const content = (
    <>
      {body}
      {remarksInWords(message.data).map((remark) => (
        <p>{remark}</p>
      ))}
      <p>{`Message ${sequence}.`}</p>
    </>
  );
  return {
    guid: id,
    url,
    title,
    html: html(language, content),
    text: title,
    published: message.timestamp,
    updated: message.timestamp,
    creator,
    categories: [],
    language,
    happened: undefined,
  };
}

/** What the feed shows of a message. */
interface FeedEntry {
  title: string;
  url: string | undefined;
  language: string;
  creator: string | undefined;
  body: ComponentChildren;
}

const OURS = { url: undefined, language: "en", creator: undefined };

/** A damaged message keeps its place in the feed and hides no other. */
const entryOf = (message: ListedMessage, origin: string): FeedEntry =>
  "damaged" in message
    ? { ...OURS, title: "A message that cannot be shown", body: <p>Its contents are damaged.</p> }
    : readableEntry(message, origin);

function readableEntry({ type, data }: Message, origin: string): FeedEntry {
  switch (type) {
    case "article.matched":
      return matched(data, origin);
    case "event.corrected":
    case "event.retracted":
      return changedEvent(CHANGES[type], data);
    case "alert.digest":
      return { ...OURS, title: digestTitle(data), body: <DigestBody items={data.items} origin={origin} /> };
    default:
      return { ...OURS, title: TEST.title, body: <p>{TEST.text}</p> };
  }
}

function matched({ article, events, matches }: ArticleMatched, origin: string): FeedEntry {
  const body = (
    <>
      {article.summary !== null && <p>{article.summary}</p>}
      <p>Matched because of:</p>
      <ul>
        {matches.map((match) => (
          <li>
            <Reason {...match} />
          </li>
        ))}
      </ul>
      <EventLinks events={events} />
    </>
  );
  return {
    title: article.title,
    url: linkOf(article, events, origin),
    language: article.language ?? "und",
    creator: article.publisher ?? undefined,
    body,
  };
}

function changedEvent(how: string, data: EventCorrected | EventRetracted): FeedEntry {
  const { event } = data;
  const body = (
    <>
      <p>{changeInWords(data)}</p>
      <p>{event.summary}</p>
    </>
  );
  return { title: `${how}: ${event.title}`, url: event.url, language: "en", creator: undefined, body };
}

/** The link of an article without an address is the page of its event, or else its own page. */
function linkOf(
  { id, url }: ArticleMatched["article"],
  events: ArticleMatched["events"],
  origin: string,
): string | undefined {
  if (url === null) return events[0]?.url ?? articleUrl(origin, id);
  return URL.canParse(url) ? asUri(url) : undefined;
}

function DigestBody({ items, origin }: Pick<Digest, "items"> & { origin: string }) {
  return (
    <>
      {items.map((item) => {
        const { title, url, language, body } =
          item.type === "article.matched" ? matched(item, origin) : changedEvent(CHANGES[item.type], item);
        return (
          <section lang={language} dir={direction(language)}>
            <h3>{url === undefined ? title : <a href={url}>{title}</a>}</h3>
            {body}
          </section>
        );
      })}
    </>
  );
}

function Reason({ term, means, field, snippet }: ArticleMatched["matches"][number]) {
  return (
    <>
      <code>{term}</code> {reasonInWords({ means, field })}
      {snippet !== null && (
        <>
          : <bdi>{snippet}</bdi>
        </>
      )}
    </>
  );
}
