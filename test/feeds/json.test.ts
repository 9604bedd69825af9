import { beforeAll, describe, expect, it } from "vitest";
import { addArticle, curate, json, putEvent, putNames } from "../client.ts";
import { asPublisher, HARD_TITLES, itemOf, readJson, readRss, readText } from "./support.ts";

beforeAll(async () => {
  await putNames();
  for (const [i, [, title]] of HARD_TITLES.entries()) {
    await putEvent(`hard-${i}`, { title, summary: title, places: ["aleppo"], topics: ["ceasefire"] });
    await addArticle(`hard-${i}`, {
      title,
      summary: title,
      publisher: asPublisher(title),
      language: i % 2 ? "ar" : "en",
    });
  }
  await addArticle("control", { title: "A\u0000\u0007 \ud800 B", summary: "A\u0000B\r\nC" });
  await addArticle("sourced", {
    url: "https://paper.example/sourced",
    events: ["hard-0"],
    added_at: "2016-10-01T10:00:00Z",
  });
  await putEvent("month", { date: "2016-09", published_at: "2016-10-01T10:00:00Z" });
  await putEvent("corrected", {});
  await putEvent("corrected", { title: "Corrected" }, 200);
  await putEvent("retracted", {});
  await json(curate("DELETE", "/api/events/retracted", { reason: "No." }));
});

describe("RSS and JSON Feed have the same content", () => {
  it.each([
    "/feed.%?limit=200",
    "/articles.%?limit=200",
    "/feed.%?q=aleppo",
    "/articles.%?limit=3",
    "/feed.%?q=nothingatall",
  ])("%s", async (path) => {
    const rss = await readRss(path.replace("%", "rss"));
    const feed = await readJson(path.replace("%", "json"));
    const seconds = (time: string | undefined) => Math.floor(new Date(time ?? "").getTime() / 1000);
    expect([feed.title, feed.description, feed.home_page_url]).toEqual([rss.title, rss.description, rss.link]);
    expect(
      (feed.items ?? []).map((item) => ({
        id: item.id,
        url: item.url,
        title: item.title,
        html: item.content_html,
        published: seconds(item.date_published),
        changed: item.date_modified,
        creators: item.authors?.map(({ name }) => name),
        tags: item.tags,
      })),
    ).toEqual(
      (rss.items ?? []).map((item) => ({
        id: item.guid?.value,
        url: item.link,
        title: item.title,
        html: item.description,
        published: seconds(item.pubDate),
        changed: item.atom?.updated,
        creators: item.dc?.creators,
        tags: item.categories?.map(({ name }) => name),
      })),
    );
    const link = (rel: string) => rss.atom?.links?.find((each) => each.rel === rel)?.href;
    expect(feed.feed_url).toBe(link("self")?.replace(".rss", ".json"));
    expect(feed.next_url).toBe(link("next")?.replace(".rss", ".json"));
  });
});

describe("JSON Feed", () => {
  it("has its version, its own address, its page and its language", async () => {
    const feed = JSON.parse(await readText("/feed.json?q=Aleppo"));
    expect(feed).toMatchObject({
      version: "https://jsonfeed.org/version/1.1",
      title: "Parley: the Syria talks, 2015 and 2016: aleppo",
      feed_url: "https://wire.example/feed.json?q=aleppo",
      home_page_url: "https://wire.example/?q=aleppo",
      language: "en",
    });
  });

  it("has the date of an event in an extension, as precise as it is known", async () => {
    const { items } = JSON.parse(await readText("/feed.json?limit=200"));
    expect(itemOf<{ id: string; _event?: object }>(items, "parley:event:month")._event).toEqual({
      date: "2016-09",
      end_date: null,
      precision: "month",
      places: [],
      revision: 1,
      retracted: false,
    });
  });

  it("has times in RFC 3339, and leaves out unknown fields", async () => {
    const { items } = JSON.parse(await readText("/articles.json?limit=200"));
    const sourced = itemOf<Record<string, unknown> & { id: string }>(items, "parley:article:sourced");
    expect(sourced).toMatchObject({ url: "https://paper.example/sourced", date_published: "2016-10-01T10:00:00.000Z" });
    expect(Object.keys(sourced)).not.toContain("authors");
    expect(Object.keys(sourced)).not.toContain("language");
    expect(Object.values(itemOf(items, "parley:article:control"))).not.toContain(null);
  });

  it("has the language of an article on its item", async () => {
    const { items = [] } = await readJson("/articles.json?limit=200");
    expect(itemOf(items, "parley:article:hard-1").language).toBe("ar");
  });

  it("has the id, page and sources of an event, with absolute links", async () => {
    const { items = [] } = await readJson("/feed.json?limit=200");
    const { content_html = "", url } = itemOf(items, "parley:event:hard-0");
    expect(url).toBe("https://wire.example/events/hard-0");
    expect([...content_html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
      "https://paper.example/sourced",
    ]);
  });
});
