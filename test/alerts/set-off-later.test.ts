/** An article that set off no alert when it was added, and becomes new later, sets them off then, once. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { countSetOff } from "../../src/alerts/set-off.ts";
import { type ArticleInput, articleInput } from "../../src/record/articles/article.ts";
import { corrected } from "../../src/record/articles/draft-article.ts";
import { readArticle } from "../../src/record/articles/read-articles.ts";
import { addArticle as addToRecord, putArticle } from "../../src/record/articles/write-articles.ts";
import { readHead } from "../../src/record/log.ts";
import { readNames } from "../../src/record/names/read-names.ts";
import { type Alert, addArticle, bearer, CURATOR, call, deliveries, followed, putNames, tick } from "./support.ts";

type Mode = NonNullable<ArticleInput["mode"]>;

/** An alert that is a feed: it is active at once, and calls nobody. */
async function registerFeed(query: string): Promise<Alert> {
  const response = await call("POST", "/api/alerts", { query, channel: { type: "feed" } });
  expect(response.status).toBe(201);
  return response.json();
}

const put = async (id: string, text: string, more: Partial<ArticleInput> = {}) => {
  const body = { title: "An article", text, published_at: "2016-09-22T10:00:00Z", ...more };
  const response = await call("PUT", `/api/articles/${id}`, body, CURATOR);
  expect(response.status).toBeLessThan(300);
};

/** The articles that an alert was told of, once the shards have followed the log. */
async function told(alert: Alert): Promise<string[]> {
  await followed();
  return (await deliveries(alert)).map(({ message }) => (message.data as { article: { id: string } }).article.id);
}

let word = 0;
/** A word of its own for each test, and an alert for it. */
async function watched(): Promise<{ text: string; alert: Alert; id: string }> {
  const text = `zirconium${word++}`;
  return { text, id: text, alert: await registerFeed(text) };
}

beforeAll(putNames);

describe("an article put as new", () => {
  it.each([
    [["silent", "new"], 1],
    [["historic", "new"], 1],
    [["silent", "historic"], 0],
    [["silent", "historic", "new"], 1],
    [["historic", "silent", "new"], 1],
    [["silent", "new", "new"], 1],
    [["silent", "new", "silent", "new"], 1],
    [["new", "silent", "new"], 1],
    [["new", "historic", "new"], 1],
    [["new", "historic"], 1],
  ] as const)("%s: it is told of %i times", async ([first, ...then], times) => {
    const { text, id, alert } = await watched();
    await addArticle(text, { id, mode: first });
    for (const mode of then) {
      await followed();
      await put(id, text, { mode });
    }
    expect(await told(alert)).toEqual(Array.from({ length: times }, () => id));
  });

  it("is told of once where it is corrected in the same step, as it says now", async () => {
    const { text, id, alert } = await watched();
    await addArticle("Nothing yet.", { id, mode: "silent" });
    await put(id, text, { mode: "new" });
    await put(id, `${text} and more`, { mode: "new" });
    expect(await told(alert)).toEqual([id]);
  });

  it("is not told of by a correction that makes it match", async () => {
    const { text, id, alert } = await watched();
    await addArticle("Nothing yet.", { id, mode: "silent" });
    await put(id, "Nothing yet.", { mode: "new" });
    await followed();
    await put(id, text, { mode: "new" });
    expect(await told(alert)).toEqual([]);
  });

  it("reaches an alert that was registered while it was silent", async () => {
    const { text, id } = await watched();
    await addArticle(text, { id, mode: "silent" });
    const later = await registerFeed(text);
    await put(id, text, { mode: "new" });
    expect(await told(later)).toEqual([id]);
  });

  it("is not told of again to whoever got it by a replay", async () => {
    const { text, id, alert } = await watched();
    await addArticle(text, { id, mode: "historic" });
    await followed();
    const replayed = await call(
      "POST",
      `/api/alerts/${alert.id}/replay`,
      { since: "2016-01-01T00:00:00Z" },
      bearer(alert),
    );
    expect(replayed.status).toBe(202);
    await put(id, text, { mode: "new" });
    expect(await told(alert)).toEqual([id]);
  });
});

it.each([
  [["silent", "new"], 1],
  [["historic", "new"], 1],
  [["new", "silent", "new"], 1],
  [["silent", "new", "silent", "new"], 1],
  [["new", "silent"], 0],
  [["silent", "new", "historic"], 0],
] as const)("%s, before any shard has followed: it is told of %i times", async ([first, ...then], times) => {
  const { text, id, alert } = await watched();
  const names = await readNames(env.DB, await readHead(env.DB));
  const input = (mode: Mode) => articleInput.parse({ title: "An article", text, published_at: null, mode });
  await addToRecord(env.DB, { ...input(first), id }, names);
  for (const mode of then) await putArticle(env.DB, id, input(mode), names);
  await tick();
  expect(await told(alert)).toEqual(Array.from({ length: times }, () => id));
});

it("how many alerts it would set off is counted before, without those that it was told of", async () => {
  const { text, id } = await watched();
  await addArticle(text, { id, mode: "silent" });
  const asNew = async () => {
    const old = await readArticle(env.DB, id);
    if (old === undefined) throw new Error("there is no such article");
    return corrected(old, articleInput.parse({ title: "An article", text, published_at: null, mode: "new" }));
  };
  expect(await countSetOff(env, await asNew())).toEqual({ alerts: 1, silent: 0 });
  await put(id, text, { mode: "new" });
  await followed();
  await put(id, text, { mode: "silent" });
  expect(await countSetOff(env, await asNew())).toEqual({ alerts: 0, silent: 0 });
});

it("the API does not show which entry it was", async () => {
  const { text, id } = await watched();
  await addArticle(text, { id });
  expect(await (await call("GET", `/api/articles/${id}`)).json()).not.toHaveProperty("set_off");
});
