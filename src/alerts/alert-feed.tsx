/** GET /alerts/{id}.rss and .json: the messages of an alert as a feed, for whoever holds the key in its address. */
import type { ComponentChildren } from "preact";
import { asUri, direction, EventLinks, html } from "../feeds/content.tsx";
import type { Feed, FeedItem } from "../feeds/feed.ts";
import { type Format, render } from "../feeds/format.ts";
import { rendered, serve } from "../feeds/serve.ts";
import type { Handler } from "../http/context.ts";
import { readInteger, readParameter } from "../http/input.ts";
import { articleUrl } from "../http/links.ts";
import {
  type Told,
  type ToldChanged,
  type ToldDigest,
  type ToldMatch,
  type ToldMatched,
  type ToldOfAlert,
  told,
  toldOfAlert,
} from "../messages/told.ts";
import type { Delivery } from "./alert.ts";
import { findFeed } from "./alerts-api.ts";

/** The key is a secret: no cache that others share may keep what it opens. */
const CACHE_CONTROL = "private, max-age=60";

export function serveAlertFeed(format: Format): Handler {
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

/** A message of an alert, under the same id and number. Without an origin, links to pages of this wire are relative. */
export function messageItem({ id, sequence, type, message }: Delivery, origin = ""): FeedItem {
  const { title, url, language, creator, body } = entryOf(told.safeParse({ ...message.data, type }).data, origin);
  const content = (
    <>
      {body}
      <Remarked {...toldOfAlert.safeParse(message.data).data} />
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

/** Returns the entry of a message. A message whose data is damaged (undefined) keeps its place in the feed and hides no other. */
function entryOf(message: Told | undefined, origin: string): FeedEntry {
  switch (message?.type) {
    case undefined:
      return { ...OURS, title: "A message that cannot be shown", body: <p>Its contents are damaged.</p> };
    case "article.matched":
      return matched(message, origin);
    case "event.corrected":
    case "event.retracted":
      return changedEvent(message);
    case "alert.digest": {
      const { digest, part, items } = message;
      const count = items.length === 1 ? "1 item" : `${items.length} items`;
      const title = `${digest === "daily" ? "Daily" : "Hourly"} digest: ${count}${part ? `, part ${part.number} of ${part.of}` : ""}`;
      return { ...OURS, title, body: <DigestBody items={items} origin={origin} /> };
    }
    default:
      return { ...OURS, title: "A test of this alert", body: <p>Someone who holds its token asked for it.</p> };
  }
}

function matched({ article, events, matches }: ToldMatched, origin: string): FeedEntry {
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

function changedEvent({ type, event, changed, reason }: ToldChanged): FeedEntry {
  const how = type === "event.corrected" ? "Corrected" : "Retracted";
  const body = (
    <>
      <p>{type === "event.corrected" ? `Changed: ${(changed ?? []).join(", ")}` : `Retracted: ${reason ?? ""}`}</p>
      <p>{event.summary}</p>
    </>
  );
  return { title: `${how}: ${event.title}`, url: event.url, language: "en", creator: undefined, body };
}

/** The article itself; one without an address links to its event's page, else to its own. */
function linkOf(
  { id, url }: ToldMatched["article"],
  events: ToldMatched["events"],
  origin: string,
): string | undefined {
  if (url === null) return events[0]?.url ?? articleUrl(origin, id);
  return URL.canParse(url) ? asUri(url) : undefined;
}

function DigestBody({ items, origin }: Pick<ToldDigest, "items"> & { origin: string }) {
  return (
    <>
      {items.map((item) => {
        const { title, url, language, body } =
          item.type === "article.matched" ? matched(item, origin) : changedEvent(item);
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

function Remarked({ replay, limit, omitted }: Partial<ToldOfAlert>) {
  return (
    <>
      {replay && <p>Sent again, as was asked for.</p>}
      {limit && (
        <p>{`This is the last of ${limit.per_day} messages of the day; what matches until ${limit.until} is left out.`}</p>
      )}
      {omitted && <p>{`${omitted.count} matches since ${omitted.since} were left out.`}</p>}
    </>
  );
}

function Reason({ term, means, field, snippet }: ToldMatch) {
  return (
    <>
      <code>{term}</code> ({means}) {field === "absent" ? "as it does not occur" : `in the ${field}`}
      {snippet !== null && (
        <>
          : <bdi>{snippet}</bdi>
        </>
      )}
    </>
  );
}
