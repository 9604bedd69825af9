/**
 * An event as schema.org microdata (https://schema.org/Event). Microdata is escaped like any attribute and needs no
 * exception in the Content-Security-Policy. It says what the page shows, and nothing that is unknown.
 */
import type { ComponentChildren } from "preact";
import { asUri } from "../../feeds/item-html.tsx";
import { namePath } from "../../http/links.ts";
import { fullIds } from "../../record/events/event.ts";
import type { Source, SourcedEvent } from "../../record/events/read-events.ts";
import { labelOf, type Names } from "../../record/names/read-names.ts";
import { periodOf } from "../timeline/event-period.ts";

const TYPE = "https://schema.org/";

const Item = ({ type, prop, children }: { type: string; prop?: string | undefined; children: ComponentChildren }) => (
  <div itemprop={prop} itemscope itemtype={TYPE + type}>
    {children}
  </div>
);

const Text = ({ prop, value }: { prop: string; value: string | number | null | undefined }) =>
  value === null || value === undefined ? null : <meta itemprop={prop} content={String(value)} />;

const Address = ({ prop, href }: { prop: string; href: string | null }) =>
  href === null ? null : <link itemprop={prop} href={href} />;

interface Described {
  event: SourcedEvent;
  names: Names;
  /** The page's own URL, absolute. */
  url: string;
}

export function EventItem({ event, names, url }: Described) {
  const { start, end } = isoDates(event);
  return (
    <div hidden>
      <Item type="Event">
        <Text prop="name" value={event.title} />
        <Text prop="description" value={event.summary} />
        <Text prop="startDate" value={start} />
        <Text prop="endDate" value={end} />
        <Address prop="url" href={url} />
        {fullIds("place", event.places).map((id) => (
          <PlaceItem id={id} names={names} url={url} />
        ))}
        {[...fullIds("actor", event.actors), ...fullIds("topic", event.topics)].map((id) => (
          <Item type="Thing" prop="about">
            <Text prop="name" value={labelOf(names, id)} />
            <Address prop="url" href={new URL(namePath(id), url).href} />
          </Item>
        ))}
        {event.sources.map((source) => (
          <SourceItem {...source} />
        ))}
      </Item>
    </div>
  );
}

function PlaceItem({ id, names, url }: { id: string; names: Names; url: string }) {
  const coordinates = names.records.get(id)?.coordinates;
  return (
    <Item type="Place" prop="location">
      <Text prop="name" value={labelOf(names, id)} />
      <Address prop="url" href={new URL(namePath(id), url).href} />
      {coordinates && (
        <Item type="GeoCoordinates" prop="geo">
          <Text prop="latitude" value={coordinates.latitude} />
          <Text prop="longitude" value={coordinates.longitude} />
        </Item>
      )}
    </Item>
  );
}

const SourceItem = ({ url, title, publisher, published_at }: Source) => (
  <Item type="CreativeWork" prop="subjectOf">
    <Text prop="name" value={title} />
    <Address prop="url" href={url === null ? null : asUri(url)} />
    <Text prop="datePublished" value={published_at} />
    {publisher !== null && (
      <Item type="Organization" prop="publisher">
        <Text prop="name" value={publisher} />
      </Item>
    )}
  </Item>
);

/**
 * Returns the first and last day in ISO 8601, as precise as they are known. For an event on an unknown day of a span,
 * it returns only what all days of the span have in common.
 */
export function isoDates(event: Pick<SourcedEvent, "date" | "end_date" | "precision">): {
  start?: string;
  end?: string;
} {
  const { date, end_date, precision } = event;
  if (end_date === null) return { start: date };
  if (precision !== "within") return { start: date, end: end_date };
  return date.slice(0, 4) === end_date.slice(0, 4) ? { start: periodOf(event) } : {};
}
