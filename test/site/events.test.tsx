import { beforeAll, describe, expect, it } from "vitest";
import { addArticle, call, curate, json, putEvent, putName, putNames } from "../client.ts";

const page = async (id: string): Promise<string> => {
  const answer = await call(`/events/${id}`, { headers: { accept: "text/html" } });
  expect(answer.status).toBe(200);
  return answer.text();
};
/** Returns the part of a page between two texts. */
const between = (html: string, from: string, to: string): string => html.split(from)[1]?.split(to)[0] ?? "";
/** Removes tags and texts for screen readers. */
const text = (html: string): string =>
  html
    .replace(/<span class="hidden">.*?<\/span>/g, "")
    .replace(/<[^>]*>/g, "")
    .replace(/&amp;/g, "&");
const meta = (html: string, name: string): string | undefined =>
  new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`).exec(html)?.[1];
/** Returns names and values of the microdata, in order. */
const items = (html: string): [string, string][] =>
  [...html.matchAll(/<(?:meta|link) itemprop="(\w+)" (?:content|href)="([^"]*)"/g)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]);

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>&'`;

beforeAll(async () => {
  await putNames();
  await putName("place:homs", {
    label: "Homs",
    spellings: { en: ["Homs"] },
    coordinates: { latitude: 34.73, longitude: 36.71 },
  });
});

describe("an event's page", () => {
  it("names the claimant: as a link, or in the words of the record", async () => {
    await putEvent("p-claims", {
      claims: [
        { by: "united-states", says: "It held." },
        { by: "a spokesman", says: "It did not." },
      ],
    });
    const claims = between(await page("p-claims"), 'id="claims"', "</section>");
    expect(claims).toContain('<a href="/actors/united-states">United States</a>');
    expect(claims).toContain("<bdi>a spokesman</bdi>");
    expect(text(claims)).toContain("United StatesIt held.");
  });

  it("shows publisher, day, language and direction of each source, and what is unknown or ours", async () => {
    await addArticle("p-arabic", {
      title: "هدنة في حلب",
      language: "ar",
      publisher: "وكالة",
      url: "https://news.example/p",
      published_at: "2016-09-22",
    });
    await addArticle("p-ours", {
      title: "What the wire calls it",
      language: "ru",
      ours: ["title"],
      published_at: null,
    });
    await putEvent("p-sources", { articles: ["p-arabic", "p-ours"] });
    const sources = between(await page("p-sources"), 'id="sources"', "</section>");
    expect(sources).toContain('<span lang="ar" dir="rtl"><a href="https://news.example/p">هدنة في حلب</a></span>');
    expect(sources).toContain('<time datetime="2016-09-22">22 September 2016</time>');
    expect(text(sources)).toContain("وكالة, 22 September 2016, in Arabic");
    expect(sources).toContain('<span lang="en" dir="ltr">What the wire calls it</span>');
    expect(text(sources)).toContain("unknown publisher, exact day unknown, in Russian, title by us, no link on record");
  });

  it("says that an event has no sources, and shows no history without corrections", async () => {
    await putEvent("p-bare");
    const html = await page("p-bare");
    expect(html).toContain("Not yet sourced.");
    expect(html).not.toContain('id="history"');
    expect(html).not.toContain("/alerts/new?");
  });

  it("links an alert and feeds for its topics at its places", async () => {
    await putEvent("p-alert", { places: ["geneva", "aleppo"], topics: ["ceasefire"] });
    const query = encodeURIComponent("(place:aleppo OR place:geneva) topic:ceasefire");
    const html = await page("p-alert");
    for (const path of ["/alerts/new", "/feed.rss", "/feed.json", "/feed.atom", "/feed.ics"]) {
      expect(html).toContain(`href="${path}?q=${query}"`);
    }
  });

  it.each([
    ["without topics, for who took part", { places: ["aleppo"], actors: ["issg"] }, "place:aleppo actor:issg"],
    ["without places, for its topics alone", { topics: ["ceasefire"], actors: ["issg"] }, "topic:ceasefire"],
  ])("%s", async (name, event, query) => {
    const id = `p-${name.replaceAll(/\W+/g, "-")}`;
    await putEvent(id, event);
    const asked = /\/alerts\/new\?q=([^"]*)/.exec(await page(id))?.[1] ?? "";
    expect(decodeURIComponent(asked).split(" ").sort()).toEqual(query.split(" ").sort());
  });

  it("has metadata for link previews", async () => {
    await putEvent("p-preview", {
      title: "The group met & parted",
      summary: `It met in the city. ${"And so on. ".repeat(60)}`,
      published_at: "2016-09-23T10:00:00.000Z",
    });
    const html = await page("p-preview");
    expect(html).toContain('<link rel="canonical" href="https://wire.example/events/p-preview"/>');
    expect(meta(html, "og:type")).toBe("article");
    expect(meta(html, "og:title")).toBe("The group met &amp; parted");
    expect(meta(html, "og:description")).toMatch(/^It met in the city\..{100,180}…$/);
    expect(meta(html, "article:published_time")).toBe("2016-09-23T10:00:00.000Z");
    expect(meta(html, "article:modified_time")).toBeUndefined();
    expect(meta(html, "robots")).toBeUndefined();
  });

  it("describes the event with schema.org", async () => {
    await addArticle("p-work", {
      title: "Work",
      publisher: "Agency",
      url: "https://news.example/w",
      published_at: "2016-09-22",
    });
    await putEvent("p-schema", {
      date: "2016-09-22",
      end_date: "2016-09-23",
      places: ["homs"],
      topics: ["ceasefire"],
      articles: ["p-work"],
    });
    const html = await page("p-schema");
    expect(html).toContain('<div itemscope itemtype="https://schema.org/Event">');
    expect(items(html)).toEqual([
      ["name", "The group met"],
      ["description", "It met in the city."],
      ["startDate", "2016-09-22"],
      ["endDate", "2016-09-23"],
      ["url", "https://wire.example/events/p-schema"],
      ["name", "Homs"],
      ["url", "https://wire.example/places/homs"],
      ["latitude", "34.73"],
      ["longitude", "36.71"],
      ["name", "Ceasefire"],
      ["url", "https://wire.example/topics/ceasefire"],
      ["name", "Work"],
      ["url", "https://news.example/w"],
      ["datePublished", "2016-09-22"],
      ["name", "Agency"],
    ]);
  });
});

describe("revisions and corrections", () => {
  it("shows the changes part by part, with the changed words marked", async () => {
    await addArticle("r-out", { title: "Der Bericht", language: "de" });
    await putEvent("r-all", {
      title: "The group met",
      places: ["aleppo"],
      articles: ["r-out"],
      claims: [{ by: "issg", says: "It held." }],
    });
    await putEvent(
      "r-all",
      {
        title: "The group parted",
        date: "2016-09-23",
        places: ["geneva"],
        articles: [],
        claims: [{ by: "issg", says: "It broke." }],
      },
      200,
    );
    const html = between(await page("r-all"), 'id="history"', "</section>");
    expect(html).toContain("<details open>");
    const told = text(
      html
        .replace(/<del>/g, "[-")
        .replace(/<\/del>/g, "-]")
        .replace(/<ins>/g, "{+")
        .replace(/<\/ins>/g, "+}"),
    );
    for (const change of [
      "titleThe group [-met-] {+parted+}",
      "date[-22-] {+23+} September 2016",
      "claim by International Syria Support GroupIt [-held-] {+broke+}.",
      "places[-Aleppo-]{+Geneva+}",
      "sources[-Der Bericht-]",
    ]) {
      expect(told).toContain(change);
    }
    expect(html).toContain('<span lang="de" dir="ltr">Der Bericht</span>');
    expect(html).toContain('<span class="hidden">removed: </span>met');
    expect(html).toContain('<span class="hidden">added: </span>parted');
  });

  it("shows sources that were added or corrected", async () => {
    await addArticle("r-listed");
    await putEvent("r-notes", { articles: ["r-listed"] });
    await addArticle("r-came", { title: "It came later", events: ["r-notes"] });
    await json(curate("PUT", "/api/articles/r-listed", { title: "Put right", text: "x", published_at: null }));
    const told = text(between(await page("r-notes"), 'id="history"', "</section>"));
    expect(told).toMatch(/Source corrected,[^,]*UTCPut right.*Source added,[^,]*UTCIt came later/);
  });

  it("says so if the text did not change", async () => {
    await putEvent("r-mode");
    await putEvent("r-mode", { mode: "historic" }, 200);
    expect(await page("r-mode")).toContain("The text did not change.");
  });

  it("puts the time of the last revision in the page's head", async () => {
    await putEvent("r-time");
    await putEvent("r-time", { title: "Otherwise" }, 200);
    const { updated_at } = await json(call("/api/events/r-time"));
    expect(meta(await page("r-time"), "article:modified_time")).toBe(updated_at);
  });
});

describe("a retracted event's page", () => {
  const retracted = async (id: string): Promise<string> => {
    await addArticle(`${id}-source`, { title: "What it rested on" });
    await putEvent(id, { places: ["aleppo"], topics: ["ceasefire"], articles: [`${id}-source`] });
    await json(curate("DELETE", `/api/events/${id}`, { reason: "It did not take place." }));
    return page(id);
  };

  it("begins with the retraction and its reason, and keeps the text", async () => {
    const html = await retracted("t-first");
    const main = text(between(html, "<main", "</main>"));
    const places = [
      "Retracted: The group met",
      "retracted on",
      "It did not take place.",
      "Before the retraction",
      "It met in the city.",
      "What it rested on",
    ];
    expect(places.map((part) => main.indexOf(part))).toEqual(
      places.map((part) => main.indexOf(part)).sort((a, b) => a - b),
    );
    expect(main.indexOf(places[0] ?? "")).toBeGreaterThanOrEqual(0);
    expect(html).toContain("<s>The group met</s>");
    expect(html).toContain('<h2 id="said">');
  });

  it("tells search engines about the retraction and has no event markup", async () => {
    const html = await retracted("t-found");
    expect(html).toContain("<title>Retracted: The group met · ");
    expect(meta(html, "og:description")).toBe("This event was retracted: It did not take place.");
    expect(meta(html, "robots")).toBeUndefined();
    expect(html).not.toContain("itemprop");
    expect(html).not.toContain("/alerts/new?");
  });

  it("lists the retraction in its history, with the reason", async () => {
    const history = between(await retracted("t-history"), 'id="history"', "</section>");
    expect(text(history)).toMatch(/Retracted,.*\(revision 2\)Reason: It did not take place\..*Published/);
  });
});

describe("neighbours on the page", () => {
  it("links events before and after, and related ones", async () => {
    await putName("place:hama", { label: "Hama", spellings: { en: ["Hama"] } });
    const names = { places: ["hama"], topics: ["ceasefire"] };
    for (const [id, day] of [
      ["far", "01"],
      ["second", "02"],
      ["first", "03"],
      ["it", "04"],
      ["next", "05"],
      ["last", "06"],
    ] as const) {
      await putEvent(`w-${id}`, { date: `1911-01-${day}`, title: `Event ${id}`, ...names });
    }
    const nav = between(await page("w-it"), 'id="neighbours"', "</nav>");
    expect(text(nav)).toBe(
      ">Before and afterBefore2 January 1911Event second3 January 1911Event firstAfter5 January 1911Event next6 January 1911Event lastRelated1 January 1911Event farHama, Ceasefire",
    );
    expect([...nav.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual(
      ["second", "first", "next", "last", "far"].map((id) => `/events/w-${id}`),
    );
  });
});

describe("hostile text stays text", () => {
  it.each([
    ["in an event, its claims and sources", "x-told", false],
    ["in its revisions", "x-revised", true],
  ])("%s", async (_, id, revise) => {
    await addArticle(`${id}-source`, { title: HOSTILE, publisher: HOSTILE });
    await putEvent(id, {
      title: HOSTILE,
      summary: HOSTILE,
      dated_from: HOSTILE,
      articles: [`${id}-source`],
      claims: [{ by: HOSTILE, says: HOSTILE }],
    });
    if (revise)
      await putEvent(id, { title: "Other", summary: `${HOSTILE} more`, claims: [{ by: HOSTILE, says: "No." }] }, 200);
    else await json(curate("DELETE", `/api/events/${id}`, { reason: HOSTILE }));
    const html = await page(id);
    expect(html).not.toContain("<script>alert");
    expect(html).not.toContain("<img src=x");
    expect(text(html)).toContain("&lt;script>alert(1)");
  });
});
