/** A Worker that really runs, with data/ and hostile items, read by parsers that others have made: all agree on every item. */
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Running, startPrepared } from "../cli/prepared.ts";
import { api, until } from "../cli/programs.ts";
import { HARD_NAMES, putHostileRecord, short } from "./conformance-record.ts";
import { HARD_LINES, HARD_TITLES, UNCLEAN_TITLES } from "./hard-texts.ts";
import { has, printed } from "./parsers/debian.ts";
import { readPlain } from "./parsers/ical-js.ts";
import { newsboat, readTwice } from "./parsers/newsboat.ts";
import { importedByNewsboat, listedFeeds } from "./parsers/opml.ts";
import { type Extension, fetchText, type Item, type Parser, pick } from "./parsers/parser.ts";
import { PARSERS } from "./parsers/parsers.ts";
import { type Reference, readReference } from "./parsers/reference.ts";
import { type ReadTitle, TITLES } from "./parsers/titles.ts";
import { poll, readPages, readShown, universal } from "./parsers/universal.ts";

let wire: Running;
/** An alert's own feed, with what matched. */
let alertFeed: URL;

beforeAll(async () => {
  wire = await startPrepared(inject("prepared"));
  alertFeed = await putHostileRecord(wire.url);
});
afterAll(async () => {
  await wire?.stop();
});

/** The same address in another format. */
function inFormat(path: string, extension: Extension): string {
  const address = new URL(path, wire.url);
  address.pathname = address.pathname.replace(/\.\w+$/, `.${extension}`);
  return address.href;
}

/** A query in which everything is quoted that can be, as it stands in the title of its feed. */
const HOSTILE_QUERY = `"<b>&amp; ]]> 'x' \\\\, ; حلب \u202e" OR (-title:"<script>" place:aleppo) OR "a\0&<!--, b; \\\\n"`;

const FEEDS: Record<string, () => string | Promise<string>> = {
  "all events": () => "/feed.json?limit=200",
  "the newest events": () => "/feed.json",
  "filtered events": () => "/feed.json?q=place:aleppo&limit=200",
  "an older page of events": () => olderPage("/feed.json?limit=20"),
  "an older page of filtered events": () => olderPage("/feed.json?q=place:aleppo&limit=20"),
  "events of a hostile query": () => `/feed.json?q=${encodeURIComponent(HOSTILE_QUERY)}`,
  "all articles": () => "/articles.json?limit=200",
  "filtered articles": () => "/articles.json?q=place:aleppo&limit=200",
  "an older page of articles": () => olderPage("/articles.json?limit=20"),
  "an alert's feed": () => alertFeed.href.replace(/\.\w+\?/, ".json?"),
};

/** Which formats a feed has. */
const formatsOf = (feed: string): Extension[] => {
  if (feed === "an alert's feed") return ["rss", "json"];
  return feed.includes("articles") ? ["rss", "json", "atom"] : ["rss", "json", "atom", "ics"];
};

async function olderPage(path: string): Promise<string> {
  const { next } = await readReference(new URL(path, wire.url).href);
  if (next === undefined) throw new Error(`${path} has no older page`);
  return next;
}

const references = new Map<string, Reference>();

async function referenceOf(feed: string): Promise<Reference> {
  const known = references.get(feed);
  if (known) return known;
  const reference = await readReference(inFormat(await addressOf(feed), "json"));
  references.set(feed, reference);
  return reference;
}

const addressOf = async (feed: string): Promise<string> => (await FEEDS[feed]?.()) ?? "";

const byId = (a: { id?: string | undefined }, b: { id?: string | undefined }) => ((a.id ?? "") < (b.id ?? "") ? -1 : 1);

describe.each(PARSERS)("$name", (parser: Parser) => {
  const cases = Object.keys(FEEDS).flatMap((feed) =>
    formatsOf(feed)
      .filter((extension) => parser.extensions.includes(extension))
      .map((extension): [Extension, string] => [extension, feed]),
  );
  it.runIf(parser.available).each(cases)("reads in .%s what the JSON Feed says: %s", async (extension, feed) => {
    const { items } = await referenceOf(feed);
    expect(items.length).toBeGreaterThan(0);
    const read = await parser.read(inFormat(await addressOf(feed), extension));
    const expected = items.map((item) => pick(parser.changes?.(item, extension) ?? item, parser.tells));
    // A calendar is a set: who reads it puts it in the order of its days.
    const inOrder = <T extends { id?: string | undefined }>(list: T[]) =>
      extension === "ics" ? list.toSorted(byId) : list;
    expect(inOrder(read.map((item) => pick(item, parser.tells)))).toEqual(inOrder(expected));
  });
});

describe("the JSON Feed itself says what was posted", () => {
  const CLEAN = [
    ...HARD_TITLES.map(([name, title]) => [name, title]),
    ...UNCLEAN_TITLES.map(([name, , left]) => [name, left]),
    ...HARD_LINES.map(([name, , left]) => [`lines: ${name}`, left]),
  ] as [string, string][];

  it.each(CLEAN.map(([name, text], i): [string, number, string] => [name, i, text]))("%s", async (_, i, text) => {
    const find = ({ items }: Reference, id: string): Item | undefined => items.find((item) => item.id === id);
    const article = find(await referenceOf("all articles"), `parley:article:hostile-${i}`);
    expect([article?.title, article?.creator]).toEqual([text, short(text, 200)]);
    const event = find(await referenceOf("all events"), `parley:event:hostile-${i}`);
    const title = short(text, 300);
    expect(event?.title).toBe(i === 0 ? `Retracted: ${title}` : title);
    // A retracted event says why, in the same words here.
    expect(textOf(event?.content ?? "")).toContain(text);
    expect(textOf(article?.content ?? "")).toContain(text);
  });
});

/** The text of HTML that Preact wrote, which escapes three characters. */
const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

describe("the plain text of a calendar", () => {
  it("says in the same words what its HTML says", async () => {
    const words = (text: string): string =>
      (text.replaceAll(/https?:\/\/\S+/g, "").match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
    const { items } = await referenceOf("all events");
    const plain = await readPlain(inFormat(await addressOf("all events"), "ics"));
    expect(plain.size).toBe(items.length);
    for (const { id, content } of items) {
      expect(words(plain.get(id) ?? "")).toBe(words(textOf(content.replaceAll(/<\/?(?:p|li|br)\b/g, " $&"))));
    }
  });
});

describe("the title of a feed with a hostile query", () => {
  const feed = "events of a hostile query";
  const readers = Object.entries(TITLES).filter(([name]) => name !== universal.name || universal.available);
  const cases = readers.flatMap(([name, read]) =>
    (["rss", "atom"] as const).map((extension): [string, Extension, ReadTitle] => [name, extension, read]),
  );
  it.each(cases)("%s reads in .%s what the JSON Feed says", async (_, extension, read) => {
    expect(await read(inFormat(await addressOf(feed), extension))).toBe((await referenceOf(feed)).title);
  });
});

describe.runIf(universal.available)("Universal Feed Parser as a subscriber", () => {
  const feeds = ["/feed.rss", "/feed.atom", "/feed.rss?q=place:aleppo&limit=3", "/articles.atom?limit=7"];

  it.each(feeds)("gets %s once, and 304 from then on", async (path) => {
    // In the second of a change a feed has an earlier date, since another change may follow: then the date has to change once more.
    await until(async () => (await poll(wire.url + path)).join() === "200,304,304");
  });

  it.each(feeds.flatMap((path) => ["next", "prev-archive"].map((relation): [string, string] => [path, relation])))(
    "who follows the links of %s by %s gets every item once",
    async (path, relation) => {
      const all = new URL(path, wire.url);
      all.searchParams.set("limit", "200");
      const { items } = await readReference(inFormat(all.href, "json"));
      expect(items.length).toBeGreaterThan(20);
      expect(await readPages(wire.url + path, relation)).toEqual(items.map(({ id }) => id));
    },
  );
});

describe.runIf(universal.available)("Universal Feed Parser, which removes from HTML what might do harm,", () => {
  it.each<[Extension, string]>([
    ["rss", "all events"],
    ["atom", "all articles"],
  ])("leaves languages, directions and links where they were: .%s, %s", async (extension, feed) => {
    const attributes = (html: string): string[] =>
      [...html.matchAll(/ (?:lang|dir|href)="[^"]*"/g)].map(([attribute]) => attribute).toSorted();
    const { items } = await referenceOf(feed);
    const shown = await readShown(inFormat(await addressOf(feed), extension));
    expect(shown.map(attributes)).toEqual(items.map(({ content }) => attributes(content)));
  });
});

describe.runIf(newsboat.available)("newsboat as a subscriber", () => {
  it("that comes again has every item once", async () => {
    const { items } = await referenceOf("all events");
    const read = await readTwice(`${wire.url}/feed.rss?limit=200`);
    expect(read.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
  });
});

describe("the list of feeds", () => {
  const read = () => fetchText(`${wire.url}/feeds.opml`);

  it("names each feed as the name is called that it is about", async () => {
    const { names } = await api(wire.url, "GET", "/api/names");
    const labels = new Map((names as { id: string; label: string }[]).map(({ id, label }) => [id, label]));
    const feeds = listedFeeds(await read()).flatMap(({ title, address = "" }) => {
      const id = new URL(address).searchParams.get("q");
      return id === null ? [] : [[id, title]];
    });
    expect(feeds.length).toBeGreaterThan(HARD_NAMES.length);
    const shared = Map.groupBy(feeds, ([id = ""]) => labels.get(id));
    const titleOf = (id: string) => {
      const label = labels.get(id);
      const [kind, slug] = id.split(":");
      const group = shared.get(label) ?? [];
      if (group.length === 1) return label;
      const alike = group.filter(([other = ""]) => other.startsWith(`${kind}:`));
      return alike.length > 1 ? `${label} (${kind}: ${slug})` : `${label} (${kind})`;
    };
    expect(feeds).toEqual(feeds.map(([id = ""]) => [id, titleOf(id)]));
    expect(new Set(feeds.map(([, title]) => title)).size).toBe(feeds.length);
  });

  it("leads to feeds that have items and call themselves by the same address", async () => {
    for (const { address = "" } of listedFeeds(await read())) {
      const feed = JSON.parse(await fetchText(inFormat(address, "json")));
      expect(feed.feed_url).toBe(inFormat(address, "json"));
      expect(feed.items.length).toBeGreaterThan(0);
    }
  });

  it.runIf(newsboat.available)("is imported by newsboat, every feed of it", async () => {
    const opml = await read();
    expect(await importedByNewsboat(opml)).toEqual(listedFeeds(opml).map(({ address }) => address));
  });
});

describe.runIf(has("xmllint", "--version"))("xmllint", () => {
  const cases = Object.keys(FEEDS).flatMap((feed) =>
    formatsOf(feed)
      .filter((extension) => extension === "rss" || extension === "atom")
      .map((extension): [Extension, string] => [extension, feed]),
  );
  it.each(cases)("finds .%s well-formed: %s", async (extension, feed) => {
    expect(await printed("xmllint", ["--noout", inFormat(await addressOf(feed), extension)])).toBe("");
  });
  it("finds the OPML well-formed", async () => {
    expect(await printed("xmllint", ["--noout", `${wire.url}/feeds.opml`])).toBe("");
  });
});

/** The rules of https://github.com/w3c/feedvalidator that feeds could break by what they say, each under the name of its message. */
describe("the W3C's feed validator would find no", () => {
  const texts = async (extensions: readonly Extension[]): Promise<string[]> => {
    const addresses = Object.keys(FEEDS).flatMap((feed) =>
      formatsOf(feed)
        .filter((extension) => extensions.includes(extension))
        .map(async (extension) => inFormat(await addressOf(feed), extension)),
    );
    return Promise.all((await Promise.all(addresses)).map(fetchText));
  };
  const all = (documents: readonly string[], pattern: RegExp): string[] =>
    documents.flatMap((text) => [...text.matchAll(pattern)].map(([, found = ""]) => found.replaceAll("&amp;", "&")));

  it("InvalidFullLink, InvalidUriChar: addresses and ids are URIs (RFC 3986)", async () => {
    const found = all(await texts(["rss", "atom"]), /(?:<link>|<id>|<(?:atom:)?link [^>]*?href=")([^<"]*)/g);
    expect(found.length).toBeGreaterThan(300);
    expect(found.filter((uri) => !/^[a-z][a-z0-9+.-]*:[\w;/?:@&=+$.\-!~*'()%,#]+$/i.test(uri))).toEqual([]);
  });

  it("InvalidCoord: positions are decimal numbers", async () => {
    const found = all(await texts(["rss", "atom"]), /<georss:point>([^<]*)</g);
    expect(found.length).toBeGreaterThan(100);
    expect(found.filter((point) => !/^[-+]?\d+\.?\d* [-+]?\d+\.?\d*$/.test(point))).toEqual([]);
    // So are those of calendars (RFC 5545, section 3.3.7).
    const geo = all(await texts(["ics"]), /^GEO:(.*)\r$/gm);
    expect(geo.length).toBeGreaterThan(0);
    expect(geo.filter((point) => !/^[-+]?\d+(?:\.\d+)?;[-+]?\d+(?:\.\d+)?$/.test(point))).toEqual([]);
  });

  it("ImplausibleDate: times are after 1990, in a feed without items too", async () => {
    const empty = await fetchText(`${wire.url}/feed.atom?q=nothingatall`);
    const found = all([empty, ...(await texts(["atom"]))], /<(?:updated|published)>([^<]*)</g);
    expect(found.filter((time) => !(time > "1990"))).toEqual([]);
  });

  it("BadCharacters: no control characters", async () => {
    const bad = /[\u{7f}-\u{9f}]/u;
    expect((await texts(["rss", "atom"])).filter((text) => bad.test(text))).toEqual([]);
  });

  it("MissingOutlineType: only feeds have a title beside their text in OPML", async () => {
    const opml = await fetchText(`${wire.url}/feeds.opml`);
    const outlines = all([opml], /<outline ([^>]*)>/g);
    expect(outlines.filter((outline) => !outline.includes("type=") && outline.includes("title="))).toEqual([]);
  });
});
