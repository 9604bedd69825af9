/** GET /api/preview: what a query would do, before anyone registers it. */

import type { Handler } from "../http/context.ts";
import { readParameter } from "../http/input.ts";
import { describeArticle } from "../messages/compose.ts";
import { reading } from "../query/reading.ts";
import { readRecentHead } from "../record/log.ts";
import { readNames } from "../record/names/read-names.ts";
import { previewQuery } from "../record/search/preview-query.ts";
import { readQuery } from "../record/search/read-query.ts";

/**
 * How the query in `q` was read and what it would have sent from all articles on record, historic ones included: they are what there
 * is to try it on. Silent ones never set off anything.
 */
export const previewAlert: Handler = async (_, { env, url }) => {
  const source = readParameter(url.searchParams, "q") ?? "";
  const names = await readNames(env.DB, await readRecentHead(env.DB));
  const query = readQuery(source, names, "q");
  const { matches, ...preview } = await previewQuery(env.DB, names, source, query);
  return Response.json({
    query: query.canonical,
    reading: reading(query.tree),
    ...preview,
    matches: matches.map(({ article, matches }) => ({ article: describeArticle(article), matches })),
  });
};
