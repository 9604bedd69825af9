/** Changes that curators make, for the API and the pages alike. A change wakes the shards. */
import { wakeShards } from "../alerts/shards.ts";
import type { Context } from "../http/context.ts";
import { failpoint } from "../platform/failpoint.ts";
import type { ArticleInput } from "../record/articles/article.ts";
import { type ArticleAdded, type ArticlePut, addArticle, putArticle } from "../record/articles/write-articles.ts";
import type { EventInput } from "../record/events/event.ts";
import type { SourcedEvent } from "../record/events/read-events.ts";
import { type EventPut, putEvent, retractEvent } from "../record/events/write-events.ts";
import { readHead } from "../record/log.ts";
import { type Names, readNames } from "../record/names/read-names.ts";

/** Maximum bytes of a body. JSON takes up to six bytes for one byte of text, and a text may have 256 KB. */
export const MAX_BODY = 2 * 1024 * 1024;

/** Returns the names as they are now. */
export const readVocabulary = async ({ env }: Context): Promise<Names> => readNames(env.DB, await readHead(env.DB));

const wake = ({ env, waitUntil }: Context): void => waitUntil(wakeShards(env));

/** Adds an article: see `addArticle`. */
export async function add(context: Context, input: ArticleInput): Promise<ArticleAdded> {
  const added = await addArticle(context.env.DB, input, await readVocabulary(context));
  failpoint("log.appended", context.env);
  // Also if the article is on record already: the Worker may have been killed before the first request woke the shards.
  wake(context);
  return added;
}

/** Adds or corrects an article: see `putArticle`. */
export async function correct(context: Context, id: string, input: ArticleInput, from?: string): Promise<ArticlePut> {
  const put = await putArticle(context.env.DB, id, input, await readVocabulary(context), from);
  if (put.outcome !== "same") wake(context);
  return put;
}

/** Adds or corrects an event: see `putEvent`. */
export async function publish(context: Context, id: string, input: EventInput, seen?: number): Promise<EventPut> {
  const put = await putEvent(context.env.DB, id, input, await readVocabulary(context), seen);
  if (put.outcome !== "same") wake(context);
  return put;
}

/** Retracts an event: see `retractEvent`. */
export async function retract(context: Context, id: string, reason: string, seen?: number): Promise<SourcedEvent> {
  const event = await retractEvent(context.env.DB, id, reason, await readVocabulary(context), seen);
  wake(context);
  return event;
}
