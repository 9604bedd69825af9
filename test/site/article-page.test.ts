/** The page of an article, and the links that lead there from feeds. */
import { beforeAll, describe, expect, it } from "vitest";
import { addArticle, call, putEvent, putName } from "../client.ts";
import { itemOf, readAtom, readJson, readRss } from "../feeds/support.ts";

const ORIGIN = "https://wire.example";
const open = async (path: string) => {
  const response = await call(path, { headers: { accept: "text/html" } });
  return { status: response.status, page: await response.text() };
};

beforeAll(async () => {
  await putEvent("reported", { title: "It was reported" });
  await addArticle("with-url", { url: "https://paper.example/1", events: ["reported"] });
  await addArticle("of-an-event", { events: ["reported"] });
  await addArticle("of-none", { summary: "Our own words." });
});

describe("in feeds an article without an address has a link all the same", () => {
  it.each([
    ["with-url", "https://paper.example/1"],
    ["of-an-event", `${ORIGIN}/events/reported`],
    ["of-none", `${ORIGIN}/articles/of-none`],
  ])("%s: %s", async (id, link) => {
    const guid = `parley:article:${id}`;
    expect(itemOf((await readRss("/articles.rss")).items, guid).link).toBe(link);
    expect(itemOf((await readJson("/articles.json")).items, guid).url).toBe(link);
    const [alternate] = itemOf((await readAtom("/articles.atom")).entries, guid).links ?? [];
    expect(alternate?.href).toBe(link);
    expect((await call(`/articles/${id}`)).status).toBe(200);
  });

  it("in an alert's feed too", async () => {
    const body = JSON.stringify({ query: "zirconium", channel: { type: "feed" } });
    const registered = await call("/api/alerts", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const { feed_url } = await registered.json<{ feed_url: string }>();
    await addArticle("told-alone", { text: "Zirconium." });
    await addArticle("told-of-an-event", { text: "Zirconium.", events: ["reported"] });
    const path = feed_url.slice(ORIGIN.length).replace(".rss", ".json");
    await expect
      .poll(async () => ((await readJson(path)).items ?? []).map(({ url }) => url).sort(), { timeout: 20_000 })
      .toEqual([`${ORIGIN}/articles/told-alone`, `${ORIGIN}/events/reported`]);
  });
});

describe("the page of an article", () => {
  it("says who published what when, and what rests on it, and never its text", async () => {
    await addArticle("told", {
      title: "هدوء في حلب",
      text: "Never shown: tungsten.",
      language: "ar",
      publisher: "The Paper",
      published_at: "2016-09-22",
      summary: "Our own words.",
      url: "https://paper.example/told",
      events: ["reported"],
    });
    const { status, page } = await open("/articles/told");
    expect(status).toBe(200);
    for (const part of ["هدوء في حلب", "The Paper", "22 September 2016", "Our own words.", "Arabic"])
      expect(page).toContain(part);
    expect(page).toContain('href="https://paper.example/told"');
    expect(page).toMatch(/<a href="\/events\/reported"[^>]*>.*It was reported/);
    expect(page).not.toContain("tungsten");
  });

  it("invents no publisher, and shows markup as text", async () => {
    await addArticle("bare", { title: "<script>alert(1)</script>", published_at: null });
    const { page } = await open("/articles/bare");
    expect(page).toContain("unknown publisher");
    expect(page).not.toContain("<script>alert");
  });

  it("exists for a silent article; answers 404 for an unknown one", async () => {
    await addArticle("silent", { mode: "silent" });
    expect((await open("/articles/silent")).status).toBe(200);
    expect((await open("/articles/no-such")).status).toBe(404);
  });
});

it("in /feeds.opml no two feeds have the same title", async () => {
  await putName("actor:iran", { label: "Iran" });
  await putName("place:iran", { label: "Iran" });
  await putName("place:tripoli-lebanon", { label: "Tripoli" });
  await putName("place:tripoli-libya", { label: "tripoli" });
  await putName("topic:oil", { label: "Oil" });
  await putEvent("named", {
    actors: ["iran"],
    places: ["iran", "tripoli-lebanon", "tripoli-libya"],
    topics: ["oil"],
  });
  const text = await (await call("/feeds.opml")).text();
  const titles = [...text.matchAll(/<outline type="rss" text="([^"]*)"/g)].map(([, title]) => title);
  expect(titles).toEqual(
    expect.arrayContaining([
      "Iran (actor)",
      "Iran (place)",
      "Tripoli (place: tripoli-lebanon)",
      "tripoli (place: tripoli-libya)",
      "Oil",
    ]),
  );
  expect(new Set(titles.map((title) => title?.toLowerCase())).size).toBe(titles.length);
});
