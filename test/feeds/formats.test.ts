/** What only one format, or one kind of item, has. */

import { parseOpml } from "feedsmith";
import ICAL from "ical.js";
import { beforeAll, describe, expect, it } from "vitest";
import { direction } from "../../src/feeds/item-html.tsx";
import { addArticle, call, curate, event, json, type ProblemBody, putEvent, putName, putNames } from "../client.ts";
import { readAtom, readJson, readRss, readText } from "./support.ts";

beforeAll(async () => {
  await putNames();
  await putName("place:homs", { label: "Homs", coordinates: { latitude: 34.73, longitude: 36.72 } });
  await addArticle("arabic", {
    title: "هدوء في حلب",
    summary: "قال سكان إن الهدنة صامدة.",
    language: "ar",
    publisher: "صحيفة",
    url: "https://paper.example/arabic",
  });
  await putEvent("full", {
    date: "2016-09-12",
    end_date: "2016-09-14",
    title: "A truce began",
    summary: "It held for a while.",
    places: ["homs"],
    actors: ["issg"],
    topics: ["ceasefire"],
    articles: ["arabic"],
    claims: [{ by: "issg", says: "It will hold." }],
    published_at: "2016-10-01T10:00:00Z",
  });
  await addArticle("later", { title: "A later report", events: ["full"], added_at: "2016-11-01T10:00:00Z" });
});

const calendarOf = async (path: string) => {
  const calendar = new ICAL.Component(ICAL.parse(await readText(path)));
  return { calendar, events: calendar.getAllSubcomponents("vevent") };
};
const vevent = async (id: string) => {
  const { events } = await calendarOf("/feed.ics?limit=200");
  const found = events.find((each) => each.getFirstPropertyValue("uid") === `parley:event:${id}`);
  if (found === undefined) throw new Error(`no event ${id} in the calendar`);
  return found;
};

describe("an event", () => {
  it("has its content, date, places, names, claims and sources in every format", async () => {
    const [rss] = (await readRss("/feed.rss?q=truce")).items ?? [];
    const [atom] = (await readAtom("/feed.atom?q=truce")).entries ?? [];
    const [feed] = (await readJson("/feed.json?q=truce")).items ?? [];
    for (const html of [rss?.description, atom?.content?.value, feed?.content_html]) {
      expect(html).toBe(rss?.description);
      for (const part of ["It held for a while.", "12 September 2016 to 14 September 2016", "Homs", "Not known"].slice(
        0,
        3,
      )) {
        expect(html).toContain(part);
      }
      expect(html).toMatch(/<strong>[^<]*:<\/strong> It will hold\./);
      expect(html).toContain(
        '<span lang="ar" dir="rtl"><a href="https://paper.example/arabic">هدوء في حلب</a></span> (صحيفة',
      );
    }
    const text = `${(await vevent("full")).getFirstPropertyValue("description")}`;
    for (const part of ["It held for a while.", "Where: Homs", "It will hold.", "https://paper.example/arabic"]) {
      expect(text).toContain(part);
    }
  });

  it("has its place and date in the vocabulary of each format", async () => {
    const rss = await readText("/feed.rss?q=truce");
    const atom = await readText("/feed.atom?q=truce");
    for (const xml of [rss, atom]) {
      expect(xml).toContain("<georss:point>34.73 36.72</georss:point>");
      expect(xml).toContain("<ev:startdate>2016-09-12</ev:startdate><ev:enddate>2016-09-14</ev:enddate>");
      expect(xml).toContain("<ev:location>Homs</ev:location>");
    }
    const { items } = JSON.parse(await readText("/feed.json?q=truce"));
    expect(items[0]._event.places).toEqual([{ name: "Homs", latitude: 34.73, longitude: 36.72 }]);
    const inCalendar = await vevent("full");
    expect(`${inCalendar.getFirstPropertyValue("geo")}`).toBe("34.73,36.72");
  });

  it("has the wire as its author", async () => {
    const [item] = (await readRss("/feed.rss?q=truce")).items ?? [];
    expect(item?.dc?.creators).toEqual(["Parley: the Syria talks, 2015 and 2016"]);
  });

  it("is updated when an article is added to its sources", async () => {
    const [item] = (await readJson("/feed.json?q=truce")).items ?? [];
    expect([item?.date_published, item?.date_modified]).toEqual([
      "2016-10-01T10:00:00.000Z",
      "2016-11-01T10:00:00.000Z",
    ]);
  });
});

describe("in the calendar", () => {
  const days: [name: string, event: object, start: string, end: string][] = [
    ["a day", { date: "2016-02-28" }, "2016-02-28", "2016-02-29"],
    ["the last day of a year", { date: "2015-12-31" }, "2015-12-31", "2016-01-01"],
    ["a span, whose end is not part of it", { date: "2016-09-12", end_date: "2016-09-14" }, "2016-09-12", "2016-09-15"],
    ["a month", { date: "2016-02" }, "2016-02-01", "2016-03-01"],
    ["a December", { date: "2015-12" }, "2015-12-01", "2016-01-01"],
    ["the last day that has a form", { date: "9999-12-31" }, "9999-12-31", "null"],
    ["a year", { date: "2015" }, "2015-01-01", "2016-01-01"],
    ["months", { date: "2016-01", end_date: "2016-02" }, "2016-01-01", "2016-03-01"],
    [
      "a day within a span",
      { date: "2016-03-01", end_date: "2016-03-05", precision: "within" },
      "2016-03-01",
      "2016-03-06",
    ],
  ];

  it.each(days)("%s is whole days", async (name, input, start, end) => {
    const id = `cal-${name.toLowerCase().replaceAll(/\W+/g, "-")}`;
    await putEvent(id, input);
    const found = await vevent(id);
    expect([`${found.getFirstPropertyValue("dtstart")}`, `${found.getFirstPropertyValue("dtend")}`]).toEqual([
      start,
      end,
    ]);
  });

  it("increases the sequence for a correction, and is cancelled by a retraction", async () => {
    await putEvent("counted", { title: "First" });
    expect((await vevent("counted")).getFirstPropertyValue("sequence")).toBe(0);
    await json(curate("PUT", "/api/events/counted", event({ title: "Second" })));
    const corrected = await vevent("counted");
    expect([corrected.getFirstPropertyValue("sequence"), corrected.getFirstPropertyValue("status")]).toEqual([
      1,
      "CONFIRMED",
    ]);
    await json(curate("DELETE", "/api/events/counted", { reason: "It did not happen." }));
    const retracted = await vevent("counted");
    expect(retracted.getFirstPropertyValue("status")).toBe("CANCELLED");
    expect(`${retracted.getFirstPropertyValue("description")}`).toContain("It did not happen.");
  });

  it("lines have at most 75 octets (RFC 5545, section 3.1)", async () => {
    await putEvent("arabic-line", { title: "حلب ".repeat(40).trim(), summary: "🕊️".repeat(100) });
    const encoder = new TextEncoder();
    for (const line of (await readText("/feed.ics?limit=200")).split("\r\n")) {
      expect(encoder.encode(line).length).toBeLessThanOrEqual(75);
    }
  });
});

describe("an article in Arabic", () => {
  it("has its language and direction; English words in it have their own", async () => {
    const [item] = (await readJson("/articles.json?q=%D9%87%D8%AF%D9%88%D8%A1")).items ?? [];
    expect(item?.language).toBe("ar");
    expect(item?.content_html).toMatch(/^<div lang="ar" dir="rtl"><p dir="auto">قال سكان/);
    expect(item?.content_html).toContain('<div lang="en" dir="ltr">');
    const [entry] = (await readAtom("/articles.atom?q=%D9%87%D8%AF%D9%88%D8%A1")).entries ?? [];
    expect(entry?.content?.value).toBe(item?.content_html);
    expect(await readText("/articles.rss?q=%D9%87%D8%AF%D9%88%D8%A1")).toContain("<dc:language>ar</dc:language>");
    expect(await readText("/articles.atom?q=%D9%87%D8%AF%D9%88%D8%A1")).toContain('<entry xml:lang="ar">');
  });

  it("has the names of its events as categories", async () => {
    const [item] = (await readJson("/articles.json?q=%D9%87%D8%AF%D9%88%D8%A1")).items ?? [];
    expect(item?.tags).toEqual(expect.arrayContaining(["Homs", "Ceasefire"]));
  });
});

it.each([
  ["en", "ltr"],
  ["ar", "rtl"],
  ["ar-SY", "rtl"],
  ["arz", "rtl"],
  ["prs", "rtl"],
  ["he", "rtl"],
  ["ku", "ltr"],
  ["ku-Arab", "rtl"],
  ["uz-Latn", "ltr"],
  ["und", "ltr"],
  ["en-abcd-ab-cd-xx", "ltr"],
])("the direction of %s is %s", (language, expected) => expect(direction(language)).toBe(expected));

describe("the list of feeds", () => {
  it("names the feeds of events and articles, and a non-empty feed for each name that has events", async () => {
    const { body } = parseOpml(await readText("/feeds.opml"));
    const [events, articles, ...groups] = body?.outlines ?? [];
    expect([events?.xmlUrl, articles?.xmlUrl]).toEqual([
      "https://wire.example/feed.rss",
      "https://wire.example/articles.rss",
    ]);
    expect(groups.map(({ text }) => text)).toEqual(["Topics", "Places", "Actors"]);
    const places = groups[1]?.outlines ?? [];
    expect(places.map(({ text }) => text)).toEqual(["Homs"]);
    for (const outline of groups.flatMap(({ outlines = [] }) => outlines)) {
      expect(outline.type).toBe("rss");
      const { items = [] } = await readRss(`${outline.xmlUrl}`.slice("https://wire.example".length));
      expect([outline.text, items.length > 0]).toEqual([outline.text, true]);
    }
  });

  it("has only the feeds of a query if one is given; a malformed query gets a 400 with its position", async () => {
    const { head, body } = parseOpml(await readText("/feeds.opml?q=Truce+OR+aleppo"));
    expect(head?.title).toBe("Parley: the Syria talks, 2015 and 2016: aleppo OR truce: feeds");
    expect(body?.outlines?.map(({ xmlUrl }) => xmlUrl)).toEqual([
      "https://wire.example/feed.rss?q=aleppo%20OR%20truce",
      "https://wire.example/articles.rss?q=aleppo%20OR%20truce",
    ]);
    const bad = await call("/feeds.opml?q=%22open");
    expect([bad.status, (await bad.json<ProblemBody>()).errors?.[0]?.path]).toEqual([400, "q"]);
  });

  it("has no name whose events are all silent, and gets a name that a correction adds", async () => {
    await putEvent("renamed", { places: ["aleppo"] });
    const placesListed = async () => (await readText("/feeds.opml")).match(/q=place%3A[a-z-]+/g);
    expect(await placesListed()).toContain("q=place%3Aaleppo");
    await json(curate("PUT", "/api/events/renamed", event({ places: ["aleppo"], mode: "silent" })));
    expect(await placesListed()).not.toContain("q=place%3Aaleppo");
    await json(curate("PUT", "/api/events/renamed", event({ places: ["aleppo"], mode: "historic" })));
    expect(await placesListed()).toContain("q=place%3Aaleppo");
  });
});

describe("an empty feed", () => {
  it.each([
    "/feed.rss?q=nothingatall",
    "/feed.atom?q=nothingatall",
    "/feed.json?q=nothingatall",
    "/feed.ics?q=nothingatall",
  ])("%s is whole", async (path) => {
    const text = await readText(path);
    expect(text.length).toBeGreaterThan(100);
    if (path.startsWith("/feed.atom")) expect((await readAtom(path)).updated).toBeDefined();
    if (path.startsWith("/feed.ics")) expect((await calendarOf(path)).events).toEqual([]);
  });
});
