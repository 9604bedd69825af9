/** The HTML of the names' pages. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { putEvent as recordEvent } from "../../src/record/events/write-events.ts";
import { typesInWords } from "../../src/site/names/name-kinds.ts";
import { addArticle, call, event, putEvent, putName, putNames, vocabulary } from "../client.ts";

async function page(path: string): Promise<string> {
  const answer = await call(path, { headers: { accept: "text/html" } });
  expect(answer.status, path).toBe(200);
  return answer.text();
}
/** Returns the part of a page between two texts. */
const between = (html: string, from: string, to: string): string => html.split(from)[1]?.split(to)[0] ?? "";
/** Removes tags. */
const text = (html: string): string =>
  html
    .replace(/<[^>]*>/g, "")
    .replace(/&amp;/g, "&")
    .replace(/&quot;/g, '"');
const head = (html: string): string => between(html, "<head>", "</head>");
/** Returns the links of the circles on the maps, by name. */
const circles = (html: string): [name: string, href: string][] =>
  [...html.matchAll(/<a (?:class="[^"]*" )?href="([^"]*)" aria-label="([^"]*)"/g)].map(([, href = "", name = ""]) => [
    name,
    href.replaceAll("&amp;", "&"),
  ]);

beforeAll(async () => {
  await putNames();
  await putName("place:homs", {
    type: "city",
    label: "Homs",
    description: "City in central Syria.",
    spellings: { en: ["Homs", "Hims"], ar: ["حمص"], ru: ["Хомс"], fr: ["Homs"], other: ["Humus"] },
    coordinates: { latitude: 34.73, longitude: 36.71 },
  });
  await putName("place:hama", {
    type: "city",
    label: "Hama",
    spellings: { ar: ["حماة"] },
    coordinates: { latitude: 35.13, longitude: 36.76 },
  });
  await putName("place:quito", { type: "city", label: "Quito", coordinates: { latitude: -0.22, longitude: -78.51 } });
  await putName("actor:homs-council", {
    type: "organisation",
    label: "Homs Council",
    spellings: { en: ["Homs Council"] },
    abbreviations: ["HCNC"],
    capitals: ["HO"],
    proper: ["Homs Council"],
    hides: ["place:homs"],
  });
  await putName("actor:anna-orange", { type: "person", label: "Anna Orange" });
  await putName("topic:harvest", { type: "topic", label: "Harvest", spellings: { en: ["harvest"] } });
  await addArticle("names-source");
  await putEvent("harvest-begins", { title: "It begins", places: ["homs", "hama"], topics: ["harvest"] });
  await putEvent("harvest-ends", {
    title: "It ends",
    places: ["homs"],
    topics: ["harvest"],
    articles: ["names-source"],
  });
  await putEvent("homs-named", { title: "A word on Homs", places: ["hama"] });
});

describe("a name's page", () => {
  it("shows the meaning and all spellings, each with language and direction", async () => {
    const html = await page("/places/homs");
    expect(text(between(html, "<h1", "</h1>"))).toContain("Homs");
    expect(html).toContain("City in central Syria.");
    const spellings = between(html, '<dl class="spellings">', "</dl>");
    expect(text(spellings.replaceAll("</li>", "|"))).toBe(
      "EnglishHoms|Hims|Arabicحمص|RussianХомс|FrenchHoms|Other languagesHumus|",
    );
    expect(spellings).toContain('<span lang="ar" dir="rtl">حمص</span>');
    expect(spellings).toContain('<span lang="ru" dir="ltr">Хомс</span>');
    expect(spellings).toContain('<span dir="auto">Humus</span>');
  });

  it("says which spellings are case-sensitive, and which names contain others", async () => {
    const html = await page("/actors/homs-council");
    const spellings = text(between(html, '<dl class="spellings">', "</dl>"));
    expect(spellings).toContain("AbbreviationsHCNC");
    expect(spellings).toMatch(/Only in capitals.*HOOnly/);
    expect(spellings).toMatch(/Only as a proper name.*Homs Council$/);
    expect(html).toContain('contain the name of <a href="/places/homs">Homs</a>, which they do not mean');
    const hidden = await page("/places/homs");
    expect(hidden).toContain(
      'Within the name of <a href="/actors/homs-council">Homs Council</a>, this name is not meant.',
    );
  });

  it.each([
    ["/places/homs", "Place"],
    ["/actors/homs-council", "Organization"],
    ["/actors/anna-orange", "Person"],
    ["/topics/harvest", "Thing"],
  ])("says to machines what it is: %s is a %s", async (path, type) => {
    const html = await page(path);
    expect(html).toContain(`itemtype="https://schema.org/${type}"`);
    expect(html).toMatch(/<h1 itemprop="name">/);
  });

  it("shows the coordinates of a place, also as metadata", async () => {
    expect(text(await page("/places/quito"))).toContain("0.22° S, 78.51° W");
    const html = await page("/places/homs");
    expect(html).toContain("34.73° N, 36.71° E");
    expect(html).toContain('<meta itemprop="latitude" content="34.73"/><meta itemprop="longitude" content="36.71"/>');
  });

  it("lists its events and related names", async () => {
    const html = await page("/places/homs");
    expect(text(between(html, '<h2 id="events">', "</h2>"))).toBe("3 events");
    const ids = [...html.matchAll(/<h4 dir="auto"><a href="\/events\/([^"]+)"/g)].map(([, id]) => id);
    expect(ids.sort()).toEqual(["harvest-begins", "harvest-ends", "homs-named"]);
    const related = between(html, 'id="related"', "</section>");
    expect([...related.matchAll(/<a href="([^"]+)"/g)].map(([, href]) => href)).toEqual([
      ...["/places/hama", "/topics/harvest"],
    ]);
    expect(text(related)).toContain("in 2 of 3");
  });

  it("links its feeds, an alert and the timeline", async () => {
    const html = await page("/places/homs");
    for (const href of [
      "/feed.rss?q=place%3Ahoms",
      "/feed.ics?q=place%3Ahoms",
      "/alerts/new?q=place%3Ahoms",
      "/?q=place%3Ahoms",
    ])
      expect(html).toContain(`href="${href}"`);
    expect(head(html)).toContain('<link rel="alternate" href="/feed.rss?q=place%3Ahoms"');
    expect(head(html)).toContain('<link rel="canonical" href="https://wire.example/places/homs"/>');
    expect(head(html)).toMatch(/<meta name="description" content="City in central Syria\. [^"]+"/);
  });

  it("has a map that contains the place itself; other places link to shared events", async () => {
    expect(circles(await page("/places/homs"))).toEqual([
      ["Homs: 2 events", "/places/homs"],
      ["Hama: 2 events", "/?q=place%3Ahama+place%3Ahoms"],
    ]);
    expect(circles(await page("/topics/harvest"))).toEqual([
      ["Homs: 2 events", "/?q=place%3Ahoms+topic%3Aharvest"],
      ["Hama: 1 event", "/?q=place%3Ahama+topic%3Aharvest"],
    ]);
  });

  it("without events, shows a map for a place and none for other names", async () => {
    const quito = await page("/places/quito");
    expect(quito).toContain("No events yet");
    expect(circles(quito)).toEqual([["Quito: 0 events", "/places/quito"]]);
    expect(await page("/actors/anna-orange")).not.toContain("<svg");
  });

  it("escapes the text of a name", async () => {
    const hostile = `"><script>alert(1)</script>&'`;
    await putName("actor:hostile", {
      label: hostile,
      description: hostile,
      spellings: { ar: [hostile] },
      capitals: [hostile],
    });
    const html = await page("/actors/hostile");
    expect(html).not.toContain("<script>alert");
    expect(html).toContain("&lt;script>alert(1)");
  });

  it.each(["/places/atlantis", "/actors/homs", "/topics/homs", "/places/place:homs", "/places/%00"])(
    "there is none for what is no name: %s",
    async (path) => {
      const answer = await call(path, { headers: { accept: "text/html" } });
      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toContain("text/html");
      expect(await answer.text()).toContain("<h1>Not found</h1>");
    },
  );

  it("answers HEAD as GET, without a body", async () => {
    const answer = await call("/places/homs", { method: "HEAD" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect(await answer.text()).toBe("");
  });
});

describe("/topics", () => {
  it("lists every name by kind and type, with description and number of events", async () => {
    const html = await page("/topics");
    const places = between(html, 'aria-labelledby="place"', "</section>");
    expect(places).toContain('<h3 id="place-city">Cities</h3>');
    expect(text(between(places, '<a href="/places/homs">', "</li>"))).toBe("Homs 3 eventsCity in central Syria.");
    expect(between(html, '<h3 id="actor-person">People</h3>', "</ul>")).toContain("Anna Orange");
    expect(text(between(html, '<a href="/topics/harvest">', "</li>"))).toBe("Harvest 2 events");
    expect(html).not.toContain("Counts are for the newest");
  });

  it("links each part of the page", async () => {
    const html = await page("/topics");
    const anchors = [...between(html, 'aria-label="On this page"', "</nav>").matchAll(/href="#([^"]+)"/g)].map(
      ([, id]) => id,
    );
    expect(anchors).toContain("place-city");
    for (const anchor of anchors) expect(html).toContain(`id="${anchor}"`);
  });
});

describe("a long record", () => {
  beforeAll(async () => {
    const names = await vocabulary();
    // Written directly, so that no shard wakes up.
    for (let i = 0; i < 201; i++)
      await recordEvent(env.DB, `long-${i}`, event({ title: `Entry ${i}`, topics: ["harvest"] }), names);
  });

  it("counts the newest 200 events, and says so", async () => {
    expect(await page("/topics")).toContain("Counts are for the newest 200 events.");
    const html = await page("/topics/harvest");
    expect(text(between(html, '<h2 id="events">', "</h2>"))).toBe("The newest 200 events");
    expect(html).toContain('<a href="/?q=topic%3Aharvest">All events on the timeline</a>');
    // The page lists this many; the timeline has the others.
    expect(html.match(/<h4/g)).toHaveLength(50);
    expect(html).toContain('href="/?q=topic%3Aharvest&amp;page=2"');
  });
});

describe("a type in the plural", () => {
  it.each([
    ["armed-group", "Armed groups"],
    ["city", "Cities"],
    ["constructor", "Constructors"],
  ])("%s: %s", (type, plural) => expect(typesInWords(type)).toBe(plural));
});
