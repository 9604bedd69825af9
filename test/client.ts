/** Calls the Worker as its clients do, and makes what they send. */
import { env, exports } from "cloudflare:workers";
import type { ArticleInput } from "../src/record/articles/article.ts";
import type { EventInput } from "../src/record/events/event.ts";
import { readEntries, readHead } from "../src/record/log.ts";
import type { NameInput } from "../src/record/names/name.ts";
import { type Names, readNames } from "../src/record/names/read-names.ts";
import { checkAnswer } from "./openapi/answers.ts";

export const ORIGIN = "https://wire.example";
export const CURATOR = { authorization: "Bearer curator-token" };

export const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  send(new Request(`${ORIGIN}${path}`, init));

/** Sends a request to the Worker; its answer must be one that the API describes. */
export const send = async (request: Request): Promise<Response> =>
  checkAnswer(request, await exports.default.fetch(request));

/** A call of the curators' API, with the token; a body that is a string goes as it is. */
export const curate = (method: string, path: string, body?: unknown): Promise<Response> =>
  call(path, {
    method,
    headers: { ...CURATOR, "content-type": "application/json" },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });

/** The JSON of an answer, which must have the status that was expected. */
export async function json<T = Record<string, unknown>>(answer: Promise<Response>, status = 200): Promise<T> {
  const response = await answer;
  const text = await response.text();
  if (response.status !== status) throw new Error(`${status} was expected, not ${response.status}: ${text}`);
  return JSON.parse(text);
}

export interface ProblemBody {
  title: string;
  status: number;
  detail: string;
  errors?: { path: string; message: string }[];
}

/** An article that says its id and no more, with whatever a test wants of it. */
export const article = (id: string, more: Partial<ArticleInput> = {}): ArticleInput => ({
  id,
  title: `Title of ${id}`,
  text: `Text of ${id}.`,
  published_at: "2016-09-22T18:30:00.000Z",
  ...more,
});

export const event = (more: Partial<EventInput> = {}): EventInput => ({
  date: "2016-09-22",
  title: "The group met",
  summary: "It met in the city.",
  places: [],
  actors: [],
  topics: [],
  articles: [],
  ...more,
});

export const addArticle = (id: string, more: Partial<ArticleInput> = {}, status = 201) =>
  json<{ id: string; log: number }>(curate("POST", "/api/articles", article(id, more)), status);

export const putEvent = (id: string, more: Partial<EventInput> = {}, status = 201) =>
  json<{ revision: number; log: number; outcome: string }>(curate("PUT", `/api/events/${id}`, event(more)), status);

const NAMES: Readonly<Record<string, Partial<NameInput>>> = {
  "place:aleppo": { label: "Aleppo", spellings: { en: ["Aleppo"], ar: ["حلب"], ru: ["Алеппо"], fr: ["Alep"] } },
  "place:geneva": {
    label: "Geneva",
    spellings: { en: ["Geneva"], fr: ["Genève"], ru: ["Женева", "Женеве"], ar: ["جنيف"] },
  },
  "actor:issg": {
    label: "International Syria Support Group",
    spellings: { en: ["International Syria Support Group"], fr: ["Groupe international de soutien à la Syrie"] },
    abbreviations: ["ISSG"],
  },
  "actor:united-states": {
    label: "United States",
    spellings: { en: ["United States", "Washington"] },
    capitals: ["US"],
  },
  "topic:ceasefire": {
    label: "Ceasefire",
    spellings: {
      en: ["ceasefire", "truce", "cessation of hostilities"],
      ar: ["وقف إطلاق النار", "هدنة"],
      fr: ["trêve"],
      ru: ["перемирие"],
    },
  },
};

/** Puts a few names on record, in four languages. */
export async function putNames(): Promise<void> {
  for (const [id, name] of Object.entries(NAMES)) await putName(id, name);
}

export async function putName(id: string, name: Partial<NameInput>): Promise<void> {
  const response = await curate("PUT", `/api/names/${id}`, { type: "kind", spellings: {}, label: id, ...name });
  if (!response.ok) throw new Error(await response.text());
  await response.body?.cancel();
}

export const head = async (): Promise<number> => (await readHead(env.DB)).number;
export const vocabulary = async (): Promise<Names> => readNames(env.DB, await readHead(env.DB));

/** The log's entries of one article, event or name. */
export const entriesOf = async (subject: string) =>
  (await readEntries(env.DB, 0, 10_000)).filter((entry) => entry.subject === subject);

/** How many rows a query finds. */
export const count = async (sql: string, ...values: unknown[]): Promise<number> =>
  (await env.DB.prepare(`SELECT count(*) AS count FROM ${sql}`)
    .bind(...values)
    .first<number>("count")) ?? 0;
