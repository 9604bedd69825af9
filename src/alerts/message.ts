/** What a message says. */
import { eventUrl } from "../links.ts";
import type { Article } from "../record/article.ts";
import { type ArticleMatched, type Json, MAX_MESSAGE, type Message, type MessageType } from "./alert.ts";

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
}

export function makeMessage({ alert, sequence, origin, type, at, query, data }: MessageParts): Message {
  const numbered = type === "alert.confirm" ? {} : { sequence };
  const about = { alert: { id: alert, query }, ...numbered };
  return { type, timestamp: new Date(at).toISOString(), data: { ...about, ...withLinks(data, origin) } };
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
    typeof event === "object" && event !== null && "id" in event
      ? { ...event, url: eventUrl(origin, String(event["id"])) }
      : event;
  const { event, events } = data;
  return {
    ...data,
    ...(event !== undefined && { event: linked(event) }),
    ...(Array.isArray(events) && { events: events.map(linked) }),
  };
}

/** What the alert and its query take at the most, of the bytes that a message may have: 512 characters of four bytes, and ids. */
const RESERVED = 3 * 1024;
/** An event's link, which is only added when the message is made: as long as an origin and an id can be. */
const LINK = "x".repeat(400);

/** Data for a notice that fits a message: where it is too long, events, snippets and then matches are left out, and it says so. */
export function fitMatched(data: Omit<ArticleMatched, "events"> & { events: object[] }): Record<string, unknown> {
  const fits = ({ events, ...rest }: typeof data): boolean =>
    byteLength({ ...rest, events: events.map((event) => ({ ...event, url: LINK })) }) <= MAX_MESSAGE - RESERVED;
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

const byteLength = (value: object): number => new TextEncoder().encode(JSON.stringify(value)).length;
