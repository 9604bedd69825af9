/** What a query would do, before anyone registers it. */
import * as z from "zod";
import { inQuery } from "../http/input.ts";
import { everyone, json, operation } from "../http/operation.ts";
import { describeArticle } from "../messages/compose.ts";
import { matchedSchema } from "../messages/message-schema.ts";
import { reading } from "../query/reading.ts";
import { queryParameter } from "../record/fields.ts";
import { readRecentHead } from "../record/log.ts";
import { readNames } from "../record/names/read-names.ts";
import { previewQuery } from "../record/search/preview-query.ts";
import { readQuery } from "../record/search/read-query.ts";
import { alertAnswers } from "./alert-answers.ts";

const preview = z.strictObject({
  query: z.string().describe("In canonical form"),
  reading: alertAnswers.reading,
  warnings: alertAnswers.warnings,
  total: z.int().min(0).describe("How many articles match"),
  by_month: z.record(z.string().regex(/^[0-9]{4}-[0-9]{2}$/), z.int().positive()).describe("The same by month (UTC)"),
  matches: z.array(matchedSchema).describe("The newest matches, and why they match"),
  complete: z.boolean().describe("False if the preview ended early: then older articles are not counted"),
});

/**
 * GET /api/preview: how the query was read, and what it would have sent from all articles on record, including historic
 * ones. Silent articles never set off alerts, so they are not counted.
 */
export const previewAlert = operation(
  {
    id: "previewQuery",
    summary: "What a query would do: how it is read, warnings, and what it finds on record",
    tag: "Alerts",
    input: { access: everyone, query: inQuery(z.object({ q: queryParameter })) },
    answers: { 200: json("The preview", preview) },
    problems: [429],
  },
  async ({ query: { q }, reply }, { env }) => {
    const names = await readNames(env.DB, await readRecentHead(env.DB));
    const query = readQuery(q, names, "q");
    const { matches, ...found } = await previewQuery(env.DB, names, q, query);
    return reply(200, {
      query: query.canonical,
      reading: reading(query.tree),
      ...found,
      matches: matches.map(({ article, matches }) => ({ article: describeArticle(article), matches })),
    });
  },
);
