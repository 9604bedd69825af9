/** Makes feed items from events and articles. */
import { articleUrl, eventUrl } from "../http/links.ts";
import { type Article, titleLanguage } from "../record/articles/article.ts";
import { claimant } from "../record/events/event-text.ts";
import type { Source, SourcedEvent } from "../record/events/read-events.ts";
import { labelOf, type Names } from "../record/names/read-names.ts";
import { dateInWords } from "./event-dates.ts";
import type { FeedItem, Place } from "./feed.ts";
import { asUri, EventLinks, Foreign, html, Ours } from "./item-html.tsx";

/** What items need beside the event or article. */
export interface ItemContext {
  names: Names;
  origin: string;
  /** The title of the wire, which is the creator of events. */
  wire: string;
}

/** Returns the item of an event. A retracted event becomes a notice under the same guid. */
export function eventItem(event: SourcedEvent, { names, origin, wire }: ItemContext): FeedItem {
  const retracted = event.retracted !== null;
  const { date, end_date, precision, revision } = event;
  const told = eventLines(event, names);
  return {
    guid: `parley:event:${event.id}`,
    url: eventUrl(origin, event.id),
    title: retracted ? `Retracted: ${event.title}` : event.title,
    html: html("en", retracted ? <p>{notice(event)}</p> : <EventBody event={event} names={names} lines={told} />),
    text: retracted ? notice(event) : eventText(event, names, told),
    published: event.published_at,
    updated: lastChangeOf(event),
    creator: wire,
    categories: [
      ...new Set([
        ...labels(names, "topic", event.topics),
        ...labels(names, "place", event.places),
        ...labels(names, "actor", event.actors),
      ]),
    ],
    language: "en",
    happened: { date, end_date, precision, places: placesOf(event, names), revision, retracted },
  };
}

const notice = ({ retracted }: SourcedEvent): string => `This event was retracted: ${retracted}`;

/** Returns when an event last changed: its last revision, or the last time when a source was added or corrected. */
const lastChangeOf = ({ revision, published_at, updated_at, sources }: SourcedEvent): string =>
  sources.reduce(
    (latest, { changed_at }) => (changed_at !== null && changed_at > latest ? changed_at : latest),
    revision === 1 ? published_at : updated_at,
  );

const placesOf = ({ places }: SourcedEvent, names: Names): Place[] =>
  places.map((slug) => {
    const coordinates = names.records.get(`place:${slug}`)?.coordinates;
    return {
      name: labelOf(names, `place:${slug}`),
      latitude: rounded(coordinates?.latitude),
      longitude: rounded(coordinates?.longitude),
    };
  });

/** Rounds to 10 cm, so that no number needs an exponent. GeoRSS and iCalendar have none. */
const rounded = (degrees: number | undefined): number | null =>
  degrees === undefined ? null : Math.round(degrees * 1e6) / 1e6;

const labels = (names: Names, kind: string, slugs: readonly string[]): string[] =>
  slugs.map((slug) => labelOf(names, `${kind}:${slug}`));

type Line = readonly [what: string, said: string];

const eventLines = (event: SourcedEvent, names: Names): Line[] =>
  (
    [
      ["When", dateInWords(event)],
      ["Where", labels(names, "place", event.places).join("; ")],
      ["Who", labels(names, "actor", event.actors).join("; ")],
      ["Topics", labels(names, "topic", event.topics).join("; ")],
    ] as const
  ).filter(([, said]) => said !== "");

const NOT_SOURCED = "Not yet sourced.";
const CLAIMED = "What only one side says:";

function EventBody({ event, names, lines }: { event: SourcedEvent; names: Names; lines: readonly Line[] }) {
  return (
    <>
      <p dir="auto">{event.summary}</p>
      <p>
        {lines.map(([what, said], i) => (
          <>
            {i > 0 && <br />}
            <strong>{what}:</strong> {said}
          </>
        ))}
      </p>
      {event.claims.length > 0 && (
        <>
          <p>{CLAIMED}</p>
          <ul>
            {event.claims.map(({ by, says }) => (
              <li dir="auto">
                <strong>{claimant(names, by)}:</strong> {says}
              </li>
            ))}
          </ul>
        </>
      )}
      {event.sources.length === 0 ? (
        <p>{NOT_SOURCED}</p>
      ) : (
        <>
          <p>Sources:</p>
          <ul>
            {event.sources.map((source) => (
              <li>
                <SourceLine {...source} />
              </li>
            ))}
          </ul>
        </>
      )}
      {event.revision > 1 && <p>{`Corrected; this is revision ${event.revision}.`}</p>}
    </>
  );
}

/** Returns the content of an event as plain text, for calendars. */
function eventText(event: SourcedEvent, names: Names, lines: readonly Line[]): string {
  const claims = event.claims.map(({ by, says }) => `- ${claimant(names, by)}: ${says}`);
  const sources = event.sources.map(
    (source) => `- ${source.title} (${sourceDetails(source)})${source.url === null ? "" : ` ${asUri(source.url)}`}`,
  );
  return [
    event.summary,
    lines.map(([what, said]) => `${what}: ${said}`).join("\n"),
    ...(claims.length > 0 ? [[CLAIMED, ...claims].join("\n")] : []),
    sources.length > 0 ? ["Sources:", ...sources].join("\n") : NOT_SOURCED,
    ...(event.revision > 1 ? [`Corrected; this is revision ${event.revision}.`] : []),
  ].join("\n\n");
}

type Shown = Pick<Source, "url" | "title" | "publisher" | "published_at" | "language" | "ours">;

function SourceLine(source: Shown) {
  const { url, title } = source;
  return (
    <>
      <Foreign language={titleLanguage(source)}>{url === null ? title : <a href={asUri(url)}>{title}</a>}</Foreign> (
      {sourceDetails(source)})
    </>
  );
}

const sourceDetails = ({ publisher, published_at, ours }: Shown): string =>
  [publisher ?? "publisher not known", published_at?.slice(0, 10), ours.includes("title") && "title ours"]
    .filter(Boolean)
    .join(", ");

/** Returns the link of an article without an address: the page of its first event, or its own page. */
function fallbackUrl({ id, events: [event] }: Article, origin: string): string {
  return event === undefined ? articleUrl(origin, id) : eventUrl(origin, event.id);
}

/** Returns the item of an article: title, source, link and our own summary. The text of the article is never published. */
export function articleItem(article: Article, { names, origin }: ItemContext): FeedItem {
  const language = article.language ?? "und";
  const body = (
    <>
      {article.summary !== null && <p dir="auto">{article.summary}</p>}
      <Ours>
        <p>
          <SourceLine {...article} />
        </p>
        <EventLinks events={article.events.map((event) => ({ ...event, url: eventUrl(origin, event.id) }))} />
      </Ours>
    </>
  );
  return {
    guid: `parley:article:${article.id}`,
    url: article.url === null ? fallbackUrl(article, origin) : asUri(article.url),
    title: article.title,
    html: html(language, body),
    text: article.summary ?? "",
    published: article.added_at,
    updated: article.corrected ? article.updated_at : article.added_at,
    creator: article.publisher ?? undefined,
    categories: [...new Set(article.events.flatMap((event) => event.names).map((id) => labelOf(names, id)))],
    language,
    happened: undefined,
  };
}
