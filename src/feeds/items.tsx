/** Events, articles and matches → items of a feed. The HTML is escaped by the renderer, never by hand. */
import type { ComponentChildren } from "preact";
import { render } from "preact-render-to-string";
import type {
  ArticleMatched,
  Delivery,
  Digest,
  EventChanged,
  GatheredItem,
  Message,
  MessageType,
  Remarks,
} from "../alerts/alert.ts";
import { eventUrl } from "../links.ts";
import type { Match } from "../query/explain.ts";
import type { Article } from "../record/article.ts";
import { claimant, type Source, type SourcedEvent } from "../record/events.ts";
import { labelOf, type Names } from "../record/names.ts";
import { dateInWords } from "./dates.ts";
import type { FeedItem } from "./feed.ts";

/** Languages written in the Arabic, Hebrew, Syriac or Thaana script. */
const RIGHT_TO_LEFT = /^(?:arc?|ckb|dv|fa|he|ps|sd|syr|ug|ur|yi)\b/;
const direction = (language: string): "rtl" | "ltr" => (RIGHT_TO_LEFT.test(language) ? "rtl" : "ltr");

function html(language: string, children: ComponentChildren): string {
  return render(
    <div lang={language} dir={direction(language)}>
      {children}
    </div>,
  );
}

/** An event; a retracted one is a notice under the same guid. */
export function eventItem(event: SourcedEvent, names: Names, origin: string): FeedItem {
  const retracted = event.retracted !== null;
  return {
    guid: `parley:event:${event.id}`,
    url: eventUrl(origin, event.id),
    title: retracted ? `Retracted: ${event.title}` : event.title,
    html: html(
      "en",
      retracted ? <p>This event was retracted: {event.retracted}</p> : <EventBody event={event} names={names} />,
    ),
    published: event.published_at,
    updated: event.revision === 1 ? event.published_at : event.updated_at,
    creator: undefined,
    categories: [...labels(names, "topic", event.topics), ...labels(names, "place", event.places)],
    language: "en",
    date: event.date,
  };
}

const labels = (names: Names, kind: string, slugs: readonly string[]): string[] =>
  slugs.map((slug) => labelOf(names, `${kind}:${slug}`));

function EventBody({ event, names }: { event: SourcedEvent; names: Names }) {
  const lines = [
    ["Where", labels(names, "place", event.places)],
    ["Who", labels(names, "actor", event.actors)],
    ["Topics", labels(names, "topic", event.topics)],
  ] as const;
  return (
    <>
      <p>
        <strong>{dateInWords(event)}.</strong> {event.summary}
      </p>
      {event.claims.length > 0 && (
        <>
          <p>What only one side says:</p>
          <ul>
            {event.claims.map(({ by, says }) => (
              <li>
                <strong>{claimant(names, by)}:</strong> {says}
              </li>
            ))}
          </ul>
        </>
      )}
      {lines.map(([what, values]) => values.length > 0 && <p>{`${what}: ${values.join("; ")}`}</p>)}
      <Sources sources={event.sources} />
      {event.revision > 1 && <p>{`Corrected; this is revision ${event.revision}.`}</p>}
    </>
  );
}

function Sources({ sources }: { sources: readonly Source[] }) {
  if (sources.length === 0) return <p>Not yet sourced.</p>;
  return (
    <>
      <p>Sources:</p>
      <ul>
        {sources.map((source) => (
          <li>
            <SourceLine {...source} />
          </li>
        ))}
      </ul>
    </>
  );
}

function SourceLine({ url, title, publisher, published_at, ours }: Source) {
  const more = [publisher ?? "publisher not known", published_at?.slice(0, 10), ours.includes("title") && "title ours"];
  return (
    <>
      {url === null ? title : <a href={url}>{title}</a>} ({more.filter(Boolean).join(", ")})
    </>
  );
}

/** An article: title, source, link and our own summary; never its text. */
export function articleItem(article: Article, origin: string): FeedItem {
  const language = article.language ?? "und";
  const body = (
    <>
      {article.summary !== null && <p>{article.summary}</p>}
      <p>
        <SourceLine {...article} />
      </p>
      <EventLinks events={article.events.map((event) => ({ ...event, url: eventUrl(origin, event.id) }))} />
    </>
  );
  return {
    guid: `parley:article:${article.id}`,
    url: article.url ?? undefined,
    title: article.title,
    html: html(language, body),
    published: article.added_at,
    updated: article.corrected ? article.updated_at : article.added_at,
    creator: article.publisher ?? undefined,
    categories: [],
    language,
    date: undefined,
  };
}

function EventLinks({ events }: { events: readonly { title: string; url: string }[] }) {
  if (events.length === 0) return null;
  return (
    <>
      <p>Events:</p>
      <ul>
        {events.map(({ title, url }) => (
          <li>
            <a href={url}>{title}</a>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A message of an alert, under the same id and number. */
export function messageItem({ id, sequence, type, message }: Delivery): FeedItem {
  const { title, url, language, creator, body } = told(type, message.data);
  const content = (
    <>
      {body}
      <Remarked {...(message.data as Remarks)} />
      <p>{`Message ${sequence}.`}</p>
    </>
  );
  return {
    guid: id,
    url,
    title,
    html: html(language, content),
    published: message.timestamp,
    updated: message.timestamp,
    creator,
    categories: [],
    language,
    date: undefined,
  };
}

interface Told {
  title: string;
  url: string | undefined;
  language: string;
  creator: string | undefined;
  body: ComponentChildren;
}

const OURS = { url: undefined, language: "en", creator: undefined };

/** What a message tells. One whose data is damaged keeps its place in the feed, and hides no other. */
function told(type: MessageType, data: Message["data"]): Told {
  try {
    return toldBy(type, data);
  } catch {
    return { ...OURS, title: "A message that cannot be shown", body: <p>What it said is lost.</p> };
  }
}

/** Its data is what we made it of: `message.ts` in alerts. */
function toldBy(type: MessageType, data: Message["data"]): Told {
  switch (type) {
    case "article.matched":
      return matched(data as unknown as ArticleMatched);
    case "event.corrected":
    case "event.retracted":
      return changedEvent(type, data as unknown as EventChanged);
    case "alert.digest": {
      const { digest, part, items } = data as unknown as Digest;
      const count = items.length === 1 ? "1 item" : `${items.length} items`;
      const title = `${digest === "daily" ? "Daily" : "Hourly"} digest: ${count}${part ? `, part ${part.number} of ${part.of}` : ""}`;
      return { ...OURS, title, body: <DigestBody items={items} /> };
    }
    default:
      return { ...OURS, title: "A test of this alert", body: <p>Someone who holds its token asked for it.</p> };
  }
}

function matched({ article, events, matches }: ArticleMatched): Told {
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
    url: article.url ?? undefined,
    language: article.language ?? "und",
    creator: article.publisher ?? undefined,
    body,
  };
}

function changedEvent(type: "event.corrected" | "event.retracted", { event, changed, reason }: EventChanged): Told {
  const how = type === "event.corrected" ? "Corrected" : "Retracted";
  const body = (
    <>
      <p>{type === "event.corrected" ? `Changed: ${(changed ?? []).join(", ")}` : `Retracted: ${reason ?? ""}`}</p>
      <p>{event.summary}</p>
    </>
  );
  return { title: `${how}: ${event.title}`, url: event.url, language: "en", creator: undefined, body };
}

function DigestBody({ items }: { items: readonly GatheredItem[] }) {
  return (
    <>
      {items.map((item) => {
        const { title, url, language, body } =
          item.type === "article.matched" ? matched(item) : changedEvent(item.type, item);
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

function Remarked({ replay, limit, omitted }: Remarks) {
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

function Reason({ term, means, field, snippet }: Match) {
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
