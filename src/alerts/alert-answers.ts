/** What the API answers about alerts. Times are RFC 3339 in UTC. */
import * as z from "zod";
import { channelInput } from "../channels/channel-kinds.ts";
import { listedMessageSchema, messageSchema } from "../messages/message-schema.ts";
import type { TermReading } from "../query/reading.ts";
import { alertId } from "./alert.ts";

const time = z.iso.datetime();
const noTime = (meaning: string) => time.nullable().describe(meaning);
const sequence = z.int().positive();

const status = z.enum(["pending", "active", "paused"]);
/** `pending`: not confirmed yet; `paused`: by its owner, or because its receiver is gone. */
export type AlertStatus = z.infer<typeof status>;

const messageType = z.literal(messageSchema.options.map(({ shape }) => shape.type.value));

const attempt = z.strictObject({
  at: time,
  outcome: z.string(),
  status: z.int().nullable().describe("The status of the answer; null if there was none"),
  milliseconds: z.number().min(0),
  answer: z.string().nullable().describe("The beginning of the answer's body, without secrets; null if there was none"),
});

const delivery = z
  .strictObject({
    sequence: sequence.describe("Its number; no number is ever missing"),
    id: z.string().describe("The webhook-id header of every attempt"),
    type: messageType,
    status: z.enum(["pending", "delivered", "failed"]),
    message: listedMessageSchema.describe("The body as it is sent"),
    attempts: z.array(attempt),
    next_attempt_at: noTime("When it is tried next; null if it is not"),
  })
  .meta({ id: "Delivery" });
/** One message of an alert and what became of it. */
export type Delivery = z.infer<typeof delivery>;

/** An alert as the holder of its token sees it. */
const alert = z.strictObject({
  id: alertId,
  query: z.string().describe("In canonical form"),
  channel: channelInput,
  status,
  paused_because: z.string().nullable(),
  latest: z.int().min(0).describe("The number of its last message; 0 before the first one"),
  oldest: z.int().min(0).describe("The number of its oldest message that is kept; messages are kept for 35 days"),
  failing_since: noTime("Since when every attempt has failed; after five days the alert is paused"),
  trouble: z.string().nullable().describe("Why the last attempt failed, such as `timeout` or `status 503`"),
  omitted: z.int().min(0).describe("Matches that were not sent because of the daily limit"),
  digest_at: noTime("When its next digest is sent"),
  created_at: time,
  confirmed_at: noTime("When its channel confirmed"),
  expires_at: noTime("When it expires unless its channel confirms"),
  confirmation: delivery
    .omit({ message: true })
    .extend({ sequence: z.int().min(0).describe("0: it is none of the numbered messages") })
    .nullable()
    .describe("While it is pending: the message that asks its channel to confirm"),
});
export type AlertView = z.infer<typeof alert>;

const secret = z.string().describe("Verifies the signatures of its messages");
const feedUrl = z.url().describe("Its private feed, with a key of its own");

const reading = z.strictObject({
  text: z.string().describe("A part of the query, in canonical form"),
  means: z.string().describe("How it was read: ids of names, else the kind of term"),
  names: z.array(z.string()).readonly(),
}) satisfies z.ZodType<TermReading>;

const readings = z.array(reading).describe("How each part of the query was read");
const warnings = z.array(z.string()).describe("What may not be as it was meant");

const registered = z
  .strictObject({
    id: alertId,
    token: z.string().describe("Manages the alert; shown only this once"),
    secret: secret.describe("Verifies the signatures of its messages; shown only this once"),
    query: z.string().describe("In canonical form"),
    status,
    feed_url: feedUrl,
    reading: readings,
    warnings,
  })
  .meta({ id: "RegisteredAlert" });
export type Registered = z.infer<typeof registered>;

/** An alert, with the address of its feed. */
const held = alert.extend({ feed_url: feedUrl }).meta({ id: "Alert" });
export type HeldAlert = z.infer<typeof held>;

const changed = held.extend({
  reading: readings.optional(),
  warnings: warnings.optional(),
});
export type ChangedAlert = z.infer<typeof changed>;

const sent = z.strictObject({ sequence, id: z.string(), status: z.enum(["pending", "delivered"]) });
/** A message that was made at its owner's request. */
export type Sent = z.infer<typeof sent>;

const replayed = z.strictObject({
  count: z.int().min(0).describe("How many articles it sends"),
  complete: z.boolean().describe("False if there may be more: replay what is before `before` as well"),
  before: z.int().nullable().describe("The log entry of the oldest article it looked at; null if it looked at all"),
});
export type Replayed = z.infer<typeof replayed>;

const deliveries = z.strictObject({
  latest: alert.shape.latest,
  oldest: alert.shape.oldest,
  deliveries: z.array(delivery),
});
export type DeliveryList = z.infer<typeof deliveries>;

export const alertAnswers = {
  registered,
  held,
  changed,
  deliveries,
  sent,
  replayed,
  rotated: z.strictObject({ secret }),
  reading: readings,
  warnings,
};
