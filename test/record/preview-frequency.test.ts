/** A file of its own: what is common is told by all that is on record. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { parseQuery } from "../../src/query/grammar.ts";
import { previewQuery } from "../../src/record/search/preview-query.ts";
import { addArticle, call, json, vocabulary } from "../client.ts";

const common = async (q: string): Promise<string[]> => {
  const { warnings } = await json<{ warnings: string[] }>(call(`/api/preview?q=${encodeURIComponent(q)}`));
  return warnings.filter((warning) => warning.includes("common"));
};

const day = (n: number): string => new Date(Date.parse("2016-01-01") + n * 86_400_000).toISOString().slice(0, 10);

it("warns of a query that would fire almost daily, and names the part of an OR", async () => {
  // Four on one day say nothing.
  for (let i = 0; i < 4; i++) await addArticle(`early-${i}`, { text: "Steel.", published_at: day(0) });
  expect(await common("steel")).toEqual([]);

  // Of twenty days: coal on each, iron on half of them, tin on four, and lead five times on one day.
  for (let i = 0; i < 20; i++) {
    const text = ["Coal.", i % 2 === 0 && "Iron.", i % 5 === 0 && "Tin."].filter(Boolean).join(" ");
    await addArticle(`daily-${i}`, { text, published_at: day(i + 1) });
  }
  for (let i = 0; i < 5; i++) await addArticle(`lead-${i}`, { text: "Lead.", published_at: day(1) });
  await addArticle("quiet", { text: "Tin.", published_at: day(40), mode: "silent" });

  expect(await common("coal")).toEqual([
    "coal is so common that it would fire almost daily: it matches 20 of the newest 29 articles, on 20 of the 21 days that have any",
  ]);
  expect(await common("tin")).toEqual([]);
  expect(await common("lead")).toEqual([]);
  expect(await common("iron")).toEqual([]);
  // The query as a whole, not each term of it.
  expect(await common("coal tin")).toEqual([]);
  expect(await common("coal iron")).toEqual([]);
  expect(await common("coal -tin")).toEqual([expect.stringMatching(/^coal -tin is so common .* 16 of the newest 29/)]);
  expect(await common("tin OR coal")).toEqual([expect.stringMatching(/^coal is so common/)]);
  expect(await common("iron OR tin OR lead")).toEqual([
    expect.stringMatching(/^iron OR lead OR tin is so common .* 17 of the newest 29 articles, on 12 of the 21 days/),
  ]);
});

it("ends at its limit and says so", async () => {
  const names = await vocabulary();
  const query = parseQuery("coal", names.vocabulary);
  const all = await previewQuery(env.DB, names, "coal", query);
  expect([all.total, all.complete]).toEqual([20, true]);
  const some = await previewQuery(env.DB, names, "coal", query, { step: 3, steps: 2, text: 1000 });
  expect([some.total, some.complete, some.matches.map(({ article }) => article.id)]).toEqual([
    6,
    false,
    ["daily-19", "daily-18", "daily-17", "daily-16", "daily-15", "daily-14"],
  ]);
  expect(some.warnings).toContain(
    "coal may match so many articles that only the newest 6 of them were looked at: older ones are not counted",
  );
  const little = await previewQuery(env.DB, names, "coal", query, { step: 3, steps: 10, text: 60 });
  expect([little.total < 6, little.complete]).toEqual([true, false]);
});
