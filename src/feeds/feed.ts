/** A feed independent of its format. RSS, JSON Feed, Atom and iCalendar are written from it. */
import type { Precision } from "../record/events/event.ts";

export interface Feed {
  /** Opaque URI, the same for all pages. It has no host, so that a wire that moves keeps its subscribers. */
  id: string;
  title: string;
  description: string;
  /** The publisher of the feed. */
  author: string;
  /** The web page with the same items. */
  home: string;
  /** The canonical address of this page of the feed. */
  self: string;
  /** The address of the page of older items (RFC 5005, sections 3 and 4); undefined on the last page. */
  older: string | undefined;
  /** On a page of older items: the address of the first page. Undefined on the first page. */
  current: string | undefined;
  /** The address of the WebSub hub; undefined for a page without updates and for a private feed. */
  hub: string | undefined;
  items: readonly FeedItem[];
}

export interface FeedItem {
  /** Opaque URI. It is never changed or reused. */
  guid: string;
  /** The article, or a page of this wire; undefined if there is neither. */
  url: string | undefined;
  title: string;
  /** Self-contained HTML: absolute links, with language and direction. */
  html: string;
  /** The same as plain text, for calendars. */
  text: string;
  /** When the item was published on this wire, RFC 3339 in UTC. It never changes once the item is in a feed. */
  published: string;
  /** The last change, RFC 3339 in UTC. */
  updated: string;
  /** Who wrote or published the item; undefined if not known. */
  creator: string | undefined;
  categories: readonly string[];
  /** BCP 47; `und` if not known. */
  language: string;
  /** The structured data of an event; undefined for other items. */
  happened: Happened | undefined;
}

export interface Happened {
  /** The first day, as precise as it is known (ISO 8601, reduced precision). */
  date: string;
  end_date: string | null;
  precision: Precision;
  places: readonly Place[];
  /** From 1, increased by each change. */
  revision: number;
  retracted: boolean;
}

/** A place, with its position in degrees (WGS 84); null for a place that is not a point. */
export interface Place {
  name: string;
  latitude: number | null;
  longitude: number | null;
}

/** Returns when an item of a feed last changed, RFC 3339 in UTC; undefined for an empty feed. */
export const lastChange = (feed: Feed): string | undefined =>
  feed.items
    .map((item) => item.updated)
    .reduce<string | undefined>((a, b) => (a !== undefined && a > b ? a : b), undefined);

/** Returns the links of a feed by relation. A page of older items is both a paged and an archived feed (RFC 5005, sections 3 and 4). */
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
