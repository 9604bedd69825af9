/** Articles: their texts are matched in full, and shown as title, source, link and our own summary. */
import * as z from "zod";
import type { Matchable } from "../../query/text.ts";
import { mode, momentOnWire, publication, slug, text, webAddress } from "../fields.ts";

/** Maximum length of an article's text, in bytes of UTF-8. */
export const MAX_TEXT = 256 * 1024;

/** An article as a curator adds it: the body of POST /api/articles, and a file in data/articles/, whose name is the id. */
export const articleInput = z
  .strictObject({
    title: text(500),
    text: text(MAX_TEXT).describe("Matched, never republished; at most 256 KB"),
    published_at: publication.nullable().describe("When the publisher published it; null where that is not known"),
    dated_from: text(2000).optional().describe("How published_at was worked out, where the article does not say it"),
    url: webAddress.nullish(),
    publisher: text(200).nullish(),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, "a language tag such as en or ar was expected (BCP 47)")
      .nullish(),
    summary: text(2000).nullish().describe("Our own, never a sentence of the article"),
    ours: z
      .array(z.enum(["title", "text", "summary"], { error: "title, text or summary was expected" }))
      .max(3, "at most 3")
      .optional()
      .describe("The fields that are our wording, not the publisher's"),
    events: z.array(slug).max(50, "at most 50").optional().describe("Ids of the events that it reports"),
    id: slug.optional(),
    added_at: momentOnWire.optional().describe("When it went onto this wire, where that was earlier than now"),
    mode: mode.optional(),
  })
  .describe("An article");
export type ArticleInput = z.infer<typeof articleInput>;

export interface Article {
  id: string;
  /** The log entry that added the article. */
  log: number;
  url: string | null;
  title: string;
  text: string;
  summary: string | null;
  publisher: string | null;
  language: string | null;
  published_at: string | null;
  dated_from: string | null;
  ours: readonly string[];
  /** When the article came onto this wire. It never changes. */
  added_at: string;
  /** When the article was last corrected, or added. */
  updated_at: string;
  corrected: boolean;
  mode: z.infer<typeof mode>;
  /** The log entry that last made the article new, and so set off alerts; null if none did. */
  set_off: number | null;
  /** The events that rest on the article. */
  events: readonly ArticleEvent[];
}

/** The part of an event that messages about an article show, with the full ids of its names. */
export interface ArticleEvent {
  id: string;
  date: string;
  title: string;
  names: readonly string[];
}

/** Returns the language of the title (BCP 47); null if not known. Our own titles are in English. */
export const titleLanguage = ({ language, ours }: Pick<Article, "language" | "ours">): string | null =>
  ours.includes("title") ? "en" : language;

/** Returns an article as queries see it. The names of its events count. */
export const articleMatchable = (article: Article): Matchable => ({
  title: article.title,
  text: article.text,
  publisher: article.publisher,
  language: article.language,
  names: article.events.flatMap((event) => event.names),
});

/** Returns the public fields of an article: all but its text and the entry that set off alerts. */
export function publicArticle({ text: _, set_off: __, events, ...article }: Article) {
  return { ...article, events: events.map((event) => event.id) };
}
