import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageText } from "../../../src/channels/message-text.ts";
import { slack } from "../../../src/channels/slack.ts";
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

const textOf = (said: Message): string => JSON.parse(slack.compose(said).body).text;
/** Signs without width are shown as a middle dot. */
const lines = (said: Message): string[] => textOf(said).replaceAll("\u200b", "·").split("\n");

describe("a message to Slack", () => {
  it("links, marks what was found, and says which alert it is of", () => {
    expect(lines(matched({}, { events: [EVENT], matches: [MATCH] }))).toEqual([
      "·*<https://news.example/convoy|Aid convoy hit>*·",
      "Example News · 2016-09-19",
      "Trucks burned near Aleppo.",
      "aleppo (place:aleppo in any spelling) in the text: … Trucks burned near ·*Aleppo*·. …",
      "Event of 2016-09-19: <https://parley.example/events/ev_1|Convoy attack>",
      "Message 12 of the alert «·*aleppo convoy*·»",
    ]);
  });

  it("turns off all that Slack would add", () => {
    expect(JSON.parse(slack.compose(matched()).body)).toEqual({
      text: expect.any(String),
      link_names: false,
      parse: "none",
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  it.each([
    ["a mention", "<!channel> <@U012> @here", "&lt;!channel&gt; &lt;@U012&gt; @here"],
    ["a link", "<https://evil.example|free>", "&lt;https://evil.example|free&gt;"],
    ["an escape", "&lt;!here&gt; R&D", "&amp;lt;!here&amp;gt; R&amp;D"],
    ["formatting", "*a* _b_ ~c~ `d`", "·*·a·*· ·_·b·_· ·~·c·~· ·`·d·`·"],
    ["a quotation", "> a", "·&gt; a"],
    ["line breaks", "a\n```\nb\r\n> c", "a ·`··`··`· b &gt; c"],
    ["from right to left", "قافلة!", "\u2068قافلة!\u2069"],
    ["nothing to see", "\u200b", "(no title)"],
    ["5,000 characters without a space", "x".repeat(5_000), `${"x".repeat(239)}…`],
  ])("a title with %s", (_, title, shown) => {
    expect(lines(matched({ title }))[0]).toBe(`·*<https://news.example/convoy|${shown}>*·`);
  });

  it.each([
    ["no URL", null, "·*Aid convoy hit*·"],
    ["a script", "javascript:alert(1)", "·*Aid convoy hit*·"],
    [
      "signs that end a link",
      "https://a.example/x|y>z?a=1&b=2",
      "·*<https://a.example/x%7Cy%3Ez?a=1&amp;b=2|Aid convoy hit>*·",
    ],
  ])("an article with %s", (_, url, expected) => {
    expect(lines(matched({ url }))[0]).toBe(expected);
  });

  it("counts the items of a digest that do not fit", () => {
    const said = lines(digestOf(Array.from({ length: 40 }, (_, index) => gathered(`${index} ${"&".repeat(100)}`))));
    const shown = said.filter((line) => line.startsWith("• "));
    expect(said[0]).toBe("·*Daily digest: 40 items*·");
    expect(said.at(-2)).toBe(`and ${40 - shown.length} more`);
    expect(shown.length).toBe(6);
  });

  it("confirmation: says who asks for what, where to agree, and that nothing need be done", () => {
    expect(lines(confirmation("<!channel>"))).toEqual([
      "·*<https://parley.example/confirm/ch_1?a=1&amp;b=2|Confirm an alert from Parley>*·",
      "Someone asked Parley, a record of events, to send a message here for every new article that matches «·*&lt;!channel&gt;*·».",
      "To agree, open this page and press the button: <https://parley.example/confirm/ch_1?a=1&amp;b=2|confirm the alert>",
      "If you did not ask for this, do nothing. The request expires, and no further message is sent.",
    ]);
  });

  it("whatever the record holds: bounded, no mention, no markup but ours, and the text as it was", () => {
    fc.assert(
      fc.property(messages, (said) => {
        const text = textOf(said);
        expect(text.length).toBeLessThanOrEqual(4_000);
        expect(text).not.toMatch(/&(?!(amp|lt|gt);)/);
        const outside = text.replace(/<https?:\/\/[!-;=?-{}~]+\|[^<>]*>/g, ([...link]) =>
          link.slice(link.indexOf("|") + 1, -1).join(""),
        );
        expect(outside).not.toMatch(/[<>]/);
        expect(outside).not.toMatch(/(?<!\u200b)[_~`]|[_~`](?!\u200b)/);
        const read = outside.replace(/&(amp|lt|gt);/g, (entity) => ({ "&amp;": "&", "&lt;": "<" })[entity] ?? ">");
        // Stars are ours and theirs: the table above counts them.
        const bare = (written: string): string => written.replace(/[*\u200b]/g, "");
        const shown = shownOf(messageText(said), bare(read).split("\n"), (runs) =>
          bare(runs.map((run) => run.text).join("")),
        );
        expect(shown).toBeDefined();
      }),
      RUNS,
    );
  });
});

describe("the other messages", () => {
  const event = { ...EVENT, summary: "A convoy was attacked." };
  it.each([
    ["a test", message("alert.test", {}), ["·*A test message*·", "Someone who manages this alert asked for it."]],
    [
      "a correction",
      message("event.corrected", { event, changed: ["end_date", "retracted"] }),
      [
        "·*<https://parley.example/events/ev_1|Corrected: Convoy attack>*·",
        "Changed: end date, no longer retracted",
        "You were sent an article about this event of 2016-09-19.",
        "A convoy was attacked.",
      ],
    ],
    [
      "a retraction",
      message("event.retracted", { event, reason: "Entered twice." }),
      [
        "·*<https://parley.example/events/ev_1|Retracted: Convoy attack>*·",
        "Reason: Entered twice.",
        "You were sent an article about this event of 2016-09-19.",
        "A convoy was attacked.",
      ],
    ],
    [
      "a match with remarks",
      matched(
        { url: null, publisher: null, published_at: null, summary: null },
        {
          matches: [{ ...MATCH, term: "-truck", means: "word", field: "absent", text: null, snippet: null }],
          replay: true,
          limit: { per_day: 100, until: "2016-09-20T00:00:00.000Z" },
          omitted: { count: 3, since: "2016-09-18T10:00:00.000Z" },
          truncated: true,
        },
      ),
      [
        "·*Aid convoy hit*·",
        "-truck (the word) does not occur",
        "Some matches or events are left out to keep this message short.",
        "This is a replay of past matches.",
        "Matches not sent since 2016-09-18 10:00 UTC, because of the daily limit: 3.",
        "This is the last of 100 messages of the day. Matches until 2016-09-20 00:00 UTC are not sent.",
      ],
    ],
  ])("%s", (_, said, expected) => {
    expect(lines(said)).toEqual([...expected, "Message 12 of the alert «·*aleppo convoy*·»"]);
  });
});
