/** Makes messages: the data of each type, as the outbox keeps it, and the message that an alert gets. */
import type { z } from "zod";
import { eventPath } from "../http/links.ts";
import type { Match } from "../query/explain.ts";
import type { Article } from "../record/articles/article.ts";
import type { EventDocument } from "../record/events/event.ts";
import {
  type ArticleMatched,
  type DamagedMessage,
  type Digest,
  type DigestItem,
  digestItemSchema,
  type EventCorrected,
  type LinkedEvent,
  MAX_MESSAGE,
  type Message,
  type MessageContent,
  messageSchema,
} from "./message-schema.ts";

/** What the outbox keeps of a message: what differs between alerts, and the data that several alerts may share. */
export interface MessageParts {
  /** The alert's id. */
  alert: string;
  sequence: number;
  /** For links to the record. */
  origin: string;
  type: string;
  /** When the data was made, in ms of Unix time. */
  at: number;
  /** In canonical form. */
  query: string;
  /** JSON. */
  data: string;
  /** Remarks on this alert's messages as a whole, JSON; null if there are none. */
  remarks: string | null;
}

/** Returns a message for its channel. Throws an Error if a part is damaged. */
export function makeMessage(parts: MessageParts): Message {
  const { type, at, origin } = parts;
  const data: object = { ...JSON.parse(parts.data), ...JSON.parse(parts.remarks ?? "{}"), ...identity(parts) };
  const message = checked(messageSchema, { type, timestamp: new Date(at).toISOString(), data });
  for (const event of linkedEvents(message.data)) event.url = origin + event.url;
  return message;
}

/** The error names the places only, because it is logged. */
function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`damaged at ${result.error.issues.map(({ path }) => path.join(".") || "the whole").join(", ")}`);
}

/** Returns what a list shows of a message whose parts are damaged, so that the message hides no other. */
export const damagedMessage = (parts: MessageParts): DamagedMessage => ({
  type: parts.type,
  timestamp: new Date(parts.at).toISOString(),
  damaged: true,
  data: identity(parts),
});

const identity = ({ alert, query, sequence }: MessageParts) => ({ alert: { id: alert, query }, sequence });

/** The events that a message, or an item of a digest, links to. */
function linkedEvents(data: Message["data"] | DigestItem): LinkedEvent[] {
  if ("items" in data) return data.items.flatMap(linkedEvents);
  if ("events" in data) return data.events;
  return "event" in data ? [data.event] : [];
}

/** What a message says about an article: never its text. */
export function describeArticle(article: Article): ArticleMatched["article"] {
  const { id, url, title, publisher, published_at, language, summary } = article;
  return { id, url, title, publisher, published_at, language, summary };
}

const linkEvent = ({ id, date, title }: { id: string; date: string; title: string }): LinkedEvent => ({
  id,
  date,
  title,
  url: eventPath(id),
});

/** The message about an article that matches. If it is too long, events, snippets and then matches are left out, and the message says so. */
export function articleMatched(article: Article, matches: Match[]): MessageContent {
  const data = { article: describeArticle(article), events: article.events.map(linkEvent), matches };
  const bare = matches.map((match) => ({ ...match, snippet: null }));
  const shorter: ArticleMatched[] = [
    data,
    { ...data, events: data.events.slice(0, 10), truncated: true },
    { ...data, events: [], truncated: true },
    { ...data, events: [], matches: bare, truncated: true },
    { ...data, events: [], matches: bare.slice(0, 8), truncated: true },
  ];
  const fitting = shorter.find((each) => sizeOf(each, each.events) <= MAX_DATA);
  return { type: "article.matched", data: fitting ?? { ...data, events: [], matches: [], truncated: true } };
}

type EventText = Pick<EventDocument, "date" | "title" | "summary">;

/** The message about the correction of an event. `changed` are names of fields. */
export const eventCorrected = (id: string, event: EventText, changed: string[]): MessageContent => ({
  type: "event.corrected",
  data: { event: changedEvent(id, event), changed },
});

/** The message about the retraction of an event. */
export const eventRetracted = (id: string, event: EventText, reason: string): MessageContent => ({
  type: "event.retracted",
  data: { event: changedEvent(id, event), reason },
});

const changedEvent = (id: string, { date, title, summary }: EventText): EventCorrected["event"] => ({
  ...linkEvent({ id, date, title }),
  summary,
});

/** Returns data of the outbox as an item of a digest. Throws an Error if it is damaged. */
export function makeDigestItem({ type, at, data }: Pick<MessageParts, "type" | "at" | "data">): DigestItem {
  return checked(digestItemSchema, { ...JSON.parse(data), type, timestamp: new Date(at).toISOString() });
}

/** Returns the data of a digest, in as many parts as are needed for all items. */
export function makeDigests(digest: Digest["digest"], items: readonly DigestItem[]): Digest[] {
  const parts: DigestItem[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item, linkedEvents(item)) + 1;
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

/** Room for the alert, its query, the number and remarks, in bytes: the query has 512 characters of up to four bytes. */
const RESERVED = 3 * 1024;
const MAX_DATA = MAX_MESSAGE - RESERVED;
/** What a digest says around its items, in bytes. */
const AROUND_ITEMS = 200;
/** Maximum length of an origin: `https://`, a host name of 253 characters, and a port. */
const MAX_ORIGIN = 300;

const encoder = new TextEncoder();

/** The length of data in a message, in bytes, when each link has the longest origin. */
const sizeOf = (data: object, events: readonly LinkedEvent[]): number =>
  encoder.encode(JSON.stringify(data)).length + events.length * MAX_ORIGIN;
