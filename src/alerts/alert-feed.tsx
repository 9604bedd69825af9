/** The messages of an alert as a feed, for everyone who has the key in its address. */
import type { ComponentChildren } from "preact";
import * as z from "zod";
import type { Feed, FeedItem } from "../feeds/feed.ts";
import { type FeedFormat, render } from "../feeds/feed-format.ts";
import { feedAnswers, rendered, serve } from "../feeds/feed-response.ts";
import { asUri, direction, EventLinks, html } from "../feeds/item-html.tsx";
import { hash } from "../http/auth.ts";
import { inPath, inQuery } from "../http/input.ts";
import { articleUrl } from "../http/links.ts";
import { everyone, type Operation, operation } from "../http/operation.ts";
import { notFound } from "../http/problem.ts";
import type {
  ArticleMatched,
  Digest,
  EventCorrected,
  EventRetracted,
  ListedMessage,
  Message,
} from "../messages/message-schema.ts";
import { CHANGES, changeInWords, digestTitle, reasonInWords, remarksInWords, TEST } from "../messages/wording.ts";
import { pageSize } from "../record/search/read-query.ts";
import { alertId } from "./alert.ts";
import type { Delivery } from "./alert-answers.ts";
import { stubOf } from "./shards.ts";

/** The key is a secret, so no shared cache may keep the feed. */
const CACHE_CONTROL = "private, max-age=60";

const noSuchFeed = () => notFound("There is no such feed, or this is not its key");

const feedQuery = z.object({
  key: z.string().default("").describe("The key in the alert's feed_url"),
  limit: pageSize,
});

/** GET /alerts/{id}.rss and /alerts/{id}.json */
export const serveAlertFeed = (format: FeedFormat): Operation =>
  operation(
    {
      id: `readAlertAs${format.extension === "rss" ? "Rss" : "Json"}`,
      summary: `The matches of an alert as ${format.name}`,
      tag: "Feeds",
      input: { access: everyone, path: inPath(z.object({ id: alertId }), noSuchFeed), query: inQuery(feedQuery) },
      answers: feedAnswers(format),
      problems: [404],
    },
    async ({ path: { id }, query: { key, limit } }, { env, origin, settings }, request) => {
      const found = await (await stubOf(env, id))?.feed(id, await hash(key), limit);
      if (found === undefined) throw noSuchFeed();
      const { alert, deliveries } = found;
      const feed: Feed = {
        id: `parley:alert:${id}`,
        title: `${settings.title}: alert for ${alert.query}`,
        description: `Articles that match ${alert.query}`,
        author: settings.title,
        home: `${origin}/`,
        self: `${origin}/alerts/${id}.${format.extension}?key=${encodeURIComponent(key)}`,
        older: undefined,
        current: undefined,
        hub: undefined,
        items: deliveries.map((delivery) => messageItem(delivery, origin)),
      };
      const changed = feed.items[0]?.published ?? alert.created_at;
      const { type } = format;
      return serve(request, rendered(feed, render(format, feed), { type, changed, cacheControl: CACHE_CONTROL }));
    },
  );

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
