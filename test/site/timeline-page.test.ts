/** The HTML of the timeline: what it shows, and where its links lead. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { putEvent as recordEvent } from "../../src/record/events/write-events.ts";
import { addArticle, call, curate, event, head, putEvent, putName, putNames, vocabulary } from "../client.ts";
import { type Link, readTimeline } from "./timeline.ts";

it("an empty record says so, and how to follow it", async () => {
  const { html, count, overview, facets } = await readTimeline("/");
  expect(count).toBe("No event.");
  expect(html).toContain("No events yet");
  expect(html).toContain('href="/feed.rss"');
  expect([overview, facets]).toEqual([[], []]);
});

/** Names in the text count like an event's own names. */
const EVENTS = {
  "truce-called": {
    date: "2016-09-12",
    title: "A truce is called",
    summary: "It begins at sunset.",
    places: ["aleppo"],
    topics: ["ceasefire"],
    claims: [{ by: "united-states", says: "It holds." }],
    articles: ["timeline-source"],
  },
  "group-meets": { date: "2016-09-22", actors: ["issg", "united-states"], places: ["geneva"], topics: ["ceasefire"] },
  "strike-on-convoy": { date: "2016-09", title: "A strike near Aleppo", summary: "The truce had been in force." },
  "some-day": { date: "2016-09-01", end_date: "2016-09-04", precision: "within" as const, places: ["aleppo"] },
  "some-month": { date: "2016-08-30", end_date: "2016-09-02", precision: "within" as const, topics: ["ceasefire"] },
  "some-year": { date: "2016", summary: "Washington said no more." },
  before: { date: "2015-12-31", title: "The year ends in Geneva", summary: "Envoys leave." },
};

/** Expects each link to show as many events as it says. */
async function checkCounts(links: readonly Link[]): Promise<void> {
  for (const { href, name } of links) {
    const { events, count } = await readTimeline(href);
    const [, said] = /(\d+)(?: events?)?$/.exec(name.replace(/, chosen.*$/, "")) ?? [];
    expect([href, name, events.length]).toEqual([href, name, Number(said)]);
    expect(count).toMatch(new RegExp(`^${said} events?`));
  }
}

describe("a record of a few events", () => {
  beforeAll(async () => {
    await putNames();
    await addArticle("timeline-source");
    for (const [id, more] of Object.entries(EVENTS)) await putEvent(id, { title: `Title of ${id}`, ...more });
    await putEvent("withdrawn", { date: "2016-09-21", title: "It did not happen", summary: "Nobody came." });
    await curate("DELETE", "/api/events/withdrawn", { reason: "It was another day." });
  });

  describe("the list", () => {
    it("is by month and day, newest first, as precise as the record", async () => {
      const { html, events } = await readTimeline("/");
      expect(events).toEqual([
        "group-meets",
        "withdrawn",
        "truce-called",
        ...["some-day", "strike-on-convoy"],
        ...["some-year", "some-month"],
        "before",
      ]);
      expect([...html.matchAll(/<h3 id="(\d[^"]*)">([^<]+)/g)].map(([, id, words]) => [id, words])).toEqual([
        ["2016-09", "September 2016"],
        ["2016", "2016"],
        ["2015-12", "December 2015"],
      ]);
      expect(
        [...html.matchAll(/<p class="when">(.*?)<\/p>/g)].map(([, when]) => when?.replace(/<[^>]+>/g, "")),
      ).toEqual([
        "Thursday 22",
        "Wednesday 21",
        "Monday 12",
        "Exact day unknown",
        "Exact month unknown",
        "Thursday 31",
      ]);
      expect(html).toContain("On a day from 30 August 2016 to 2 September 2016");
    });

    it("marks retracted events, events without sources, and claims", async () => {
      const item = async (id: string) => {
        const { html } = await readTimeline("/");
        return html.split("<article").find((part) => part.includes(`/events/${id}"`)) ?? "";
      };
      expect(await item("withdrawn")).toContain("<strong>Retracted:</strong> <bdi>It was another day.");
      expect(await item("withdrawn")).not.toContain("Nobody came.");
      expect(await item("truce-called")).toContain("1 attributed claim");
      expect(await item("truce-called")).toContain("1 source<");
      expect(await item("truce-called")).toContain('<a href="/places/aleppo">Aleppo</a>');
      expect(await item("truce-called")).toContain('<a href="/topics/ceasefire">Ceasefire</a>');
      expect(await item("group-meets")).toContain("Not yet sourced");
    });

    it("of a month or a year has the events known to belong to it", async () => {
      expect((await readTimeline("/?month=2016-09")).events).toEqual([
        ...["group-meets", "withdrawn", "truce-called", "some-day", "strike-on-convoy"],
      ]);
      expect((await readTimeline("/?month=2016-08")).events).toEqual([]);
      expect((await readTimeline("/?month=2016")).events).toHaveLength(7);
      expect((await readTimeline("/?month=2015")).events).toEqual(["before"]);
    });
  });

  describe("filters", () => {
    it.each([
      ["nothing chosen", "/"],
      ["a query", "/?q=ceasefire"],
      ["a month", "/?month=2016-09"],
      ["a year", "/?month=2016"],
      ["a query and a month", "/?q=aleppo+OR+geneva&month=2016-09"],
      ["a name chosen", "/?q=ceasefire+topic:ceasefire"],
    ])("facets, bars and circles lead to as many events as they say: %s", async (_, path) => {
      const { facets, overview } = await readTimeline(path);
      expect(facets.length).toBeGreaterThan(3);
      await checkCounts(facets.filter(({ name }) => !name.includes("selected")));
      // A topic's label has the number of events in the selected month, as its link shows.
      await checkCounts(overview.filter(({ name }) => !name.includes("selected")));
    });

    it("a selected filter links to its removal", async () => {
      const { facets, overview, ways } = await readTimeline("/?q=truce+topic:ceasefire&month=2016-09");
      const out = { href: "/?q=truce&month=2016-09" };
      expect(facets.filter(({ name }) => name.includes("✓"))).toEqual([expect.objectContaining(out)]);
      expect(overview.filter(({ name }) => name.startsWith("Ceasefire: "))).toEqual([expect.objectContaining(out)]);
      expect(overview.filter(({ name }) => name.startsWith("September 2016: "))).toEqual([
        expect.objectContaining({ href: "/?q=topic%3Aceasefire+truce" }),
      ]);
      expect(ways).toEqual([
        { href: "/?q=truce&month=2016-09", name: "Remove Ceasefire ×" },
        { href: "/?q=topic%3Aceasefire+truce", name: "Remove September 2016 ×" },
      ]);
    });

    it("the overview covers the matches, and says what it leaves out", async () => {
      const { overview, html } = await readTimeline("/");
      expect(overview.slice(0, 2).map(({ name }) => name)).toEqual([
        "December 2015: 1 event",
        "September 2016: 5 events",
      ]);
      expect(html).toContain("2 events with only the year known");
      expect((await readTimeline("/?q=title:ends")).overview).toHaveLength(1);
    });

    it("an event far away in time does not change the overview and is counted separately", async () => {
      await putEvent("another-age", { date: "9999-12-31", title: "Sunset of the quagga", summary: "And truce." });
      const { overview, html } = await readTimeline("/?q=truce");
      expect(overview[0]?.name).toBe("September 2016: 3 events");
      expect(html).toContain("Not shown: 1 event with only the year known and 1 event outside these years.");
      expect((await readTimeline("/?q=quagga")).overview[0]?.name).toBe("December 9999: 1 event");
    });

    it("feeds and alert are those of the query, in all months", async () => {
      const { html } = await readTimeline("/?q=geneva&month=2016-09");
      for (const path of ["/feed.rss", "/feed.json", "/feed.atom", "/feed.ics", "/articles.rss"]) {
        expect(html).toContain(`<link rel="alternate" href="${path}?q=geneva"`);
        expect(html).toContain(`<a href="${path}?q=geneva"`);
      }
      expect(html).toContain('href="/alerts/new?q=geneva"');
      expect(html).toContain("Feeds and alerts cover all months");
      expect((await readTimeline("/?q=geneva")).html).not.toContain("Feeds and alerts cover all months");
    });
  });

  describe("the query and the month", () => {
    it.each([
      ["month", "2016-13"],
      ["month", "September"],
      ["month", "2016-09-22"],
      ["before", "yesterday"],
      ["before", "0"],
      ["page", "0"],
      ["page", "5"],
    ])("is refused with the parameter's name where it makes no sense: %s=%s", async (name, value) => {
      const { status, html } = await readTimeline(`/?${name}=${value}`);
      expect(status).toBe(400);
      expect(html).toContain(`${name}: `);
      expect(html).toContain(value);
    });

    it("are ignored if empty; a year has four digits", async () => {
      const { status, events } = await readTimeline("/?q=geneva&month=&before=&page=");
      expect([status, events.length]).toEqual([200, (await readTimeline("/?q=geneva")).events.length]);
      expect((await readTimeline("/?month=0000")).count).toBe("No event in 0000.");
      expect((await readTimeline("/?month=0044-03")).count).toBe("No event in March 0044.");
    });

    it.each(["/?q=%00", "/?q=%22alep%01po", "/?month=%00%1f%7f%C2%85", "/?q=aleppo%EF%BF%BF"])(
      "brings no control character into the page: %s",
      async (path) => {
        const { html } = await readTimeline(path);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
        expect(html).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\uffff]/);
        expect(html).toContain("\ufffd");
      },
    );

    it("have one canonical address, whatever else is in it", async () => {
      const canonical = async (path: string) =>
        /<link rel="canonical" href="([^"]+)"/.exec((await readTimeline(path)).html)?.[1];
      expect(await canonical("/?utm=x&month=&q=")).toBe("https://wire.example/");
      expect(await canonical("/?month=2016-09&q=convoy++ALEPPO")).toBe(
        "https://wire.example/?q=aleppo+convoy&amp;month=2016-09",
      );
      expect(await canonical(`/?before=${(await head()) + 1}&page=1`)).toBe("https://wire.example/");
      expect(await canonical("/?q=%22open")).toBeUndefined();
    });

    it("a query that cannot be read is kept and marked, without feeds", async () => {
      const { status, html, count } = await readTimeline(`/?q=${encodeURIComponent('aleppo <b> "sunset')}`);
      expect(status).toBe(200);
      expect(count).toBe("This search cannot be read.");
      expect(html).toContain("never closed");
      expect(html).toContain("aleppo &lt;b> <mark>&quot;</mark>sunset");
      expect(html).toContain('aria-invalid="true"');
      expect(html).not.toContain("Create an alert");
    });

    it("a query without matches has suggestions", async () => {
      const { count, html, overview } = await readTimeline("/?q=zeppelin");
      expect(count).toBe("No event matches.");
      expect(html).toContain("/alerts/new?q=zeppelin");
      expect(overview).toEqual([]);
      const month = await readTimeline("/?q=geneva&month=2014-01");
      expect(month.count).toBe("No event matches in January 2014.");
      expect(month.html).toContain('<a href="/?q=geneva">2 events in other months</a>');
    });

    it("are shown as text, never as markup", async () => {
      const page = await (await call(`/?q=${encodeURIComponent('"<script>alert(1)</script>"')}`)).text();
      expect(page).not.toContain("<script>");
      expect(page).toContain("&lt;script");
    });
  });
});

it("names with the same label are distinguished in the reading", async () => {
  await putName("actor:vellum", { label: "Vellum" });
  await putName("place:vellum", { label: "Vellum" });
  const { html } = await readTimeline("/?q=vellum");
  expect(html).toContain("<code>vellum</code> is Vellum (actor) or Vellum (place) in any spelling");
});

it("without the style sheet, the land on the map is faint and hides no place", async () => {
  await putName("place:reykjavik", { label: "Reykjavik", coordinates: { latitude: 64.1, longitude: -21.9 } });
  await putEvent("in-reykjavik", { date: "2012-05-01", title: "Puffins", places: ["reykjavik"] });
  const { html } = await readTimeline("/?q=puffins");
  const land = [...html.matchAll(/<use class="land"([^>]*)>/g)].map(([, attributes]) => attributes);
  expect(land).toHaveLength(1);
  expect(land[0]).toMatch(/ fill="currentColor" fill-opacity="0\.15"/);
});

describe("a long record", () => {
  beforeAll(async () => {
    const names = await vocabulary();
    for (let i = 0; i < 205; i++) {
      const day = `2014-0${1 + (i % 9)}-${String(1 + (i % 28)).padStart(2, "0")}`;
      // Written directly, so that no shard wakes up.
      const input = event({ date: day, title: `Parchment ${i}`, summary: "One of many." });
      await recordEvent(env.DB, `many-${i}`, input, names);
    }
  });

  it("shows fifty events at a time, then earlier ones, each event once", async () => {
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let path: string | undefined = "/?q=parchment"; path !== undefined; ) {
      const { events, ways }: { events: string[]; ways: Link[] } = await readTimeline(path);
      seen.push(...events);
      sizes.push(events.length);
      path = ways.find(({ name }) => ["Earlier events", "Published earlier"].includes(name))?.href;
    }
    expect(sizes).toEqual([50, 50, 50, 50, 5]);
    expect(new Set(seen).size).toBe(205);
  });

  it("says that there may be more, and links back", async () => {
    const last = await readTimeline("/?q=parchment&page=4");
    expect(last.count).toBe("200 events match; there may be more, published earlier.");
    expect(last.ways.map(({ name }) => name)).toEqual(["Later events", "Published earlier"]);
    const older = await readTimeline(last.ways[1]?.href ?? "");
    expect(older.count).toBe("5 events match.");
    expect(older.html).toContain('<a href="/?q=parchment">Show the newest</a>');
  });

  it("shows the last page for a page beyond it", async () => {
    expect((await readTimeline("/?q=geneva&page=4")).events).toEqual((await readTimeline("/?q=geneva")).events);
  });
});
