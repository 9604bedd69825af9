/** A feed before it has a format: what RSS, JSON Feed, Atom and iCalendar say alike. */
import type { Precision } from "../record/events/event.ts";

export interface Feed {
  /** Opaque and without a host, so that a wire that moves keeps its subscribers: a URI, as Atom asks for. The same for all pages. */
  id: string;
  title: string;
  description: string;
  /** Who publishes it. */
  author: string;
  /** The page that shows the same. */
  home: string;
  /** The address of the feed itself, in canonical form. */
  self: string;
  /** That of the page of older items (RFC 5005, sections 3 and 4); undefined where there are none. */
  older: string | undefined;
  /** On a page of older items, the address of the feed that the page belongs to; undefined for that feed itself. */
  current: string | undefined;
  /** Where whoever is told of changes asks for it (WebSub); undefined for a feed that is not public. */
  hub: string | undefined;
  items: readonly FeedItem[];
}

export interface FeedItem {
  /** Opaque; never changed, never reused; a URI. */
  guid: string;
  /** The article itself, or a page of this wire; undefined where there is neither. */
  url: string | undefined;
  title: string;
  /** HTML that stands on its own: links absolute, language and direction set. */
  html: string;
  /** The same in plain text, for calendars. */
  text: string;
  /** The moment of publication on this wire, RFC 3339 in UTC; once an item stands in a feed it never changes. */
  published: string;
  /** The last change, RFC 3339 in UTC. */
  updated: string;
  /** Who wrote or published what the item tells of. */
  creator: string | undefined;
  categories: readonly string[];
  /** BCP 47; `und` where it is not known. */
  language: string;
  /** Of an event: what it is apart from its text. */
  happened: Happened | undefined;
}

export interface Happened {
  /** When, as precise as is known (ISO 8601, reduced precision). */
  date: string;
  end_date: string | null;
  precision: Precision;
  places: readonly Place[];
  /** 1 for an event that was never changed. */
  revision: number;
  retracted: boolean;
}

/** WGS 84, in degrees; null where a place has no one point. */
export interface Place {
  name: string;
  latitude: number | null;
  longitude: number | null;
}

/** When anything in a feed last changed, RFC 3339 in UTC; undefined for an empty feed. */
export const lastChange = (feed: Feed): string | undefined =>
  feed.items
    .map((item) => item.updated)
    .reduce<string | undefined>((a, b) => (a !== undefined && a > b ? a : b), undefined);

/** The links of a feed to others, by relation. An older page is a link of both sections of RFC 5005: paged, and archived. */
export const linksOf = ({
  older,
  current,
  hub,
}: Pick<Feed, "older" | "current" | "hub">): { rel: string; href: string }[] =>
  [
    { rel: "next", href: older },
    { rel: "prev-archive", href: older },
    { rel: "current", href: current },
    { rel: "hub", href: hub },
  ].flatMap(({ rel, href }) => (href === undefined ? [] : [{ rel, href }]));
