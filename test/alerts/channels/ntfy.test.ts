import fc from "fast-check";
import libmime from "libmime";
import { describe, expect, it } from "vitest";
import type { ChannelKind } from "../../../src/channels/channel.ts";
import { messageText, type Paragraph } from "../../../src/channels/message-text.ts";
import { ntfy } from "../../../src/channels/ntfy.ts";
import type { Message } from "../../../src/messages/message-schema.ts";
import {
  confirmation,
  digestOf,
  EVENT,
  gathered,
  MATCH,
  matched,
  message,
  messages,
  RUNS,
  shownOf,
} from "./messages.ts";

type Composed = ReturnType<ChannelKind["compose"]>;

const lines = (said: Message): string[] => ntfy.compose(said).body.split("\n");
const bytes = (text: string): number => new TextEncoder().encode(text).length;

describe("a message to ntfy", () => {
  it("has its title, its link and its icon in headers, and the rest as text", () => {
    expect(ntfy.compose(matched({}, { events: [EVENT], matches: [MATCH] }))).toEqual({
      headers: {
        "content-type": "text/plain; charset=utf-8",
        title: "Aid convoy hit",
        tags: "newspaper",
        click: "https://news.example/convoy",
      },
      body: [
        "Example News · 2016-09-19",
        "Trucks burned near Aleppo.",
        "aleppo (place:aleppo in any spelling) in the text: … Trucks burned near Aleppo. …",
        "Event of 2016-09-19: Convoy attack https://parley.example/events/ev_1",
        "Message 12 of the alert «aleppo convoy»",
      ].join("\n"),
    });
  });

  it.each([
    ["in ASCII", "a & b <c> *d*", "a & b <c> *d*"],
    ["beyond ASCII", "Grüße", "=?UTF-8?B?R3LDvMOfZQ==?="],
    ["with a header of its own", "a\r\nX-Evil: 1", "a X-Evil: 1"],
    ["with NUL", "a\0b", "a b"],
    ["with half a surrogate pair", "a\ud800", "=?UTF-8?B?Ye+/vQ==?="],
    ["that looks encoded", "=?utf-8?q?x?=", "=?UTF-8?B?PT91dGYtOD9xP3g/PQ==?="],
    ["from right to left", "حلب", "=?UTF-8?B?4oGo2K3ZhNio4oGp?="],
    ["of more than a word", "é".repeat(23), `=?UTF-8?B?${"w6nDqcOp".repeat(7)}w6k=?= =?UTF-8?B?w6k=?=`],
    [
      "of 5,000 characters",
      "x".repeat(5_000),
      `${`=?UTF-8?B?${"eHh4".repeat(15)}?= `.repeat(5)}=?UTF-8?B?eHh4eHh4eHh4eHh4eHjigKY=?=`,
    ],
  ])("a title %s", (_, title, expected) => {
    expect(ntfy.compose(matched({ title })).headers["title"]).toBe(expected);
  });

  it.each([
    ["the article", matched(), "https://news.example/convoy"],
    [
      "an address that looks encoded",
      matched({ url: "https://a.example/=?utf-8?q?x?=" }),
      "=?UTF-8?B?aHR0cHM6Ly9hLmV4YW1wbGUvPT91dGYtOD9xP3g/PQ==?=",
    ],
    [
      "an address with a header of its own",
      matched({ url: "https://a.example/\r\nTitle: x" }),
      "https://a.example/Title:%20x",
    ],
    ["nothing, for a script", matched({ url: "javascript:alert(1)" }), undefined],
    ["nothing, where there is no address", matched({ url: null }), undefined],
    ["the event's page", message("event.retracted", { event: { ...EVENT, summary: "" }, reason: "" }), EVENT.url],
    ["the page to confirm on", confirmation("aleppo"), "https://parley.example/confirm/ch_1?a=1&b=2"],
    ["nothing, for a digest", digestOf([gathered("a")]), undefined],
  ])("a click leads to %s", (_, said, expected) => {
    expect(ntfy.compose(said).headers["click"]).toBe(expected);
  });

  it("counts the items of a digest that do not fit, in bytes", () => {
    const said = digestOf(Array.from({ length: 40 }, (_, index) => gathered(`${index} ${"中".repeat(100)}`)));
    const shown = lines(said).filter((line) => line.startsWith("• "));
    expect(bytes(ntfy.compose(said).body)).toBeLessThanOrEqual(4_096);
    expect(lines(said).at(-2)).toBe(`and ${40 - shown.length} more`);
    expect(shown.length).toBe(11);
  });

  it("whatever the record holds: bounded, valid headers in ASCII, and the text as it was", () => {
    fc.assert(
      fc.property(messages, (said) => {
        const { headers, body }: Composed = ntfy.compose(said);
        const text = messageText(said);
        const { heading } = text;
        expect(Object.keys(headers).toSorted()).toEqual([
          ...(heading.url === null ? [] : ["click"]),
          "content-type",
          "tags",
          "title",
        ]);
        for (const [name, value] of new Headers(headers)) {
          expect(value).toBe(headers[name]);
          expect(value).toMatch(/^[!-~](?:[ -~]*[!-~])?$/);
        }
        expect(libmime.decodeWords(headers["title"])).toBe(heading.text);
        expect(libmime.decodeWords(headers["click"] ?? "")).toBe(heading.url ?? "");
        expect(bytes(body)).toBeLessThanOrEqual(4_096);
        expect(body.isWellFormed()).toBe(true);
        const show = (runs: Paragraph): string => runs.map(({ text, url }) => (url ? `${text} ${url}` : text)).join("");
        const lines = [heading.text, ...body.split("\n")];
        expect(shownOf({ ...text, heading: { ...heading, url: null } }, lines, show)).toBeDefined();
      }),
      RUNS,
    );
  });
});
