import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { countSetOff } from "../../src/alerts/set-off.ts";
import type { ArticleInput } from "../../src/record/articles/article.ts";
import { draftArticle } from "../../src/record/articles/draft-article.ts";
import { putEvent } from "../client.ts";
import {
  type Alert,
  addArticle,
  call,
  followed,
  putNames,
  register,
  registerConfirmed,
  rows,
  view,
} from "./support.ts";

const alerts: Alert[] = [];

/** An alert that is a feed: it is active at once, and calls nobody. */
async function registerFeed(query: string): Promise<Alert> {
  const response = await call("POST", "/api/alerts", { query, channel: { type: "feed" } });
  if (response.status !== 201) throw new Error(await response.text());
  return { ...(await response.json<Omit<Alert, "name">>()), name: "" };
}

const dryRun = async (input: ArticleInput) => countSetOff(env, await draftArticle(env.DB, "draft", input));

/** How many alerts have got a message, by how many. */
const sent = async (): Promise<number[]> => Promise.all(alerts.map(async (alert) => (await view(alert)).latest));

beforeAll(async () => {
  await putNames();
  await putEvent("about-aleppo", { places: ["aleppo"] });
  const queries = [
    "aleppo",
    "place:aleppo",
    '"aleppo"',
    "aleppo -quagmire",
    "ceasefire OR quagmire",
    "title:quagmire",
    "lang:fr",
    "convoy NEAR/4 aleppo",
    "quag*",
    "aleppo",
  ];
  for (const query of queries) alerts.push(await registerFeed(query));
  // One that is paused, and one that nobody has confirmed: that one is sent its messages when somebody does.
  const paused = await registerConfirmed("set-off-paused", "aleppo");
  const patched = await call(
    "PATCH",
    `/api/alerts/${paused.id}`,
    { status: "paused" },
    { authorization: `Bearer ${paused.token}` },
  );
  expect(patched.status).toBe(200);
  alerts.push(paused, await register("set-off-pending", "quagmire", "silent"));
});

it.each<[name: string, more: Partial<ArticleInput>]>([
  ["one that few ask for", { text: "A quagmire one." }],
  ["one with a name", { text: "A convoy reached Aleppo two." }],
  ["one with a name in another script", { text: "وصلت القافلة إلى حلب three" }],
  ["one with what others leave out", { text: "Aleppo, a quagmire four." }],
  ["one with it in the title", { title: "Quagmire", text: "Five." }],
  ["one in another language", { text: "Une trêve six.", language: "fr" }],
  ["one that has a name by its event alone", { text: "Seven.", events: ["about-aleppo"] }],
  ["one that nobody asks for", { text: "Nothing of it eight." }],
  ["a historic one", { text: "Aleppo nine quagmire.", mode: "historic" }],
  ["a silent one", { text: "Aleppo ten quagmire.", mode: "silent" }],
])("the count before is the number of alerts that are sent it: %s", async (_, more) => {
  const input = { title: "A dispatch", published_at: null, text: "", ...more };
  const before = await sent();
  const messages = await rows<{ count: number }>("SELECT count(*) AS count FROM messages");
  const told = await dryRun(input);
  expect(await rows("SELECT count(*) AS count FROM messages")).toEqual(messages);
  expect(await sent()).toEqual(before);
  const { text, ...rest } = input;
  await addArticle(text, rest);
  await followed();
  const after = await sent();
  const got = after.filter((latest, i) => latest === (before[i] ?? 0) + 1).length;
  expect(after.reduce((sum, latest) => sum + latest, 0)).toBe(before.reduce((sum, latest) => sum + latest, 0) + got);
  expect(told).toEqual({ alerts: got, silent: 0 });
});

it("one that sets off all of several counts each", async () => {
  expect((await dryRun({ title: "Aleppo", text: "Aleppo eleven.", published_at: null })).alerts).toBeGreaterThan(2);
});

it("a shard that does not answer is told of, and the others are counted", async () => {
  const article = await draftArticle(env.DB, "draft", { title: "Aleppo", text: "Twelve.", published_at: null });
  const whole = await countSetOff(env, article);
  await env.DB.prepare("INSERT INTO shards (number, opened_at) VALUES (7, '')").run();
  const broken = {
    ...env,
    SHARD: {
      getByName: (name: string) => {
        if (name === "7") throw new Error("gone");
        return env.SHARD.getByName(name);
      },
    },
  };
  expect(whole.alerts).toBeGreaterThan(0);
  expect(await countSetOff(broken, article)).toEqual({ alerts: whole.alerts, silent: 1 });
  await env.DB.prepare("DELETE FROM shards WHERE number = 7").run();
});
