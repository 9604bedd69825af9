/** What the API answers about the record. */
import * as z from "zod";
import { claim, precision } from "../record/events/event.ts";
import { mode, reducedDate, slug } from "../record/fields.ts";
import { nameId, nameInput } from "../record/names/name.ts";

const time = z.iso.datetime();
const logEntry = z.int().positive().describe("The log entry that added it");
const nextUrl = z.url().nullable().describe("The next page; null for the last one");
const nameSlugs = (kind: string) => z.array(z.string()).readonly().describe(`Ids of ${kind}, without their kind`);

const articleAnswer = z
  .strictObject({
    id: slug,
    log: logEntry,
    url: z.url().nullable(),
    title: z.string(),
    text: z.string().optional().describe("Only for curators"),
    summary: z.string().nullable(),
    publisher: z.string().nullable(),
    language: z.string().nullable().describe("A language tag (BCP 47)"),
    published_at: z.union([time, z.iso.date()]).nullable().describe("When the publisher published it"),
    dated_from: z.string().nullable().describe("How published_at was worked out"),
    ours: z
      .array(z.string())
      .readonly()
      .describe("The fields that are the wording of this wire: title, text or summary"),
    added_at: time.describe("When it came onto this wire"),
    updated_at: time.describe("When it was last corrected, or added"),
    corrected: z.boolean(),
    mode,
    events: z.array(slug).describe("Ids of the events that it reports"),
  })
  .meta({ id: "Article" });

const eventAnswer = z
  .strictObject({
    id: slug,
    url: z.url().describe("Its page"),
    log: logEntry,
    revision: z.int().positive(),
    mode,
    published_at: time.describe("When it came onto this wire"),
    updated_at: time.describe("When its last revision was written"),
    retracted: z.string().nullable().describe("Why it was retracted; null while it stands"),
    date: reducedDate,
    end_date: reducedDate.nullable(),
    precision,
    dated_from: z.string().nullable().describe("How the date was worked out from the articles"),
    title: z.string(),
    summary: z.string(),
    places: nameSlugs("places"),
    actors: nameSlugs("actors"),
    topics: nameSlugs("topics"),
    claims: z.array(claim).readonly().describe("What only one side says"),
    articles: z.array(slug).describe("Ids of the articles that it rests on"),
  })
  .meta({ id: "Event" });

const nameAnswer = nameInput.extend({ id: nameId }).meta({ id: "Name" });

const outcome = <const T extends string>(...values: T[]) => z.enum(["created", ...values, "same"]);

export const recordAnswers = {
  article: articleAnswer,
  articles: z.strictObject({ articles: z.array(articleAnswer), next_url: nextUrl }),
  articleAdded: z.strictObject({ id: slug, log: logEntry }),
  articlePut: z.strictObject({ id: slug, log: logEntry, outcome: outcome("corrected") }),
  event: eventAnswer,
  events: z.strictObject({ events: z.array(eventAnswer), next_url: nextUrl }),
  eventPut: eventAnswer.extend({ outcome: outcome("corrected") }),
  names: z.strictObject({ names: z.array(nameAnswer) }),
  namePut: z.strictObject({ id: nameId, outcome: outcome("changed") }),
};
