/** What of a message's data is told in words. A message's data is JSON: it is checked before it is read. */
import * as z from "zod";

const event = z.object({ date: z.string(), title: z.string(), url: z.string() });

const matched = z.object({
  article: z.object({
    id: z.string(),
    url: z.string().nullable(),
    title: z.string(),
    publisher: z.string().nullable(),
    published_at: z.string().nullable(),
    language: z.string().nullable(),
    summary: z.string().nullable(),
  }),
  events: z.array(event),
  matches: z.array(
    z.object({
      term: z.string(),
      means: z.string(),
      field: z.enum(["title", "text", "publisher", "event", "language", "absent"]),
      text: z.string().nullable(),
      snippet: z.string().nullable(),
    }),
  ),
  truncated: z.literal(true).optional(),
});

const changed = z.object({
  event: event.extend({ summary: z.string() }),
  changed: z.array(z.string()).optional(),
  reason: z.string().optional(),
});

const corrected = changed.extend({ type: z.literal("event.corrected") });
const retracted = changed.extend({ type: z.literal("event.retracted") });
const item = z.discriminatedUnion("type", [
  matched.extend({ type: z.literal("article.matched") }),
  corrected,
  retracted,
]);

const digest = z.object({
  type: z.literal("alert.digest"),
  digest: z.enum(["hourly", "daily"]),
  part: z.object({ number: z.number(), of: z.number() }).optional(),
  items: z.array(item),
});

export const told = z.discriminatedUnion("type", [
  matched.extend({ type: z.literal("article.matched") }),
  corrected,
  retracted,
  digest,
  z.object({ type: z.literal("alert.confirm"), confirm_url: z.string() }),
  z.object({ type: z.literal("alert.test") }),
]);

/** What any message may say, whatever its type. */
export const toldOfAlert = z.object({
  alert: z.object({ query: z.string() }),
  sequence: z.number().optional(),
  replay: z.literal(true).optional(),
  limit: z.object({ per_day: z.number(), until: z.string() }).optional(),
  omitted: z.object({ count: z.number(), since: z.string() }).optional(),
});

export type Told = z.infer<typeof told>;
export type ToldMatched = z.infer<typeof matched>;
export type ToldMatch = ToldMatched["matches"][number];
export type ToldChanged = z.infer<typeof corrected> | z.infer<typeof retracted>;
export type ToldDigest = z.infer<typeof digest>;
export type ToldOfAlert = z.infer<typeof toldOfAlert>;
