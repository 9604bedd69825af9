/** Alerts as those who register them see them. */
import * as z from "zod";
import type { Match } from "../query/explain.ts";
import { moment } from "../record/fields.ts";

/** How often matches are gathered into one message; without it each is a message of its own. */
const digest = z.enum(["hourly", "daily"], { error: "hourly or daily was expected" }).optional();

const called = z.string().describe("https, port 443 or 8443, a host on the public Internet");

export const channelInput = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("webhook"), url: called, digest }),
    z.strictObject({ type: z.literal("slack"), url: called.describe("An incoming webhook of Slack"), digest }),
    z.strictObject({ type: z.literal("discord"), url: called.describe("A webhook of Discord"), digest }),
    z.strictObject({ type: z.literal("ntfy"), url: called.describe("A topic of ntfy"), digest }),
    z.strictObject({ type: z.literal("feed"), digest }),
  ],
  {
    error: (issue) =>
      issue.code === "invalid_union" ? "the channel types are webhook, slack, discord, ntfy and feed" : undefined,
  },
);
export type Channel = z.infer<typeof channelInput>;
/** A channel that is called, rather than read. */
export type CalledChannel = Exclude<Channel, { type: "feed" }>;

/** The callback of a WebSub subscription. It is kept as an alert's channel is, and never registered as one. */
export interface WebSubChannel {
  type: "websub";
  url: string;
  /** As the subscriber wrote it. */
  topic: string;
  secret?: string;
}

/** The body of POST /api/alerts. */
export const alertInput = z.strictObject({
  query: z.string().describe("See the query language"),
  channel: channelInput,
});

/** The body of PATCH /api/alerts/{id}. */
export const alertPatch = z
  .strictObject({
    query: z.string().optional(),
    channel: channelInput.optional(),
    status: z.enum(["active", "paused"], { error: "active or paused was expected" }).optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), {
    error: "query, channel or status was expected",
  })
  .refine(({ channel, status }) => channel === undefined || status === undefined, {
    error: "cannot be set together with a channel, which has to confirm first",
    path: ["status"],
  });

/** What of an alert is changed. */
export interface AlertChange {
  /** The query as it was written. */
  source?: string | undefined;
  channel?: Channel | undefined;
  status?: "active" | "paused" | undefined;
  /** For the links in its messages; set where its channel is asked to confirm. */
  origin?: string;
}

/** The body of POST /api/alerts/{id}/replay. */
export const replayInput = z.strictObject({
  since: moment.describe("Articles that came onto the wire at this time or later"),
  until: moment.optional().describe("And at this time or earlier"),
  before: z
    .int()
    .positive()
    .optional()
    .describe("And before this log entry: `before` of an answer that was not complete"),
});
export type ReplayRange = z.output<typeof replayInput>;

/** Secrets that sign beside the present one, at the most: an alert can be rotated so often in a day. */
export const MAX_OLD_SECRETS = 4;

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
  /** The number of its oldest message that is kept: those before it are forgotten after 35 days. */
  oldest: number;
  /** Since when nothing but failures came of its messages; after five days it is paused. */
  failing_since: string | null;
  /** What became of the last attempt, where that failed: `timeout`, `status 503`. */
  trouble: string | null;
  /** Matches that were not sent because it has had its messages of the day. */
  omitted: number;
  /** When its next digest is sent, where something is gathered for one. */
  digest_at: string | null;
  created_at: string;
  confirmed_at: string | null;
  /** When it expires if nobody confirms it. */
  expires_at: string | null;
  /** While it is pending: the message that asks its channel to confirm, and what became of it. */
  confirmation: Omit<Delivery, "message"> | null;
}

export type MessageType =
  | "alert.confirm"
  | "alert.test"
  | "alert.digest"
  | "article.matched"
  | "event.corrected"
  | "event.retracted";

/** What the outbox keeps for a WebSub subscription instead: see subscriptions.ts. */
export type HubRequestType = "hub.verify" | "hub.distribute";

/** One message of an alert and what became of it. */
export interface Delivery {
  sequence: number;
  id: string;
  type: MessageType;
  status: "pending" | "delivered" | "failed";
  /** The message's body as it is sent. */
  message: Message;
  attempts: {
    at: string;
    outcome: string;
    status: number | null;
    milliseconds: number;
    /** The beginning of the answer's body, secrets taken out; null where there was none. */
    answer: string | null;
  }[];
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
  events: LinkedEvent[];
  matches: Match[];
  /** Events, snippets or matches were left out for its length. */
  truncated?: true;
}

export interface LinkedEvent {
  id: string;
  /** When it happened, as precise as is known (ISO 8601). */
  date: string;
  title: string;
  url: string;
}

/** What `event.corrected` and `event.retracted` say. */
export interface EventChanged {
  event: LinkedEvent & { summary: string };
  /** Of a correction: the names of the fields that changed. */
  changed?: string[];
  /** Of a retraction. */
  reason?: string;
}

/** What `alert.confirm` says. */
export interface ConfirmAsked {
  challenge: string;
  confirm_url: string;
}

/** What `alert.digest` says: messages that were gathered, each as it would have been sent, without alert and number. */
export interface Digest {
  digest: "hourly" | "daily";
  /** Where they are more than one message holds: which part this is, of how many. */
  part?: { number: number; of: number };
  items: GatheredItem[];
}

export type GatheredItem =
  | ({ type: "article.matched"; timestamp: string } & ArticleMatched)
  | ({ type: "event.corrected" | "event.retracted"; timestamp: string } & EventChanged);

/** What any numbered message may say of the alert's messages as a whole. */
export interface Remarks {
  /** It was asked for by a replay. */
  replay?: true;
  /** It is the last one of its day: what matches until then is not sent. */
  limit?: { per_day: number; until: string };
  /** So many matches were not sent since then, because the day's limit was reached. */
  omitted?: { count: number; since: string };
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
