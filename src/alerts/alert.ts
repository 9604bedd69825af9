/** Alerts as their owners see them: what they may ask for, and what they are shown. */
import * as z from "zod";
import { type Channel, channelInput } from "../channels/channel-kinds.ts";
import type { ListedMessage, MessageType } from "../messages/message-schema.ts";
import { moment } from "../record/fields.ts";

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

/** A change of an alert. What is undefined stays as it is. */
export interface AlertChange {
  /** The query as its owner wrote it. */
  source?: string | undefined;
  channel?: Channel | undefined;
  status?: "active" | "paused" | undefined;
  /** The origin of links in its messages. Set if its channel is asked to confirm. */
  origin?: string;
}

/** The body of POST /api/alerts/{id}/replay. */
export const replayInput = z.strictObject({
  since: moment.describe("Articles that were added at this time or later"),
  until: moment.optional().describe("And at this time or earlier"),
  before: z
    .int()
    .positive()
    .optional()
    .describe("And before this log entry: `before` of an answer that was not complete"),
});
export type ReplayRange = z.output<typeof replayInput>;

/** Maximum former secrets that sign beside the present one. Each signs for a day, so it also limits rotations in a day. */
export const MAX_OLD_SECRETS = 4;

/** `pending`: not confirmed yet. `paused`: by its owner, or because its receiver is gone. */
export type AlertStatus = "pending" | "active" | "paused";

/** An alert as the holder of its token sees it. Times are RFC 3339 in UTC. */
export interface AlertView {
  id: string;
  query: string;
  channel: Channel;
  status: AlertStatus;
  paused_because: string | null;
  /** The number of its last message; 0 if there is none. */
  latest: number;
  /** The number of its oldest message that is kept. Messages are deleted after 35 days. */
  oldest: number;
  /** When the first attempt failed since the last success. After five days of failures the alert is paused. */
  failing_since: string | null;
  /** How the last attempt failed: `timeout`, `status 503`. Null if it succeeded. */
  trouble: string | null;
  /** Matches that were not sent because of the daily limit. */
  omitted: number;
  /** When its next digest is sent. Null if nothing is gathered for one. */
  digest_at: string | null;
  created_at: string;
  confirmed_at: string | null;
  /** When it expires unless it is confirmed. */
  expires_at: string | null;
  /** The message that asks its channel to confirm, while it is pending. */
  confirmation: Omit<Delivery, "message"> | null;
}

/** A message of an alert with its attempts. */
export interface Delivery {
  sequence: number;
  id: string;
  type: MessageType;
  status: "pending" | "delivered" | "failed";
  message: ListedMessage;
  attempts: {
    at: string;
    outcome: string;
    status: number | null;
    milliseconds: number;
    /** The beginning of the answer's body, without secrets. Null if there was no body. */
    answer: string | null;
  }[];
  next_attempt_at: string | null;
}

/** Makes an id, `al_SHARD_RANDOM`. It names the shard, so that no alert has to be looked up or moved. */
export const makeAlertId = (shard: number): string => `al_${shard}_${randomText(16)}`;

/** Returns the shard that an alert's id names; undefined if the text is no id. */
export function shardOf(id: string): number | undefined {
  const shard = /^al_(0|[1-9]\d{0,5})_[a-z0-9]{16}$/.exec(id)?.[1];
  return shard === undefined ? undefined : Number(shard);
}

/** Returns random lower-case letters and digits, a little over five bits each. */
export function randomText(length: number): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // 252 is the largest multiple of 36 in a byte. Larger values would favour some letters.
      if (byte < 252 && text.length < length) text += alphabet.charAt(byte % 36);
    }
  }
  return text;
}
