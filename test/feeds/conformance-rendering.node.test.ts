/** Whatever an item says: what comes out of a format is what went in, but for what no format can carry. */
import fc from "fast-check";
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import ICAL from "ical.js";
import { describe, expect, it } from "vitest";
import type { Feed, FeedItem } from "../../src/feeds/feed.ts";
import { FORMATS } from "../../src/feeds/feed-formats.ts";
import { clean } from "../../src/record/fields.ts";
import { unescaped } from "./parsers/calendars.ts";
import { renderText } from "./render.ts";

/** Pieces of text that formats are written with, and units of UTF-16 as they come, halves of characters too. */
const piece = fc.oneof(
  fc.constantFrom(
    "]]>",
    "<![CDATA[",
    "<",
    ">",
    "&",
    "&amp;",
    "&#0;",
    "&lt;",
    '"',
    "'",
    "</item>",
    "</entry>",
    "<!--",
    "<?",
  ),
  fc.constantFrom("\r\n", "\n", "\r", "\t", " ", "\u2028", "\u0085", "\u00a0", "\ufeff", "\u202e", "\u2066"),
  fc.constantFrom("\0", "\u0007", "\u001b", "\ufffe", "\uffff", "\ud83d", "\udd4a"),
  fc.constantFrom(",", ";", ":", "\\", "\\n", "\\,", "\nEND:VEVENT\n", "\r\n ", "\r\nSUMMARY:", "BEGIN:VCALENDAR"),
  fc.constantFrom(
    "👩🏽‍⚕️",
    "🇸🇾",
    "حلب",
    "W".repeat(10_000),
    "ح".repeat(80),
    "🕊".repeat(40),
    "]}",
    '","id":"',
    "$&",
    "$1",
  ),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 10 }).map((units) => String.fromCharCode(...units)),
);

/** Between two letters, since parsers trim what surrounds a text. */
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => `x${pieces.join("")}y`);

const item: fc.Arbitrary<FeedItem> = fc.record({
  guid: fc.uuid().map((id) => `parley:event:${id}`),
  url: fc.option(fc.webUrl({ withQueryParameters: true }), { nil: undefined }),
  title: text,
  html: text,
  text,
  published: fc.constant("2016-09-22T18:30:00.000Z"),
  updated: fc.constant("2016-09-23T18:30:00.000Z"),
  creator: fc.option(text, { nil: undefined }),
  categories: fc.uniqueArray(text, { maxLength: 3 }),
  language: fc.constantFrom("en", "ar", "und"),
  happened: fc.record({
    date: fc.constantFrom("2016", "2016-02", "2016-09-22"),
    end_date: fc.constantFrom(null, "2016-12-31"),
    precision: fc.constant("day" as const),
    places: fc.array(fc.record({ name: text, latitude: fc.constant(36.2), longitude: fc.constant(37.16) }), {
      maxLength: 2,
    }),
    revision: fc.integer({ min: 1, max: 9 }),
    retracted: fc.boolean(),
  }),
});

const feed: fc.Arbitrary<Feed> = fc.record({
  id: fc.constant("parley:feed"),
  title: text,
  description: text,
  author: text,
  home: fc.constant("https://wire.example/"),
  self: fc.constant("https://wire.example/feed.rss"),
  older: fc.constant(undefined),
  current: fc.constant(undefined),
  hub: fc.constant(undefined),
  items: fc.uniqueArray(item, { minLength: 1, maxLength: 3, selector: ({ guid }) => guid }),
});

const runs = { numRuns: 200 };

const cleanList = (texts: readonly string[]) => texts.map(clean);
const optional = (value: string | undefined) => (value === undefined ? undefined : clean(value));

describe("any item, parsed back, says the same", () => {
  it("in RSS", () => {
    fc.assert(
      fc.property(feed, (given) => {
        const xml = renderText(FORMATS.rss, given);
        expect(isXmlText(xml)).toBe(true);
        const { title, description, items = [] } = parseRssFeed(xml);
        expect([title, description]).toEqual([clean(given.title), clean(given.description)]);
        expect(
          items.map((item) => ({
            id: item.guid?.value,
            title: item.title,
            html: item.description,
            creator: item.dc?.creators?.[0],
            categories: (item.categories ?? []).map(({ name }) => name),
          })),
        ).toEqual(given.items.map(expectedItem));
      }),
      runs,
    );
  });

  it("in Atom", () => {
    fc.assert(
      fc.property(feed, (given) => {
        const xml = renderText(FORMATS.atom, given);
        expect(isXmlText(xml)).toBe(true);
        const { title, subtitle, authors, entries = [] } = parseAtomFeed(xml);
        expect([title?.value, subtitle?.value, authors?.[0]?.name]).toEqual(
          cleanList([given.title, given.description, given.author]),
        );
        expect(
          entries.map((entry) => ({
            id: entry.id,
            title: entry.title?.value,
            html: entry.content?.value,
            creator: entry.authors?.[0]?.name,
            categories: (entry.categories ?? []).map(({ term }) => term),
          })),
        ).toEqual(given.items.map(expectedItem));
      }),
      runs,
    );
  });

  it("in JSON Feed", () => {
    fc.assert(
      fc.property(feed, (given) => {
        // Over the wire a lone half of a character becomes U+FFFD.
        const { title, description, items = [] } = parseJsonFeed(renderText(FORMATS.json, given));
        expect(cleanList([title ?? "", description ?? ""])).toEqual(cleanList([given.title, given.description]));
        expect(
          items.map((item) => ({
            id: item.id,
            title: clean(item.title ?? ""),
            html: clean(item.content_html ?? ""),
            creator: optional(item.authors?.[0]?.name),
            categories: cleanList(item.tags ?? []),
          })),
        ).toEqual(given.items.map(expectedItem));
      }),
      runs,
    );
  });

  it("in iCalendar", () => {
    fc.assert(
      fc.property(feed, (given) => {
        const lines = renderText(FORMATS.ics, given);
        expect(badLines(lines)).toEqual([]);
        const calendar = new ICAL.Component(ICAL.parse(lines));
        const events = calendar.getAllSubcomponents("vevent");
        const value = (event: ICAL.Component, name: string) => event.getFirstPropertyValue(name)?.toString();
        expect(unescaped(value(calendar, "x-wr-calname") ?? "")).toBe(clean(given.title));
        expect(
          events.map((event) => ({
            id: value(event, "uid"),
            title: value(event, "summary"),
            text: value(event, "description"),
            html: unescaped(value(event, "x-alt-desc") ?? ""),
            categories: event.getAllProperties("categories").flatMap((each) => each.getValues().map(String)),
          })),
        ).toEqual(
          given.items.map((item) => ({
            id: item.guid,
            title: clean(item.title),
            text: clean(item.text),
            html: clean(item.html),
            categories: cleanList(item.categories),
          })),
        );
      }),
      runs,
    );
  });
});

const expectedItem = (item: FeedItem) => ({
  id: item.guid,
  title: clean(item.title),
  html: clean(item.html),
  creator: optional(item.creator),
  categories: cleanList(item.categories),
});

/** Whether a document has only characters that XML 1.0 allows (section 2.2). */
const isXmlText = (document: string): boolean =>
  /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u.test(document);

/**
 * The lines of a calendar that are longer than 75 bytes, end inside a character, or hold what is no text of a calendar: control
 * characters but the tab (RFC 5545, section 3.1).
 */
function badLines(calendar: string): string[] {
  const encoder = new TextEncoder();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters in question
  const control = /[\0-\x08\n-\x1f\x7f]/;
  return calendar
    .split("\r\n")
    .filter((line) => encoder.encode(line).length > 75 || !line.isWellFormed() || control.test(line));
}
