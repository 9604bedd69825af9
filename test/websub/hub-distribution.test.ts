/** Content distribution (WebSub, section 7): what is sent, to whom, and what sets it off. */
import { createHmac } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { eventually, received, registerConfirmed, rows, settled } from "../alerts/support.ts";
import { addArticle, article, call as callWorker, curate, json, ORIGIN, putEvent, putNames } from "../client.ts";
import { behave, callbackAt, caughtUp, pushed, pushes, settledPushes, shut, subscribe } from "./hub.ts";

beforeAll(putNames);

const get = async (path: string) => {
  const answer = await callWorker(path);
  return { type: answer.headers.get("content-type"), body: await answer.text() };
};

/** Waits until all that was put on record has been distributed where it was to be. */
async function distributed(): Promise<void> {
  await caughtUp();
  await settledPushes();
}

describe("what is sent", () => {
  it.each(["/feed.rss", "/feed.json", "/feed.atom", "/feed.ics", "/articles.rss", "/articles.json", "/articles.atom"])(
    "of %s is the feed as it is, with its type and links",
    async (path) => {
      const name = `whole${path.replace(/\W/g, "-")}`;
      await subscribe(callbackAt(name), path);
      const source = await addArticle(`source${path.replace(/\W/g, "-")}`, { text: `Only for ${name}.` });
      if (path.startsWith("/feed")) await putEvent(`event-${name}`, { title: `For ${name}`, articles: [source.id] });
      await distributed();
      const push = (await pushes(name)).at(-1);
      const { type, body } = await get(path);
      expect(push?.body).toBe(body);
      expect(push?.headers["content-type"]).toBe(type);
      expect(push?.headers["link"]).toBe(`<${ORIGIN}/hub>; rel="hub", <${ORIGIN}${path}>; rel="self"`);
      expect(push?.headers).not.toHaveProperty("x-hub-signature");
      expect(push?.headers).not.toHaveProperty("webhook-signature");
    },
  );

  it("is the canonical feed, and that is what it calls itself, however the topic was written; beside it stands the topic", async () => {
    const path = "/feed.json?utm_source=x&limit=3&q=ÆTHER%20%20OR%20aether";
    await subscribe(callbackAt("canonical"), path);
    await putEvent("canonical", { title: "The aether meets" });
    const [push] = await pushed("canonical", 1);
    const self = JSON.parse(push?.body ?? "{}").feed_url;
    expect(push?.headers["link"]).toContain(`<${new URL(path, ORIGIN)}>; rel="self"`);
    expect(self).not.toContain("utm_source");
    expect((await get(self.slice(ORIGIN.length))).body).toBe(push?.body);
  });

  it.each(["secret", "s".repeat(199), "سر и тайна"])("is signed with the secret %s", async (secret) => {
    const name = `signed-${secret.length}`;
    await subscribe(callbackAt(name), "/feed.atom", { "hub.secret": secret });
    await putEvent(name, { title: `Signed «${name}», with é and ﷺ` });
    const [push] = await pushed(name, 1);
    const expected = createHmac("sha256", secret)
      .update(push?.body ?? "")
      .digest("hex");
    expect(push?.headers["x-hub-signature"]).toBe(`sha256=${expected}`);
  });

  it("holds the event that caused it", async () => {
    await subscribe(callbackAt("fresh"), "/feed.json");
    for (const number of [1, 2, 3]) {
      // The feed as it was before is warm.
      await get("/feed.json");
      await putEvent(`fresh-${number}`, { title: `Fresh news number ${number}` });
      await eventually(async () => (await pushes("fresh")).at(-1)?.body.includes(`number ${number}`) ?? false);
    }
    expect(await pushes("fresh")).toHaveLength(3);
  });
});

/** Puts a filter's subscriber and one of all beside each other. */
async function beside(name: string, path: string, word: string): Promise<{ all: string; filtered: string }> {
  await subscribe(callbackAt(`${name}-all`), path);
  await subscribe(callbackAt(`${name}-filtered`), `${path}?q=${encodeURIComponent(word)}`);
  return { all: `${name}-all`, filtered: `${name}-filtered` };
}

const counts = async ({ all, filtered }: { all: string; filtered: string }) => ({
  all: (await pushes(all)).length,
  filtered: (await pushes(filtered)).length,
});

describe("a filtered topic", () => {
  it("gets the events that match, by name in any language and by what is claimed", async () => {
    const both = await beside("event-filter", "/feed.rss", "aleppo claimword");
    await putEvent("other-city", { title: "Something in Geneva", places: ["geneva"] });
    await distributed();
    expect(await counts(both)).toEqual({ all: 1, filtered: 0 });
    await putEvent("match", { title: "Something", places: ["aleppo"], claims: [{ by: "x", says: "A claimword." }] });
    await distributed();
    expect(await counts(both)).toEqual({ all: 2, filtered: 1 });
    expect((await pushes(both.filtered))[0]?.body).not.toContain("Something in Geneva");
  });

  it("gets a correction that brings an event in, one that changes it there, and one that takes it out", async () => {
    const both = await beside("correction", "/feed.json", "quicksilver");
    await putEvent("moving", { title: "Lead" });
    await distributed();
    expect(await counts(both)).toEqual({ all: 1, filtered: 0 });
    await putEvent("moving", { title: "Quicksilver" }, 200);
    await putEvent("moving", { title: "Quicksilver!", summary: "More of it." }, 200);
    await distributed();
    const items = async () => JSON.parse((await pushes(both.filtered)).at(-1)?.body ?? "{}").items;
    expect(await items()).toMatchObject([{ title: expect.stringContaining("Quicksilver!") }]);
    const before = (await pushes(both.filtered)).length;
    await putEvent("moving", { title: "Lead again" }, 200);
    await distributed();
    expect(await pushes(both.filtered)).toHaveLength(before + 1);
    // It stays to be seen for seven days: who has it has to hear what became of it.
    expect(await items()).toMatchObject([{ title: "Lead again" }]);
    await putEvent("moving", { title: "Lead once more" }, 200);
    await distributed();
    expect(await pushes(both.filtered)).toHaveLength(before + 1);
  });

  it("gets a retraction", async () => {
    const both = await beside("retraction", "/feed.rss", "phantom");
    await putEvent("phantom", { title: "A phantom" });
    await putEvent("solid", { title: "Solid" });
    await distributed();
    const before = await counts(both);
    await json(curate("DELETE", "/api/events/phantom", { reason: "It was a mirage." }));
    await distributed();
    expect(await counts(both)).toEqual({ all: before.all + 1, filtered: before.filtered + 1 });
    expect((await pushes(both.filtered)).at(-1)?.body).toContain("It was a mirage.");
    await json(curate("DELETE", "/api/events/solid", { reason: "Thin air." }));
    await distributed();
    expect((await counts(both)).filtered).toBe(before.filtered + 1);
  });

  it("gets the articles that match, the corrected ones included", async () => {
    const both = await beside("article-filter", "/articles.json", "marzipan");
    await addArticle("nougat", { title: "Nougat", text: "Nothing else." });
    await distributed();
    expect(await counts(both)).toEqual({ all: 1, filtered: 0 });
    await addArticle("marzipan", { title: "Marzipan", text: "And almonds." });
    await distributed();
    expect(await counts(both)).toEqual({ all: 2, filtered: 1 });
    const corrected = article("marzipan", { title: "Marzipan, rightly", text: "And almonds." });
    await json(curate("PUT", "/api/articles/marzipan", corrected));
    await distributed();
    expect(await counts(both)).toEqual({ all: 3, filtered: 2 });
    // It leaves the filter, which its new text does not show.
    await json(curate("PUT", "/api/articles/marzipan", { ...corrected, title: "Fudge" }));
    await distributed();
    expect(await counts(both)).toEqual({ all: 4, filtered: 3 });
    await json(curate("PUT", "/api/articles/nougat", article("nougat", { title: "Nougat!", text: "Still nothing." })));
    await distributed();
    expect((await counts(both)).filtered).toBe(3);
  });

  it("gets the events that an article names when it is added, since it is their source", async () => {
    const both = await beside("sourced", "/feed.rss", "unsourced");
    await putEvent("unsourced", { title: "Unsourced so far" });
    await putEvent("sourceless", { title: "Never mind" });
    await distributed();
    const before = await counts(both);
    await addArticle("a-source", { title: "The source at last", events: ["unsourced"] });
    await distributed();
    expect(await counts(both)).toEqual({ all: before.all + 1, filtered: before.filtered + 1 });
    expect((await pushes(both.filtered)).at(-1)?.body).toContain("The source at last");
  });
});

describe("nothing is sent", () => {
  it("of what is silent; of what is historic it is", async () => {
    const events = await beside("mode-events", "/feed.rss", "modeword");
    const articles = await beside("mode-articles", "/articles.rss", "modeword");
    await putEvent("silent", { title: "Silent modeword", mode: "silent" });
    await putEvent("silent", { title: "Silent modeword!" }, 200);
    await addArticle("silent-article", { title: "Silent modeword", mode: "silent" });
    await distributed();
    expect([await counts(events), await counts(articles)]).toEqual([
      { all: 0, filtered: 0 },
      { all: 0, filtered: 0 },
    ]);
    await putEvent("historic", { title: "Historic modeword", mode: "historic" });
    await addArticle("historic-article", { title: "Historic modeword", mode: "historic" });
    await distributed();
    expect([await counts(events), await counts(articles)]).toEqual([
      { all: 1, filtered: 1 },
      { all: 1, filtered: 1 },
    ]);
  });

  it("but an event that is silent from now on leaves the feeds", async () => {
    await subscribe(callbackAt("silenced"), "/feed.json?q=hushword");
    await putEvent("hushed", { title: "A hushword" });
    await pushed("silenced", 1);
    await putEvent("hushed", { title: "A hushword", mode: "silent" }, 200);
    const [, push] = await pushed("silenced", 2);
    expect(JSON.parse(push?.body ?? "{}").items).toEqual([]);
  });

  it("of articles to those who asked for events, and the other way round", async () => {
    await subscribe(callbackAt("events-only"), "/feed.rss");
    await subscribe(callbackAt("articles-only"), "/articles.rss");
    await addArticle("just-an-article");
    await distributed();
    await putEvent("just-an-event", { title: "Just an event" });
    await distributed();
    expect((await pushes("events-only")).length).toBe(1);
    expect((await pushes("articles-only")).length).toBe(1);
  });

  it("where the topic is what was distributed last", async () => {
    await subscribe(callbackAt("limited"), "/feed.json?limit=1");
    await putEvent("unheard", { title: "An older one", mode: "silent" });
    await putEvent("older", { title: "An older one" });
    await putEvent("newer", { title: "A newer one" });
    await distributed();
    const before = (await pushes("limited")).length;
    // It stands in no feed, and may have stood in one.
    await putEvent("unheard", { title: "An older one, corrected", mode: "silent" }, 200);
    await distributed();
    expect(await pushes("limited")).toHaveLength(before);
    // It stands beside the newest.
    await putEvent("older", { title: "An older one, corrected" }, 200);
    await distributed();
    expect(await pushes("limited")).toHaveLength(before + 1);
  });
});

describe("an alert and a subscription of the same query", () => {
  it("each get their own", async () => {
    const alert = await registerConfirmed("hub-same-alert", "twinword");
    await subscribe(callbackAt("same-articles"), "/articles.json?q=twinword");
    await subscribe(callbackAt("same-events"), "/feed.json?q=twinword");
    expect(await rows("SELECT number FROM queries WHERE source = 'twinword'")).toHaveLength(1);
    await addArticle("twin", { title: "A twinword", text: "In an article." });
    await settled(alert, 1);
    await distributed();
    const [message] = await received("hub-same-alert");
    expect(JSON.parse(message?.body ?? "{}").type).toBe("article.matched");
    expect(JSON.parse((await pushes("same-articles"))[0]?.body ?? "{}").items).toHaveLength(1);
    expect(await pushes("same-events")).toEqual([]);
    await putEvent("twin", { title: "A twinword of an event" });
    await distributed();
    expect(await pushes("same-events")).toHaveLength(1);
    expect(await received("hub-same-alert")).toHaveLength(1);
    expect(await pushes("same-articles")).toHaveLength(1);
  });

  it("and are counted apart", async () => {
    const { shards } = await json<{ shards: { alerts: number; active: number; subscriptions: number }[] }>(
      callWorker("/api/status"),
    );
    const [{ alerts, active } = { alerts: -1, active: -1 }] = shards;
    const [kept] = await rows<{ alerts: number; subscriptions: number }>(
      `SELECT (SELECT count(*) FROM alerts) AS alerts, (SELECT count(*) FROM subscriptions) AS subscriptions`,
    );
    expect({ alerts, active, subscriptions: shards[0]?.subscriptions }).toEqual({ ...kept, active: 1 });
    expect(alerts).toBe(1);
  });
});

it("several changes while a callback does not answer come as one", async () => {
  const name = "coalescing";
  await behave(name, "status-204");
  await subscribe(callbackAt(name, "agree", "gate"), "/feed.json?q=avalanche");
  await shut(name);
  await putEvent("avalanche-1", { title: "Avalanche 1" });
  await pushed(name, 1);
  for (const number of [2, 3, 4, 5]) await putEvent(`avalanche-${number}`, { title: `Avalanche ${number}` });
  await caughtUp();
  await behave(name, "status-500");
  await eventually(async () => (await pushes(name)).length > 1);
  await behave(name, "status-204");
  await distributed();
  const got = await pushes(name);
  expect(JSON.parse(got.at(-1)?.body ?? "{}").items).toHaveLength(5);
  expect(JSON.parse(got[0]?.body ?? "{}").items).toHaveLength(1);
  // The attempt under way, and what came of the four that came meanwhile: none of them by itself.
  expect(got.slice(1).every(({ body }) => JSON.parse(body).items.length === 5)).toBe(true);
});
