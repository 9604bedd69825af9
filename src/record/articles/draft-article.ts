/** An article as it would stand on record, before it is written. */
import { badRequest } from "../../http/problem.ts";
import { sha256 } from "../../platform/digest.ts";
import { liesAhead, surfaces } from "../fields.ts";
import type { Article, ArticleEvent, ArticleInput } from "./article.ts";
import { articleEvent } from "./read-articles.ts";

/** Derives the id of an article from its URL, or else from title and text. The same article always gets the same id. */
export async function derivedId({ url, title, text }: ArticleInput): Promise<string> {
  return `a-${(await sha256(url ?? JSON.stringify([title, text]))).slice(0, 20)}`;
}

async function requireEvents(db: D1Database, ids: readonly string[]): Promise<ArticleEvent[]> {
  const { results } = await db
    .prepare("SELECT id, document FROM events WHERE id IN (SELECT value FROM json_each(?))")
    .bind(JSON.stringify(ids))
    .all<{ id: string; document: string }>();
  const known = new Map(results.map(({ id, document }) => [id, articleEvent(id, JSON.parse(document))]));
  const errors = ids.flatMap((id, i) =>
    known.has(id) ? [] : [{ path: `events.${i}`, message: `there is no event "${id}"` }],
  );
  if (errors.length > 0) throw badRequest(errors);
  return [...known.values()];
}

/** Returns a new article as it would be on record, with its events. Throws a Problem (400) if an event is not on record. */
export const draftArticle = async (db: D1Database, id: string, input: ArticleInput): Promise<Article> =>
  newArticle(id, input, await requireEvents(db, input.events ?? []));

/** Returns a new article as it would be on record. `log` and `set_off` are 0 for the entry that adds it. */
function newArticle(id: string, input: ArticleInput, events: ArticleEvent[]): Article {
  const now = new Date().toISOString();
  const mode = input.mode ?? "new";
  return {
    id,
    log: 0,
    url: input.url ?? null,
    title: input.title,
    text: input.text,
    summary: input.summary ?? null,
    publisher: input.publisher ?? null,
    language: input.language ?? null,
    published_at: input.published_at,
    dated_from: input.dated_from ?? null,
    ours: input.ours ?? [],
    added_at: input.added_at ?? now,
    updated_at: now,
    corrected: false,
    mode,
    set_off: mode === "new" ? 0 : null,
    events,
  };
}

/** The columns that a correction may change. `added_at` changes only if it is in the future, or if the article was silent. */
export const CORRECTABLE = [
  "title",
  "text",
  "summary",
  "publisher",
  "language",
  "published_at",
  "dated_from",
  "mode",
  "updated_at",
] as const;
export type CorrectedField = Exclude<(typeof CORRECTABLE)[number], "updated_at"> | "added_at" | "ours";

/** Returns the fields in which two versions of an article differ. */
export function correctedFields(old: Article, article: Article): CorrectedField[] {
  const fields = ([...CORRECTABLE, "added_at"] as const)
    .filter((column) => column !== "updated_at")
    .filter((column) => article[column] !== old[column]);
  return JSON.stringify(article.ours) === JSON.stringify(old.ours) ? fields : [...fields, "ours"];
}

/** Returns whether a correction makes an article new, which sets off alerts. */
export const becomesNew = (old: Article, { mode }: Article): boolean => mode === "new" && old.mode !== "new";

/** Returns the corrected article. An article that was silent comes onto the wire now, as a new one does. */
export function corrected(old: Article, input: ArticleInput): Article {
  const now = newArticle(old.id, { ...input, mode: input.mode ?? old.mode }, [...old.events]);
  const article = { ...now, corrected: true, url: old.url, set_off: becomesNew(old, now) ? now.set_off : old.set_off };
  if (surfaces(old.mode, article.mode)) return article;
  // A moment on the wire never changes, unless it is certainly wrong because it is in the future.
  return { ...article, log: old.log, added_at: liesAhead(old.added_at) ? article.added_at : old.added_at };
}
