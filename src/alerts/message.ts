/** What a message says. */
import { eventUrl } from "../links.ts";
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

/** What the alert, its query and the links take at the most, of the bytes that a message may have. */
const RESERVED = 5 * 1024;

/** Data for a notice that fits a message: where it is too long, events, snippets and then matches are left out, and it says so. */
export function fitMatched(data: Omit<ArticleMatched, "events"> & { events: object[] }): Record<string, unknown> {
  const fits = (candidate: object): boolean => byteLength(candidate) <= MAX_MESSAGE - RESERVED;
  const shorter: Record<string, unknown>[] = [
    { ...data },
    { ...data, events: data.events.slice(0, 10), truncated: true },
    { ...data, events: [], truncated: true },
    { ...data, events: [], matches: data.matches.map((match) => ({ ...match, snippet: null })), truncated: true },
    {
      ...data,
      events: [],
      matches: data.matches.slice(0, 8).map((match) => ({ ...match, snippet: null })),
      truncated: true,
    },
  ];
  return shorter.find(fits) ?? { ...data, events: [], matches: [], truncated: true };
}

const byteLength = (value: object): number => new TextEncoder().encode(JSON.stringify(value)).length;
