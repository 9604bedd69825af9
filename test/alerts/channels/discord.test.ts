import { parse } from "discord-markdown-parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { discord } from "../../../src/channels/discord.ts";
import { messageText, type Paragraph } from "../../../src/channels/message-text.ts";
import type { Message } from "../../../src/messages/message-schema.ts";
import { confirmation, digestOf, EVENT, gathered, MATCH, matched, messages, RUNS, shownOf } from "./messages.ts";

const contentOf = (said: Message): string => JSON.parse(discord.compose(said).body).content;
const lines = (said: Message): string[] => contentOf(said).split("\n");

describe("a message to Discord", () => {
  it("links, marks what was found, and says which alert it is of", () => {
    expect(lines(matched({}, { events: [EVENT], matches: [MATCH] }))).toEqual([
      "[**Aid convoy hit**](<https://news.example/convoy>)",
      "Example News · 2016-09-19",
      "Trucks burned near Aleppo.",
      "aleppo (place:aleppo in any spelling) in the text: … Trucks burned near **Aleppo**. …",
      "Event of 2016-09-19: [Convoy attack](<https://parley.example/events/ev_1>)",
      "Message 12 of the alert «**aleppo convoy**»",
    ]);
  });

  it("mentions nobody and shows no previews", () => {
    expect(JSON.parse(discord.compose(matched()).body)).toEqual({
      content: expect.any(String),
      allowed_mentions: { parse: [] },
      flags: 4,
    });
  });

  it.each([
    ["a mention", "@everyone <@123> @here", "[**\\@everyone \\<@123> \\@here**](<https://news.example/convoy>)"],
    [
      "formatting",
      "*a* __b__ ~~c~~ `d` ||e||",
      "[**\\*a\\* \\_\\_b\\_\\_ \\~\\~c\\~\\~ \\`d\\` \\|\\|e\\|\\|**](<https://news.example/convoy>)",
    ],
    ["a backslash before formatting", "\\*a*", "[**\\\\\\*a\\***](<https://news.example/convoy>)"],
    [
      "brackets",
      "a](<https://evil.example>)",
      "**a］(\\<https\\://evil.example>)** [link](<https://news.example/convoy>)",
    ],
    ["pairs of brackets", "[VIDEO] a", "[**［VIDEO］ a**](<https://news.example/convoy>)"],
    ["an address", "see https://a.example", "**see https\\://a.example** [link](<https://news.example/convoy>)"],
    ["the name of an emoji", ":smile: 20:15", "[**\\:smile: 20:15**](<https://news.example/convoy>)"],
    ["line breaks", "a\n# b\n> c", "[**a # b > c**](<https://news.example/convoy>)"],
    ["from right to left", "قافلة!", "[**\u2068قافلة!\u2069**](<https://news.example/convoy>)"],
    ["5,000 characters without a space", "x".repeat(5_000), `[**${"x".repeat(239)}…**](<https://news.example/convoy>)`],
  ])("a title with %s", (_, title, expected) => {
    expect(lines(matched({ title }))[0]).toBe(expected);
  });

  it.each([
    ["a heading", "# a", "\\# a"],
    ["a quotation", ">>> a", "\\>>> a"],
    ["a list", "- a", "\\- a"],
    ["a numbered list", "1. a", "1\\. a"],
    ["small print", "-# a", "\\-# a"],
  ])("a summary that begins with %s", (_, summary, expected) => {
    expect(lines(matched({ summary }))[2]).toBe(expected);
  });

  it.each([
    ["no URL", null, "**Aid convoy hit**"],
    ["a script", "javascript:alert(1)", "**Aid convoy hit**"],
    ["signs that end a link", "https://a.example/x)y>z\\q", "[**Aid convoy hit**](<https://a.example/x%29y%3Ez/q>)"],
  ])("an article with %s", (_, url, expected) => {
    expect(lines(matched({ url }))[0]).toBe(expected);
  });

  it("counts the items of a digest that do not fit", () => {
    const said = lines(digestOf(Array.from({ length: 40 }, (_, index) => gathered(`${index} ${"*".repeat(100)}`))));
    const shown = said.filter((line) => line.startsWith("• "));
    expect(said.at(-2)).toBe(`and ${40 - shown.length} more`);
    expect(shown.length).toBe(7);
  });

  it("confirmation: the link is there, however long the query and the address of this service", () => {
    const url = `https://${"a".repeat(60)}.example/${"x".repeat(400)}`;
    expect(contentOf(confirmation("*".repeat(512), url)).split(`[confirm the alert](<${url}>)`)).toHaveLength(2);
  });

  it("whatever the record holds: bounded, no markup but ours, and the text as it was", () => {
    fc.assert(
      fc.property(messages, (said) => {
        const content = contentOf(said);
        expect(content.length).toBeLessThanOrEqual(2_000);
        const { text, links } = read(content);
        const shown = shownOf(messageText(said), text.split("\n"), textOf);
        expect(links).toEqual(shown?.flat().flatMap(({ url }) => (url === null ? [] : [url])));
      }),
      RUNS,
    );
  });
});

const textOf = (paragraph: Paragraph): string =>
  paragraph
    .map(({ text, url }) => (url !== null && text.includes("://") ? `${text} link` : text))
    .join("")
    .replaceAll("[", "［")
    .replaceAll("]", "］");

type Node = ReturnType<typeof parse>[number];

/** What a reader sees of it: anything but text, bold, and links is an error. */
function read(content: string): { text: string; links: string[] } {
  const links: string[] = [];
  const show = (nodes: Node | Node[]): string => (Array.isArray(nodes) ? nodes : [nodes]).map(showOne).join("");
  const showOne = (node: Node): string => {
    if (node["type"] === "text") return String(node["content"]);
    if (node["type"] === "twemoji") return String(node["name"]);
    if (node["type"] === "br" || node["type"] === "newline") return "\n";
    if (node["type"] === "link") links.push(String(node["target"]));
    if (node["type"] === "link" || node["type"] === "strong") return show(node["content"]);
    throw new Error(`markup: ${JSON.stringify(node)}`);
  };
  return { text: show(parse(content, "extended")), links };
}
