/** Alerts as those who register them see them. */
import * as z from "zod";
import type { Match } from "../query/explain.ts";

export const channelInput = z.discriminatedUnion(
  "type",
  [
    z.strictObject({
      type: z.literal("webhook"),
      url: z.string().describe("https, port 443 or 8443, a host on the public Internet"),
    }),
    z.strictObject({ type: z.literal("feed") }),
  ],
  { error: (issue) => (issue.code === "invalid_union" ? "the channel types are webhook and feed" : undefined) },
);
export type Channel = z.infer<typeof channelInput>;

/** The body of POST /api/alerts. */
export const alertInput = z.strictObject({
  query: z.string().describe("See the query language"),
  channel: channelInput,
});

/** `pending`: not confirmed yet; `paused`: by its owner, or because its receiver is gone. */
export type AlertStatus = "pending" | "active" | "paused";

/** An alert as its token's holder sees it. Times are RFC 3339 in UTC. */
export interface AlertView {
  id: string;
  query: string;
  channel: Channel;
  status: AlertStatus;
  paused_because: string | null;
  /** The number of its last message; 0 while there is none. */
  latest: number;
  created_at: string;
  confirmed_at: string | null;
  /** When it expires if nobody confirms it. */
  expires_at: string | null;
  /** While it is pending: the message that asks its channel to confirm, and what became of it. */
  confirmation: Omit<Delivery, "message"> | null;
}

export type MessageType = "alert.confirm" | "alert.test" | "article.matched" | "event.corrected" | "event.retracted";

/** One message of an alert and what became of it. */
export interface Delivery {
  sequence: number;
  id: string;
  type: MessageType;
  status: "pending" | "delivered" | "failed";
  /** The message's body as it is sent. */
  message: Message;
  attempts: { at: string; outcome: string; status: number | null; milliseconds: number }[];
  next_attempt_at: string | null;
}

/** The body of a message. */
export interface Message {
  type: MessageType;
  /** When the message was made: the same in every attempt. */
  timestamp: string;
  data: { [key: string]: Json };
}

/** What JSON can say: message data is kept and passed on as such. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What `article.matched` says beside the alert and its number. */
export interface ArticleMatched {
  article: {
    id: string;
    url: string | null;
    title: string;
    publisher: string | null;
    published_at: string | null;
    language: string | null;
    summary: string | null;
  };
  events: { id: string; date: string; title: string; url: string }[];
  matches: Match[];
}

/** A body is at most this long, in bytes of UTF-8. */
export const MAX_MESSAGE = 20 * 1024;

/** An alert's id names its shard, so that nothing ever has to be looked up or moved: `al_SHARD_RANDOM`. */
export const makeAlertId = (shard: number): string => `al_${shard}_${randomText(16)}`;

/** The shard that an alert's id names, or undefined where it is none. */
export function shardOf(id: string): number | undefined {
  const shard = /^al_(0|[1-9]\d{0,5})_[a-z0-9]{16}$/.exec(id)?.[1];
  return shard === undefined ? undefined : Number(shard);
}

/** Random lower-case letters and digits, a little over five bits each. */
export function randomText(length: number): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // 252 is the largest multiple of 36 in a byte; what lies above would favour some letters.
      if (byte < 252 && text.length < length) text += alphabet.charAt(byte % 36);
    }
  }
  return text;
}
