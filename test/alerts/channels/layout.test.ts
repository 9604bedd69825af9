import { describe, expect, it } from "vitest";
import { KINDS } from "../../../src/channels/channel-kinds.ts";
import { layOut } from "../../../src/channels/fit.ts";
import type { MessageText, Paragraph, Run } from "../../../src/channels/message-text.ts";
import { ARTICLE, message } from "./messages.ts";

const run = (text: string): Run => ({ text, strong: false, url: null });
const messageText: MessageText = {
  heading: run("head"),
  paragraphs: [[run("one")], [run("two")], [run("three")]],
  omission: (count) => `+${count}`,
  foot: [[run("foot")]],
};
const write = (paragraph: Paragraph): string => paragraph.map(({ text }) => text).join("");

describe("what fits", () => {
  it.each([
    [23, true, "head|one|two|three|foot"],
    [22, true, "head|one|two|+1|foot"],
    [20, true, "head|one|two|+1|foot"],
    [19, true, "head|one|+2|foot"],
    [15, true, "head|+3|foot"],
    [0, true, "head|+3|foot"],
    [18, false, "one|two|three|foot"],
    [17, false, "one|two|+1|foot"],
  ])("in %i, with the heading: %s", (limit, headed, expected) => {
    const text = layOut(messageText, { limit, write, size: (written) => written.length, headed });
    expect(text.replaceAll("\n", "|")).toBe(expected);
  });
});

describe("heading, link and foot fit every service, whatever has to be escaped", () => {
  const url = `https://a.example/${"x".repeat(682)}`;
  const worst = (sign: string) =>
    message(
      "article.matched",
      {
        article: { ...ARTICLE, title: `a${sign.repeat(600)}`, url, summary: sign.repeat(600) },
        events: [],
        matches: [],
        replay: true,
        limit: { per_day: 1_000_000, until: "2016-09-20T00:00:00.000Z" },
        omitted: { count: 1_000_000, since: "2016-09-20T00:00:00.000Z" },
      },
      { query: `a${sign.repeat(511)}`, sequence: 1_000_000_000 },
    );

  it.each(["&", "*", "\\", "[", "中", "حلب", "a\u202e", "e\u0301"])("of %s", (sign) => {
    const said = worst(sign);
    const slack = JSON.parse(KINDS.slack.compose(said).body).text;
    const discord = JSON.parse(KINDS.discord.compose(said).body).content;
    const ntfy = KINDS.ntfy.compose(said);
    expect(slack.length).toBeLessThanOrEqual(4_000);
    expect(discord.length).toBeLessThanOrEqual(2_000);
    expect(new TextEncoder().encode(ntfy.body).length).toBeLessThanOrEqual(4_096);
    for (const text of [slack, discord, ntfy.headers["click"]]) expect(text).toContain(url);
    for (const text of [slack, discord, ntfy.body]) expect(text).toContain("Message 1000000000 of the alert «");
  });
});
