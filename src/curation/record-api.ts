/** The record over HTTP: everyone reads it as JSON, and curators change it. */
import * as z from "zod";
import type { Context } from "../http/context.ts";
import { inPath, inQuery, jsonBody } from "../http/input.ts";
import { eventUrl } from "../http/links.ts";
import { everyone, json, operation } from "../http/operation.ts";
import { badRequest, notFound } from "../http/problem.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { type Article, articleInput, publicArticle } from "../record/articles/article.ts";
import { readArticle } from "../record/articles/read-articles.ts";
import { eventInput, retraction } from "../record/events/event.ts";
import { readEvent, type SourcedEvent } from "../record/events/read-events.ts";
import { slug } from "../record/fields.ts";
import { NEWEST, readRecentHead } from "../record/log.ts";
import { nameId, nameInput } from "../record/names/name.ts";
import { type Names, readNames } from "../record/names/read-names.ts";
import { putName } from "../record/names/write-names.ts";
import { listArticles, listEvents } from "../record/search/find.ts";
import { type ListingParameters, listingParameters, readFilter } from "../record/search/read-query.ts";
import type { Page } from "../record/search/walk-candidates.ts";
import { curators, curatorsSeeMore } from "./curator.ts";
import { recordAnswers as answers } from "./record-answers.ts";
import { add, correct, MAX_BODY, publish, readVocabulary, retract } from "./record-changes.ts";

const tag = "Record";
const itemPath = inPath(z.object({ id: slug }));
const listingQuery = inQuery(listingParameters);
const articleBody = jsonBody(articleInput, MAX_BODY);

/** POST /api/articles */
export const postArticle = operation(
  {
    id: "addArticle",
    summary: "Add an article",
    tag,
    input: { access: curators, body: articleBody },
    answers: {
      201: json("Added", answers.articleAdded, { Location: "The article" }),
      200: json("The first article with the same id or URL; nothing changed", answers.articleAdded, {
        Location: "The article",
      }),
    },
  },
  async ({ body, reply }, context) => {
    const { id, log, added } = await add(context, body);
    return reply(added ? 201 : 200, { id, log }, { location: `${context.origin}/api/articles/${id}` });
  },
);

/** PUT /api/articles/{id} */
export const putArticleById = operation(
  {
    id: "putArticle",
    summary: "Add or correct an article; a correction sets off alerts only if it makes the article new",
    tag,
    input: { access: curators, path: itemPath, body: articleBody },
    answers: {
      200: json("Corrected, or the same as before", answers.articlePut),
      201: json("Added", answers.articlePut),
    },
    problems: [409],
  },
  async ({ path: { id }, body, reply }, context) => {
    if (body.id !== undefined && body.id !== id)
      throw badRequest([{ path: "id", message: `the address says "${id}"` }]);
    const { outcome, article } = await correct(context, id, body);
    return reply(outcome === "created" ? 201 : 200, { id, log: article.log, outcome });
  },
);

/** PUT /api/events/{id} */
export const putEventById = operation(
  {
    id: "putEvent",
    summary: "Add or correct an event",
    tag,
    input: { access: curators, path: itemPath, body: jsonBody(eventInput, MAX_BODY) },
    answers: {
      200: json("Corrected, or the same as before", answers.eventPut),
      201: json("Added", answers.eventPut),
    },
    problems: [409],
  },
  async ({ path: { id }, body, reply }, context) => {
    const { event, outcome } = await publish(context, id, body);
    return reply(outcome === "created" ? 201 : 200, { ...eventJson(event, context), outcome });
  },
);

/** DELETE /api/events/{id} */
export const deleteEvent = operation(
  {
    id: "retractEvent",
    summary: "Retract an event; a tombstone with the reason stays",
    tag,
    input: { access: curators, path: itemPath, body: jsonBody(retraction, MAX_BODY) },
    answers: { 200: json("The retracted event", answers.event) },
    problems: [404, 409],
  },
  async ({ path: { id }, body: { reason }, reply }, context) =>
    reply(200, eventJson(await retract(context, id, reason), context)),
);

/** PUT /api/names/{id} */
export const putNameById = operation(
  {
    id: "putName",
    summary: "Add or change a name",
    tag,
    input: { access: curators, path: inPath(z.object({ id: nameId })), body: jsonBody(nameInput, MAX_BODY) },
    answers: {
      200: json("Changed, or the same as before", answers.namePut),
      201: json("Added", answers.namePut),
    },
  },
  async ({ path: { id }, body, reply }, { env }) => {
    const outcome = await putName(env.DB, id, body);
    return reply(outcome === "created" ? 201 : 200, { id, outcome });
  },
);

/** GET /api/names */
export const getNames = operation(
  {
    id: "listNames",
    summary: "The names on record, with their spellings",
    tag,
    input: { access: everyone },
    answers: { 200: json("All names", answers.names) },
  },
  async ({ reply }, context) => reply(200, { names: [...(await readVocabulary(context)).records.values()] }),
);

/** GET /api/events/{id} */
export const getEvent = operation(
  {
    id: "getEvent",
    summary: "An event",
    tag,
    input: { access: everyone, path: itemPath },
    answers: { 200: json("The event", answers.event) },
    problems: [404],
  },
  async ({ path, reply }, context) => {
    const event = await readEvent(context.env.DB, path.id);
    if (event === undefined) throw notFound("There is no such event");
    return reply(200, eventJson(event, context));
  },
);

/** GET /api/articles/{id} */
export const getArticle = operation(
  {
    id: "getArticle",
    summary: "An article; with its text for curators only",
    tag,
    input: { access: curatorsSeeMore, path: itemPath },
    answers: { 200: json("The article", answers.article) },
    problems: [404],
  },
  async ({ access: withText, path, reply }, { env }) => {
    const article = await readArticle(env.DB, path.id);
    if (article === undefined) throw notFound("There is no such article");
    return reply(200, articleJson(article, withText), { vary: "authorization" });
  },
);

/** GET /api/events */
export const getEvents = operation(
  {
    id: "listEvents",
    summary: "Events, newest on the wire first",
    tag,
    input: { access: everyone, query: listingQuery },
    answers: { 200: json("A page of events", answers.events) },
    problems: [429],
  },
  async ({ query, reply }, context) => {
    const { names, filter, page } = await readListing(query, context);
    const { items, next } = await listEvents(context.env.DB, names, filter, page);
    const events = items.map((event) => eventJson(event, context));
    return reply(200, { events, next_url: nextUrl(context, next) });
  },
);

/** GET /api/articles */
export const getArticles = operation(
  {
    id: "listArticles",
    summary: "Articles, newest on the wire first; with their texts for curators only",
    tag,
    input: { access: curatorsSeeMore, query: listingQuery },
    answers: { 200: json("A page of articles", answers.articles) },
    problems: [429],
  },
  async ({ access: withText, query, reply }, context) => {
    const { names, filter, page } = await readListing(query, context);
    const { items, next } = await listArticles(context.env.DB, names, filter, page, withText);
    const articles = items.map((article) => articleJson(article, withText));
    return reply(200, { articles, next_url: nextUrl(context, next) }, { vary: "authorization" });
  },
);

async function readListing(
  { q, limit, before = NEWEST }: ListingParameters,
  { env }: Context,
): Promise<{ names: Names; filter: ParsedQuery | undefined; page: Page }> {
  const names = await readNames(env.DB, await readRecentHead(env.DB));
  return { names, filter: readFilter(q, names), page: { limit, before, feed: false } };
}

function nextUrl({ url, origin }: Context, next: number | undefined): string | null {
  if (next === undefined) return null;
  const address = new URL(url.pathname + url.search, origin);
  address.searchParams.set("before", String(next));
  return address.href;
}

/** Returns an event as JSON shows it. `articles` are all the articles that it rests on. */
function eventJson({ sources, ...event }: SourcedEvent, { origin }: Context) {
  return { ...event, url: eventUrl(origin, event.id), articles: sources.map(({ id }) => id) };
}

function articleJson(article: Article, withText: boolean) {
  const shown = publicArticle(article);
  return withText ? { ...shown, text: article.text } : shown;
}
