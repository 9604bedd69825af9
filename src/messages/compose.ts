/** What a message says. */

import {
  type ArticleMatched,
  type Digest,
  type GatheredItem,
  type Json,
  MAX_MESSAGE,
  type Message,
  type MessageType,
} from "../alerts/alert.ts";
import { eventUrl } from "../http/links.ts";
import type { Article } from "../record/articles/article.ts";

/** The parts of a message that differ from alert to alert, and the notice that several may share. */
export interface MessageParts {
  alert: string;
  sequence: number;
  origin: string;
  type: MessageType;
  /** When the notice was made, in milliseconds of Unix time. */
  at: number;
  /** The canonical query that found it. */
  query: string;
  /** The notice's data: links to the record stand in it without their origin. */
  data: { [key: string]: Json };
  /** What is said of this alert's messages as a whole, and not to others that get the same notice. */
  remarks: { [key: string]: Json };
}

export function makeMessage({ alert, sequence, origin, type, at, query, data, remarks }: MessageParts): Message {
  const numbered = type === "alert.confirm" ? {} : { sequence };
  const about = { alert: { id: alert, query }, ...numbered };
  return { type, timestamp: new Date(at).toISOString(), data: { ...about, ...withLinks(data, origin), ...remarks } };
}

/** What is told of an article: never its text. */
export const toldArticle = ({
  id,
  url,
  title,
  publisher,
  published_at,
  language,
  summary,
}: Article): ArticleMatched["article"] => ({ id, url, title, publisher, published_at, language, summary });

function withLinks(data: { [key: string]: Json }, origin: string): { [key: string]: Json } {
  const linked = (event: Json): Json =>
    isObject(event) && "id" in event ? { ...event, url: eventUrl(origin, String(event["id"])) } : event;
  const { event, events, items } = data;
  return {
    ...data,
    ...(event !== undefined && { event: linked(event) }),
    ...(Array.isArray(events) && { events: events.map(linked) }),
    // Of a digest, each as it would have been sent alone.
    ...(Array.isArray(items) && { items: items.map((item) => (isObject(item) ? withLinks(item, origin) : item)) }),
  };
}

const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What the alert and its query take at the most, of the bytes that a message may have: 512 characters of four bytes, and ids. */
const RESERVED = 3 * 1024;
/** An event's link, which is only added when the message is made: as long as an origin and an id can be. */
const LINK = "x".repeat(400);
const MAX_DATA = MAX_MESSAGE - RESERVED;

/** Data for a notice that fits a message: where it is too long, events, snippets and then matches are left out, and it says so. */
export function fitMatched(
  data: Omit<ArticleMatched, "events" | "truncated"> & { events: object[] },
): Record<string, unknown> {
  const fits = ({ events, ...rest }: typeof data): boolean =>
    byteLength({ ...rest, events: events.map((event) => ({ ...event, url: LINK })) }) <= MAX_DATA;
  const bare = data.matches.map((match) => ({ ...match, snippet: null }));
  const shorter = [
    data,
    { ...data, events: data.events.slice(0, 10), truncated: true },
    { ...data, events: [], truncated: true },
    { ...data, events: [], matches: bare, truncated: true },
    { ...data, events: [], matches: bare.slice(0, 8), truncated: true },
  ];
  return shorter.find(fits) ?? { ...data, events: [], matches: [], truncated: true };
}

/** What a digest says around its items, in bytes. */
const AROUND_ITEMS = 200;

/** The data of a digest: of one message, or of as many as are needed for all of it. */
export function makeDigests(digest: Digest["digest"], items: readonly GatheredItem[]): Digest[] {
  const parts: GatheredItem[][] = [];
  let room = 0;
  for (const item of items) {
    const size = byteLength(withLinks(JSON.parse(JSON.stringify(item)), LINK)) + 1;
    if (size > room || parts.length === 0) {
      parts.push([]);
      room = MAX_DATA - AROUND_ITEMS;
    }
    parts.at(-1)?.push(item);
    room -= size;
  }
  return parts.map((part, i) => ({
    digest,
    ...(parts.length > 1 && { part: { number: i + 1, of: parts.length } }),
    items: part,
  }));
}

const byteLength = (value: object): number => new TextEncoder().encode(JSON.stringify(value)).length;
