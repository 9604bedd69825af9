/**
 * What messages contain. One schema serves for the data that the outbox keeps and for the data that is sent. Only links to events differ:
 * the outbox keeps a path, because the origin differs between alerts, and a message has a URL.
 *
 * The outbox keeps data for 35 days, and receivers rely on it. So a field that is added later must be optional.
 */
import * as z from "zod";
import type { Match } from "../query/explain.ts";

/** Maximum length of a message's body, in bytes of UTF-8. */
export const MAX_MESSAGE = 20 * 1024;

const moment = z.string().meta({ format: "date-time" }).describe("RFC 3339 in UTC");

const article = z.object({
  id: z.string(),
  url: z.string().nullable().describe("null if it is not known, like the other fields"),
  title: z.string(),
  publisher: z.string().nullable(),
  published_at: z.string().nullable().describe("A time or a day, RFC 3339"),
  language: z.string().nullable().describe("BCP 47"),
  summary: z.string().nullable().describe("Our own words"),
});

const event = z.object({
  id: z.string(),
  date: z.string().describe("YYYY-MM-DD, YYYY-MM or YYYY: as precise as is known"),
  title: z.string(),
  url: z.string().describe("The event's page"),
});

const match = z.object({
  term: z.string().describe("The part of the query, in its canonical form"),
  means: z.string().describe("The id of the name that it means, or the kind of term"),
  field: z.enum(["title", "text", "publisher", "event", "language", "absent"]),
  text: z.string().nullable().describe("The words found"),
  snippet: z.string().nullable().describe("The words found, with the words around them"),
  offset: z.int().nullable().describe("Where the words begin in the field, in UTF-16 code units"),
  occurrences: z.int(),
}) satisfies z.ZodType<Match>;

const articleMatched = z.object({
  article,
  events: z.array(event),
  matches: z.array(match),
  truncated: z.literal(true).optional().describe("Events, snippets or matches were left out to keep the message short"),
});

/** What a preview shows of an article that matches. */
export const matchedSchema = articleMatched.pick({ article: true, matches: true });

const changedEvent = event.extend({ summary: z.string() });
const eventCorrected = z.object({ event: changedEvent, changed: z.array(z.string()).describe("Names of fields") });
const eventRetracted = z.object({ event: changedEvent, reason: z.string() });

/** An item of a digest: the message that would have been sent alone, without alert and number. */
export const digestItemSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("article.matched"), timestamp: moment, ...articleMatched.shape }),
  z.object({ type: z.literal("event.corrected"), timestamp: moment, ...eventCorrected.shape }),
  z.object({ type: z.literal("event.retracted"), timestamp: moment, ...eventRetracted.shape }),
]);

const digest = z.object({
  digest: z.enum(["hourly", "daily"]),
  part: z.object({ number: z.int(), of: z.int() }).optional().describe("If the items fill more than one message"),
  items: z.array(digestItemSchema),
});

/** The data of each type of message, without what all messages have. */
const BODIES = {
  "alert.confirm": z.object({ challenge: z.string(), confirm_url: z.string() }),
  "alert.test": z.object({}),
  "alert.digest": digest,
  "article.matched": articleMatched,
  "event.corrected": eventCorrected,
  "event.retracted": eventRetracted,
} as const;

const alert = z.object({ id: z.string(), query: z.string().describe("In canonical form") });
const sequence = z.int().describe("1, 2, 3 … for each alert, without gaps");

/** What a numbered message may say about the messages of its alert. */
const remarks = z.object({
  replay: z.literal(true).optional().describe("A replay made it"),
  limit: z
    .object({ per_day: z.int(), until: moment })
    .optional()
    .describe("It is the last message of the day. What matches until then is not sent"),
  omitted: z
    .object({ count: z.int(), since: moment })
    .optional()
    .describe("Matches that were not sent since then, because of the daily limit"),
});

const ofType = <T extends string, S extends z.ZodRawShape>(type: T, data: S) =>
  z
    .object({
      type: z.literal(type),
      timestamp: moment.describe("When the message was made: the same in every attempt"),
      data: z.object(data),
    })
    .meta({ id: type });

const numbered = <T extends string, S extends z.ZodRawShape>(type: T, { shape }: z.ZodObject<S>) =>
  ofType(type, { alert, sequence, ...shape, ...remarks.shape });

/** The body of a message, of any type. In zod's global registry, the id of each type's schema is the type. */
export const messageSchema = z.discriminatedUnion("type", [
  ofType("alert.confirm", { alert, ...BODIES["alert.confirm"].shape }),
  numbered("alert.test", BODIES["alert.test"]),
  numbered("alert.digest", BODIES["alert.digest"]),
  numbered("article.matched", BODIES["article.matched"]),
  numbered("event.corrected", BODIES["event.corrected"]),
  numbered("event.retracted", BODIES["event.retracted"]),
]);

/** Stands for a message whose data in the outbox is damaged, in lists and feeds. It is never sent. */
const damagedMessage = z
  .object({ type: z.string(), timestamp: moment, damaged: z.literal(true), data: z.object({ alert, sequence }) })
  .meta({ id: "damaged" });

/** A message in a list. */
export const listedMessageSchema = z.union([messageSchema, damagedMessage]);

export type Message = z.infer<typeof messageSchema>;
export type DamagedMessage = z.infer<typeof damagedMessage>;
export type ListedMessage = z.infer<typeof listedMessageSchema>;
export type MessageType = Message["type"];
export type Remarks = z.infer<typeof remarks>;
export type ArticleMatched = z.infer<typeof articleMatched>;
export type EventCorrected = z.infer<typeof eventCorrected>;
export type EventRetracted = z.infer<typeof eventRetracted>;
export type LinkedEvent = z.infer<typeof event>;
export type Digest = z.infer<typeof digest>;
export type DigestItem = z.infer<typeof digestItemSchema>;

/** A type of message with its data: what the outbox keeps once for all alerts that get it. */
export type MessageContent = { [T in MessageType]: { type: T; data: z.infer<(typeof BODIES)[T]> } }[MessageType];
