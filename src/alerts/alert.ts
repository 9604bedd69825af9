/** Alerts as their owners see them: what they may ask for, and what they are shown. */
import * as z from "zod";
import { type Channel, channelInput } from "../channels/channel-kinds.ts";
import { moment, queryText } from "../record/fields.ts";

/** The body of POST /api/alerts. */
export const alertInput = z.strictObject({
  query: queryText,
  channel: channelInput,
});

/** The body of PATCH /api/alerts/{id}. */
export const alertPatch = z
  .strictObject({
    query: queryText.optional(),
    channel: channelInput.optional(),
    status: z.enum(["active", "paused"], { error: "active or paused was expected" }).optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), {
    error: "query, channel or status was expected",
  })
  .refine(({ channel, status }) => channel === undefined || status === undefined, {
    error: "cannot be set together with a channel, which has to confirm first",
    path: ["status"],
  })
  .meta({ minProperties: 1, not: { properties: { channel: {}, status: {} }, required: ["channel", "status"] } });

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

/** Makes an id, `al_SHARD_RANDOM`. It names the shard, so that no alert has to be looked up or moved. */
export const makeAlertId = (shard: number): string => `al_${shard}_${randomText(16)}`;

const ALERT_ID = /^al_(0|[1-9][0-9]{0,5})_[a-z0-9]{16}$/;
export const alertId = z.string().regex(ALERT_ID).describe("Id of an alert");

/** Returns the shard that an alert's id names; undefined if the text is no id. */
export function shardOf(id: string): number | undefined {
  const shard = ALERT_ID.exec(id)?.[1];
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
