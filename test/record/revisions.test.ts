import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { COMPARED, readHistory } from "../../src/record/events/event-history.ts";
import { addArticle, curate, json, putEvent, putNames } from "../client.ts";

const sourcesOf = async (id: string) => Object.fromEntries((await readHistory(env.DB, id)).sources);

beforeAll(putNames);

describe("the history of an event", () => {
  it("has every revision, newest first, with the reason of a retraction", async () => {
    await putEvent("h-all", { title: "First" });
    await putEvent("h-all", { title: "Second" }, 200);
    await json(curate("DELETE", "/api/events/h-all", { reason: "Withdrawn." }));
    const { revisions } = await readHistory(env.DB, "h-all");
    expect(revisions.map(({ revision, document, retracted }) => [revision, document.title, retracted])).toEqual([
      [3, "Second", "Withdrawn."],
      [2, "Second", null],
      [1, "First", null],
    ]);
    for (const { at } of revisions) expect(at).toMatch(/Z$/);
  });

  it("has the articles that a revision named, though the event no longer rests on them", async () => {
    await addArticle("h-first", { title: "Einst", language: "de" });
    await addArticle("h-second", { title: "Ours", language: "ar", ours: ["title"] });
    await putEvent("h-sources", { articles: ["h-first"] });
    await putEvent("h-sources", { articles: ["h-second"] }, 200);
    const known = { linked_at: null, corrected_at: null };
    expect(await sourcesOf("h-sources")).toEqual({
      "h-first": { id: "h-first", title: "Einst", language: "de", ...known },
      "h-second": { id: "h-second", title: "Ours", language: "en", ...known },
    });
  });

  it("has the time when an article was added without a revision, and when one was corrected", async () => {
    await addArticle("h-listed", { title: "Before" });
    await putEvent("h-noted", { articles: ["h-listed"] });
    await addArticle("h-came", { events: ["h-noted"] });
    const { id: _, ...body } = {
      id: "h-listed",
      title: "After",
      text: "Text of h-listed.",
      published_at: "2016-09-22T18:30:00.000Z",
    };
    await json(curate("PUT", "/api/articles/h-listed", body));
    expect(await sourcesOf("h-noted")).toMatchObject({
      "h-came": { linked_at: expect.stringMatching(/Z$/), corrected_at: null },
      "h-listed": { title: "After", linked_at: null, corrected_at: expect.stringMatching(/Z$/) },
    });
  });

  it("has the newest revisions, and one more to compare with", async () => {
    await putEvent("h-many");
    await copyRevisions("h-many", COMPARED + 10, "");
    const { revisions } = await readHistory(env.DB, "h-many");
    expect([revisions.length, revisions[0]?.revision]).toEqual([COMPARED + 1, COMPARED + 10]);
  });

  it("has fewer revisions if they are long", async () => {
    await putEvent("h-long");
    await copyRevisions("h-long", 10, "x".repeat(100_000));
    const { revisions } = await readHistory(env.DB, "h-long");
    expect(revisions.map(({ revision }) => revision)).toEqual([10, 9]);
  });
});

/** Revisions up to a number, as the first one, with a summary that is so long. */
const copyRevisions = (event: string, last: number, summary: string) =>
  env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
     INSERT INTO revisions SELECT event, i, log, at, json_set(document, '$.summary', ?3), NULL FROM revisions, n WHERE event = ?1 AND revision = 1`,
  )
    .bind(event, last, summary)
    .run();
