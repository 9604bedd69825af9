/** Events: what happened, when and where, who took part, who claims what, and on which articles the event rests. */
import * as z from "zod";
import { mode, momentOnWire, reducedDate, slug, text } from "../fields.ts";
import type { NameKind } from "../names/name.ts";

const names = (kind: string) =>
  z.array(text(200)).max(50, "at most 50").describe(`${kind}: ids, or names in any spelling on record`);

export const claim = z.strictObject({
  by: text(200).describe("Who says so: an actor's id, or plain words"),
  says: text(2000),
});

export const precision = z.enum(["day", "month", "year", "within"]);
export type Precision = z.infer<typeof precision>;

/** An event as a curator writes it: the body of PUT /api/events/{id}, and a file in data/events/, whose name is the id. */
export const eventInput = z
  .strictObject({
    date: reducedDate.describe("YYYY-MM-DD, YYYY-MM or YYYY: as precise as is known"),
    end_date: reducedDate.nullish().describe("The last day, where it is not the first"),
    precision: precision
      .optional()
      .describe("Follows from the form of date; within: on an unknown day from date to end_date"),
    dated_from: text(4000).nullish().describe("How the date was worked out from the articles"),
    title: text(300),
    summary: text(4000),
    places: names("Places"),
    actors: names("Actors"),
    topics: names("Topics"),
    articles: z.array(slug).max(100, "at most 100").describe("Ids of the articles that it rests on"),
    claims: z.array(claim).max(50, "at most 50").optional().describe("What only one side says"),
    published_at: momentOnWire.optional().describe("When it went onto this wire, where that was earlier than now"),
    mode: mode.optional(),
  })
  .refine(({ date, end_date }) => !end_date || end_date >= date.slice(0, end_date.length), {
    path: ["end_date"],
    message: "the end lies before the beginning",
  })
  .refine(({ date, precision }) => !precision || precision === "within" || precision === precisionOf(date), {
    path: ["precision"],
    message: "does not fit the form of date",
  })
  .refine(({ precision, end_date }) => precision !== "within" || end_date, {
    path: ["precision"],
    message: "within needs an end_date",
  })
  .describe("An event");
export type EventInput = z.infer<typeof eventInput>;

/** Why an event is retracted: the body of DELETE /api/events/{id}. */
export const retraction = z.strictObject({ reason: text(2000) });

const precisionOf = (date: string): Precision => (date.length === 10 ? "day" : date.length === 7 ? "month" : "year");

/** The content of an event as the curator wrote it. Each revision stores one. */
export interface EventDocument {
  date: string;
  end_date: string | null;
  precision: Precision;
  dated_from: string | null;
  title: string;
  summary: string;
  /** Slugs of names, without their kind. */
  places: readonly string[];
  actors: readonly string[];
  topics: readonly string[];
  /** Ids of the articles that the document lists. */
  articles: readonly string[];
  claims: readonly { by: string; says: string }[];
}

export interface Event extends EventDocument {
  id: string;
  /** The log entry that added the event: its place in the feeds. */
  log: number;
  revision: number;
  mode: z.infer<typeof mode>;
  /** When the event came onto this wire. It never changes. */
  published_at: string;
  /** When the last revision was written. */
  updated_at: string;
  /** Why the event was retracted; null if it was not. */
  retracted: string | null;
}

/** Returns the document of a curator's input. Omitted fields are null or empty. */
export function eventDocument(input: EventInput): EventDocument {
  return {
    date: input.date,
    end_date: input.end_date ?? null,
    precision: input.precision ?? precisionOf(input.date),
    dated_from: input.dated_from ?? null,
    title: input.title,
    summary: input.summary,
    places: input.places,
    actors: input.actors,
    topics: input.topics,
    articles: input.articles,
    claims: input.claims ?? [],
  };
}

/** Returns the full ids of names of a kind. */
export const fullIds = (kind: NameKind, slugs: readonly string[]): string[] => slugs.map((slug) => `${kind}:${slug}`);

/** Returns the full ids of an event's names, places first. */
export const eventNames = ({
  places,
  actors,
  topics,
}: Pick<EventDocument, "places" | "actors" | "topics">): string[] => [
  ...fullIds("place", places),
  ...fullIds("actor", actors),
  ...fullIds("topic", topics),
];

/** Returns the fields in which two documents differ. */
export function changedFields(before: EventDocument, after: EventDocument): (keyof EventDocument)[] {
  const keys = Object.keys(after) as (keyof EventDocument)[];
  return keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}
