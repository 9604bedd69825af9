/** Words for messages and for what they contain. Channels, feeds and pages all take them from here. */
import type { EventDocument } from "../record/events/event.ts";
import type { ArticleMatched, Digest, EventCorrected, EventRetracted, Message, MessageType } from "./message-schema.ts";

/** The name of each type of message, and what such a message says. */
export const MESSAGE_TYPES: Readonly<Record<MessageType, { name: string; says: string }>> = {
  "alert.confirm": { name: "Confirmation", says: "asks you to confirm; contains challenge and confirm_url" },
  "article.matched": { name: "Match", says: "a new article that matches, and why" },
  "event.corrected": {
    name: "Correction",
    says: "an event of an article that you received was corrected, and which fields changed",
  },
  "event.retracted": {
    name: "Retraction",
    says: "an event of an article that you received was retracted, and why",
  },
  "alert.digest": { name: "Digest", says: "the matches of an hour or a day in one message, if you asked for it" },
  "alert.test": { name: "Test", says: "a test that you asked for" },
};

/** The text of a test message. */
export const TEST = { title: "A test message", text: "Someone who manages this alert asked for it." } as const;

type MatchedTerm = ArticleMatched["matches"][number];

/** Where a term occurs, or that it does not. The term is the subject of the sentence. */
const WHERE: Readonly<Record<MatchedTerm["field"], string>> = {
  title: "in the title",
  text: "in the text",
  publisher: "in the publisher’s name",
  event: "in an event of the article",
  language: "is the article’s language",
  absent: "does not occur",
};

/** What a term means, by its kind. */
const KINDS: Readonly<Record<string, string>> = {
  word: "the word",
  phrase: "exactly these words",
  compound: "these words in a row",
  prefix: "words that begin like this",
  language: "the language",
};

/**
 * Returns why a term matched, to be read after the term: "(the word) does not occur", "(Aleppo in any spelling) in the text".
 * `label` names the ids of names; without it they are shown as they are.
 */
export function reasonInWords(
  { means, field }: Pick<MatchedTerm, "means" | "field">,
  label: (id: string) => string = (id) => id,
): string {
  return `(${meaningInWords(means, label)}) ${WHERE[field]}`;
}

/** NEAR has a meaning for each side. */
const meaningInWords = (means: string, label: (id: string) => string): string =>
  means
    .split(/( NEAR\/\d+ )/)
    .map((part) => KINDS[part] ?? (part.includes(":") ? spellingsOf(part, label) : part))
    .join("");

const spellingsOf = (ids: string, label: (id: string) => string): string =>
  `${ids.split("|").map(label).join(" or ")} in any spelling`;

/** The parts of an event as readers know them. */
export const EVENT_PARTS: Readonly<Record<keyof EventDocument, string>> = {
  title: "title",
  date: "date",
  end_date: "end date",
  precision: "precision of the date",
  dated_from: "how the date is known",
  summary: "what happened",
  places: "places",
  actors: "who took part",
  topics: "topics",
  articles: "sources",
  claims: "claims",
};

/** What happened to an event, in a word. */
export const CHANGES = { "event.corrected": "Corrected", "event.retracted": "Retracted" } as const;

/** Returns the parts of an event that a correction changed, or the reason of a retraction. */
export const changeInWords = (change: Pick<EventCorrected, "changed"> | Pick<EventRetracted, "reason">): string =>
  "reason" in change
    ? `Reason: ${change.reason || "none given"}`
    : `Changed: ${change.changed.map((field) => FIELDS[field] ?? field).join(", ")}`;

/** What a correction may name as changed. */
const FIELDS: Readonly<Record<string, string>> = { ...EVENT_PARTS, retracted: "no longer retracted" };

/** Returns "Daily digest: 2 items, part 1 of 2". */
export function digestTitle({ digest, part, items }: Digest): string {
  const count = items.length === 1 ? "1 item" : `${items.length} items`;
  const which = part === undefined ? "" : `, part ${part.number} of ${part.of}`;
  return `${digest === "daily" ? "Daily" : "Hourly"} digest: ${count}${which}`;
}

/** Returns what a message says about the messages of its alert, as sentences. */
export function remarksInWords(data: Message["data"]): string[] {
  if (!("sequence" in data)) return [];
  const { replay, omitted, limit } = data;
  return [
    ...(replay ? ["This is a replay of past matches."] : []),
    ...(omitted
      ? [`Matches not sent since ${minuteOf(omitted.since)}, because of the daily limit: ${omitted.count}.`]
      : []),
    ...(limit
      ? [
          `This is the last of ${limit.per_day} messages of the day. Matches until ${minuteOf(limit.until)} are not sent.`,
        ]
      : []),
  ];
}

/** Returns a time (RFC 3339 in UTC) to the minute. */
const minuteOf = (time: string): string => time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, "$1 $2 UTC");
