import { beforeAll, describe, expect, it } from "vitest";
import { FORMATS } from "../../src/feeds/feed-formats.ts";
import { addArticle, curate, json, putEvent, putName, putNames } from "../client.ts";
import { renderText } from "./render.ts";
import { asPublisher, HARD_TITLES, itemOf, readRss, readText } from "./support.ts";

const GMT =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;
const eventIn = async (id: string, path = "/feed.rss?limit=200") =>
  itemOf((await readRss(path)).items, `parley:event:${id}`);
const articleIn = async (id: string, path = "/articles.rss?limit=200") =>
  itemOf((await readRss(path)).items, `parley:article:${id}`);

beforeAll(putNames);

describe("an item of RSS", () => {
  it("has an opaque guid, its moment on the wire, its page, its categories and its date in words", async () => {
    await putEvent("whole", {
      title: "A truce began",
      summary: "It held.",
      date: "2016-09-12",
      places: ["aleppo"],
      topics: ["ceasefire"],
      published_at: "2016-10-01T12:00:00+02:00",
    });
    const item = await eventIn("whole");
    expect(item.guid).toEqual({ value: "parley:event:whole", isPermaLink: false });
    expect(item.pubDate).toBe("Sat, 01 Oct 2016 10:00:00 GMT");
    expect(item.link).toBe("https://wire.example/events/whole");
    expect(item.categories?.map(({ name }) => name)).toEqual(["Ceasefire", "Aleppo"]);
    expect(item.description).toContain("12 September 2016");
    expect(item.description).toContain("Not yet sourced");
  });

  it("of an article has its publisher, its own address and our summary", async () => {
    await addArticle("whole", {
      url: "https://paper.example/whole?a=1&b=2",
      publisher: "The <Paper>",
      summary: "Our words.",
      added_at: "2016-10-02T08:00:00Z",
    });
    const item = await articleIn("whole");
    expect(item.guid).toEqual({ value: "parley:article:whole", isPermaLink: false });
    expect(item.link).toBe("https://paper.example/whole?a=1&b=2");
    expect(item.dc?.creators).toEqual(["The <Paper>"]);
    expect(item.pubDate).toBe("Sun, 02 Oct 2016 08:00:00 GMT");
    expect(item.description).toContain("Our words.");
    expect(item.authors).toBeUndefined();
  });

  it("of an article without address and publisher has neither", async () => {
    await addArticle("bare");
    const item = await articleIn("bare");
    expect([item.link, item.dc]).toEqual(["https://wire.example/articles/bare", undefined]);
    expect(item.description).toContain("publisher not known");
  });

  it("dates are in GMT with a year of four digits, guids are never addresses", async () => {
    const { items = [] } = await readRss("/feed.rss?limit=200");
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) {
      expect(item.pubDate).toMatch(GMT);
      expect(item.guid?.isPermaLink).toBe(false);
    }
  });
});

describe("titles are escaped once", () => {
  it.each(HARD_TITLES)("%s", async (name, title) => {
    const id = name.toLowerCase().replaceAll(/\W+/g, "-");
    await putEvent(id, { title, summary: title });
    const publisher = asPublisher(title);
    await addArticle(id, { title, summary: title, publisher });
    expect((await eventIn(id)).title).toBe(title);
    const item = await articleIn(id);
    expect([item.title, item.dc?.creators]).toEqual([title, [publisher]]);
    // In HTML, the text of the title is escaped once more, and only that.
    const escaped = title.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
    expect(item.description).toContain(escaped);
    expect((await eventIn(id)).description).toContain(escaped);
  });

  it.each([
    ["control characters", "A\u0000B\u0007C\u001f", "ABC"],
    ["a lone surrogate", "A \ud83d B", "A \ufffd B"],
    ["non-characters", "A\ufffeB\uffffC", "ABC"],
  ])("removes %s, which XML does not allow", async (name, title, expected) => {
    const id = `xml-${name.toLowerCase().replaceAll(" ", "-")}`;
    await addArticle(id, { title });
    expect((await articleIn(id)).title).toBe(expected);
  });

  it.each(["rss", "atom", "ics"] as const)(
    "nothing that XML does not allow leaves, wherever it came from: %s",
    (extension) => {
      const bad = "\u0000\u000b\u001f\ufffe\uffff";
      const text = `A${bad}\ud800`;
      const written = renderText(FORMATS[extension], {
        id: "parley:events",
        title: text,
        description: text,
        author: text,
        home: "https://wire.example/",
        self: "https://wire.example/feed.rss",
        older: undefined,
        current: undefined,
        hub: undefined,
        items: [
          {
            guid: "parley:event:x",
            url: undefined,
            title: text,
            html: text,
            text,
            published: "2016-10-01T10:00:00.000Z",
            updated: "2016-10-01T10:00:00.000Z",
            creator: text,
            categories: [text],
            language: "en",
            happened: {
              date: "2016-09",
              end_date: null,
              precision: "month",
              places: [{ name: text, latitude: 36.2, longitude: 37.1 }],
              revision: 1,
              retracted: false,
            },
          },
        ],
      });
      for (const character of bad) expect(written).not.toContain(character);
      expect(written.isWellFormed()).toBe(true);
    },
  );
});

describe("languages", () => {
  it.each([
    ["ar", "rtl"],
    ["ar-SY", "rtl"],
    ["fa", "rtl"],
    ["he", "rtl"],
    ["ckb", "rtl"],
    ["en", "ltr"],
    ["arn", "ltr"],
    ["ru", "ltr"],
  ])("the HTML of an article in %s is %s", async (language, direction) => {
    const id = `language-${language.toLowerCase()}`;
    await addArticle(id, { language });
    expect((await articleIn(id)).description).toMatch(new RegExp(`^<div lang="${language}" dir="${direction}">`));
  });
});

describe("a channel of RSS", () => {
  it("names itself in canonical form, its page, its language and when it last changed", async () => {
    const feed = await readRss("/feed.rss");
    expect(feed.atom?.links).toContainEqual({
      href: "https://wire.example/feed.rss",
      rel: "self",
      type: "application/rss+xml",
    });
    expect([feed.link, feed.language]).toEqual(["https://wire.example/", "en"]);
    expect(feed.lastBuildDate).toMatch(GMT);
  });

  it("has the last change of its items as its date, not the present time", async () => {
    await putName("place:quiet-corner", { label: "Quiet Corner" });
    await putEvent("old-1", { places: ["quiet-corner"], published_at: "2016-10-01T10:00:00Z" });
    await putEvent("old-2", { places: ["quiet-corner"], published_at: "2016-10-03T10:00:00Z" });
    await putEvent("old-3", { places: ["quiet-corner"], published_at: "2016-10-02T10:00:00Z" });
    const path = "/feed.rss?q=quiet+corner";
    expect((await readRss(path)).lastBuildDate).toBe("Mon, 03 Oct 2016 10:00:00 GMT");
    await putEvent("old-3", { places: ["quiet-corner"], title: "Corrected" }, 200);
    const { lastBuildDate, items = [] } = await readRss(path);
    const updated = itemOf(items, "parley:event:old-3").atom?.updated;
    expect(new Date(lastBuildDate ?? "").getTime()).toBe(Math.floor(new Date(updated ?? "").getTime() / 1000) * 1000);
  });

  it("has no items and no date if nothing is on record", async () => {
    const feed = await readRss("/feed.rss?q=nothingatall");
    expect([feed.items ?? [], feed.lastBuildDate]).toEqual([[], undefined]);
  });

  it("of a query has the canonical query in title, self link and page", async () => {
    const feed = await readRss("/feed.rss?q=+TRUCE++AND+(Aleppo)&utm_source=x");
    expect(feed.title).toBe("Parley: the Syria talks, 2015 and 2016: aleppo truce");
    const self = feed.atom?.links?.find(({ rel }) => rel === "self")?.href;
    expect(self).toBe("https://wire.example/feed.rss?q=aleppo%20truce");
    expect(feed.link).toBe("https://wire.example/?q=aleppo%20truce");
  });

  it("of a query with quotes, Arabic and punctuation can be fetched by its self link", async () => {
    const q = `"safe passage" OR (حلب -title:"<b>") OR a&b`;
    const first = await readText(`/articles.rss?q=${encodeURIComponent(q)}`);
    const { atom } = await readRss(`/articles.rss?q=${encodeURIComponent(q)}`);
    const self = atom?.links?.find(({ rel }) => rel === "self")?.href ?? "";
    expect(await readText(self.slice("https://wire.example".length))).toBe(first);
  });

  it("has absolute links only", async () => {
    await addArticle("linked", { url: "https://paper.example/linked" });
    await putEvent("linking", { articles: ["linked"] });
    for (const path of ["/feed.rss?limit=200", "/articles.rss?limit=200"]) {
      const text = await readText(path);
      const links = [...text.matchAll(/(?:href|src)=\\?"([^"]*)"|<link>([^<]*)<\/link>/g)].map(
        ([, a, b]) => a ?? b ?? "",
      );
      expect(links.length).toBeGreaterThan(3);
      expect(links.filter((link) => !/^https?:\/\//.test(link))).toEqual([]);
    }
  });
});

describe("a changed item keeps its guid and date", () => {
  it("a corrected event has the time of its correction", async () => {
    await putEvent("changing", { title: "First", published_at: "2016-10-01T10:00:00Z" });
    const before = await eventIn("changing");
    expect(before.atom?.updated).toBe("2016-10-01T10:00:00.000Z");
    const { updated_at } = await json<{ updated_at: string }>(
      curate("PUT", "/api/events/changing", {
        ...{
          date: "2016-09-22",
          title: "Second",
          summary: "It met.",
          places: [],
          actors: [],
          topics: [],
          articles: [],
        },
      }),
    );
    const after = await eventIn("changing");
    expect([after.guid, after.pubDate, after.link]).toEqual([before.guid, before.pubDate, before.link]);
    expect([after.title, after.atom?.updated]).toEqual(["Second", updated_at]);
    expect(after.description).toContain("revision 2");
  });

  it("a retracted event becomes a notice with the reason, without the former content", async () => {
    await putEvent("false", { title: "It fell", summary: "The city fell.", published_at: "2016-10-01T10:00:00Z" });
    const before = await eventIn("false");
    await json(curate("DELETE", "/api/events/false", { reason: "It did <not> fall." }));
    const after = await eventIn("false");
    expect([after.guid, after.pubDate]).toEqual([before.guid, before.pubDate]);
    expect(after.title).toBe("Retracted: It fell");
    expect(after.description).toContain("It did &lt;not> fall.");
    expect(after.description).not.toContain("The city fell.");
    expect(after.atom?.updated).toBeDefined();
  });

  it("a corrected article has the time of its correction", async () => {
    await addArticle("changing", { added_at: "2016-10-01T10:00:00Z" });
    const before = await articleIn("changing");
    expect(before.atom?.updated).toBe("2016-10-01T10:00:00.000Z");
    await json(curate("PUT", "/api/articles/changing", { title: "Second", text: "x", published_at: null }));
    const after = await articleIn("changing");
    expect([after.guid, after.pubDate, after.title]).toEqual([before.guid, before.pubDate, "Second"]);
    expect(after.atom?.updated).toBeDefined();
  });
});
