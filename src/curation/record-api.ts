/** The curators' API, and what anyone may read of it as JSON. */

import type { Context, Handler } from "../http/context.ts";
import { check, readJson, readPage, readParameter } from "../http/input.ts";
import { eventUrl } from "../http/links.ts";
import { badRequest, notFound } from "../http/problem.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { type Article, articleInput, publicArticle } from "../record/articles/article.ts";
import { readArticle } from "../record/articles/read-articles.ts";
import { eventInput, retraction } from "../record/events/event.ts";
import { readEvent, type SourcedEvent } from "../record/events/read-events.ts";
import { slug } from "../record/fields.ts";
import { readRecentHead } from "../record/log.ts";
import { nameId, nameInput } from "../record/names/name.ts";
import { type Names, readNames } from "../record/names/read-names.ts";
import { putName } from "../record/names/write-names.ts";
import { listArticles, listEvents } from "../record/search/find.ts";
import { readFilter } from "../record/search/read-query.ts";
import type { Page } from "../record/search/walk-candidates.ts";
import { isCurator } from "./curator.ts";
import { add, correct, MAX_BODY, publish, readVocabulary, retract } from "./record-changes.ts";

/** The id in the path, checked. */
function idOf({ params }: Context): string {
  const id = slug.safeParse(params["id"]);
  if (!id.success) throw badRequest([{ path: "id", message: id.error.issues[0]?.message ?? "malformed" }]);
  return id.data;
}

/** POST /api/articles: 201; the same id or URL again: 200 with the first one's id. */
export const postArticle: Handler = async (request, context) => {
  const input = await readJson(request, articleInput, MAX_BODY);
  const { id, log, added } = await add(context, input);
  const location = `${context.origin}/api/articles/${id}`;
  return Response.json({ id, log }, { status: added ? 201 : 200, headers: { location } });
};

/** PUT /api/articles/{id}: 201 for a new one, 200 for one that is corrected or says the same. */
export const putArticleById: Handler = async (request, context) => {
  const id = idOf(context);
  const input = await readJson(request, articleInput, MAX_BODY);
  if (input.id !== undefined && input.id !== id)
    throw badRequest([{ path: "id", message: `the address says "${id}"` }]);
  const { outcome, article } = await correct(context, id, input);
  return Response.json({ id, log: article.log, outcome }, { status: outcome === "created" ? 201 : 200 });
};

/** PUT /api/events/{id}: 201 for a new one; 200 for a correction, and for one that says the same. */
export const putEventById: Handler = async (request, context) => {
  const id = idOf(context);
  const input = await readJson(request, eventInput, MAX_BODY);
  const { event, outcome } = await publish(context, id, input);
  return Response.json({ ...eventJson(event, context), outcome }, { status: outcome === "created" ? 201 : 200 });
};

/** DELETE /api/events/{id}: 200; a tombstone stays. */
export const deleteEvent: Handler = async (request, context) => {
  const id = idOf(context);
  const { reason } = await readJson(request, retraction, MAX_BODY);
  return Response.json(eventJson(await retract(context, id, reason), context));
};

/** PUT /api/names/{id}: 201 for a new one, 200 for one that changed or says the same. */
export const putNameById: Handler = async (request, context) => {
  const id = check(context.params["id"], nameId);
  const input = await readJson(request, nameInput, MAX_BODY);
  const outcome = await putName(context.env.DB, id, input);
  return Response.json({ id, outcome }, { status: outcome === "created" ? 201 : 200 });
};

/** GET /api/names */
export const getNames: Handler = async (_, context) =>
  Response.json({ names: [...(await readVocabulary(context)).records.values()] });

/** GET /api/events/{id} */
export const getEvent: Handler = async (_, context) => {
  const event = await readEvent(context.env.DB, idOf(context));
  if (event === undefined) throw notFound("There is no such event");
  return Response.json(eventJson(event, context));
};

/** GET /api/articles/{id}: with its text for curators only. */
export const getArticle: Handler = async (request, context) => {
  const article = await readArticle(context.env.DB, idOf(context));
  if (article === undefined) throw notFound("There is no such article");
  const shown = articleJson(article, await isCurator(request, context));
  return Response.json(shown, { headers: { vary: "authorization" } });
};

/** GET /api/events: newest on the wire first, with q, limit and before. */
export const getEvents: Handler = async (_, context) => {
  const { env } = context;
  const { names, query, page } = await readListing(context);
  const { items, next } = await listEvents(env.DB, names, query, page);
  return Response.json({ events: items.map((event) => eventJson(event, context)), next_url: nextUrl(context, next) });
};

/** GET /api/articles: likewise. */
export const getArticles: Handler = async (request, context) => {
  const { env } = context;
  const { names, query, page } = await readListing(context);
  const withText = await isCurator(request, context);
  const { items, next } = await listArticles(env.DB, names, query, page, withText);
  const articles = items.map((article) => articleJson(article, withText));
  return Response.json({ articles, next_url: nextUrl(context, next) }, { headers: { vary: "authorization" } });
};

/** Items in a page, unless asked otherwise. */
const ITEMS = 50;

async function readListing({
  env,
  url,
}: Context): Promise<{ names: Names; query: ParsedQuery | undefined; page: Page }> {
  const names = await readNames(env.DB, await readRecentHead(env.DB));
  return {
    names,
    query: readFilter(readParameter(url.searchParams, "q"), names),
    page: { ...readPage(url, ITEMS), feed: false },
  };
}

function nextUrl({ url, origin }: Context, next: number | undefined): string | null {
  if (next === undefined) return null;
  const address = new URL(url.pathname + url.search, origin);
  address.searchParams.set("before", String(next));
  return address.href;
}

/** An event as JSON shows it; `articles` are all that it rests on. */
function eventJson({ sources, ...event }: SourcedEvent, { origin }: Context) {
  return { ...event, url: eventUrl(origin, event.id), articles: sources.map(({ id }) => id) };
}

function articleJson(article: Article, withText: boolean) {
  const shown = publicArticle(article);
  return withText ? { ...shown, text: article.text } : shown;
}
