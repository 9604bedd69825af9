/** Whatever else reads strings of others: answers of receivers, titles, snippets, wordings of an event. */

import { describe, expect, it } from "vitest";
import { discord } from "../../src/channels/discord.ts";
import { highlight } from "../../src/channels/highlight.ts";
import { line } from "../../src/channels/line.ts";
import { slack } from "../../src/channels/slack.ts";
import { answerOf } from "../../src/delivery/answer.ts";
import type { Message } from "../../src/messages/message-schema.ts";
import { clean } from "../../src/record/fields.ts";
import { makeCompare } from "../../src/site/events/difference.tsx";
import { shortened } from "../../src/site/text-format.ts";
import { random } from "../bench/random.ts";
import { KB, within } from "./cost.ts";
import { fill } from "./texts.ts";

/** What the expressions of these modules look for, and what they stop at. */
const PIECES = [
  ...[
    " ",
    "\n",
    "\r",
    "\t",
    "\u2028",
    "1",
    ".",
    "a",
    "A",
    "_",
    "-",
    ":",
    "=",
    '"',
    "'",
    "\\",
    "/",
    "%2C",
    "{",
    "}",
    "<",
    ">",
  ],
  ...[
    "token",
    "secret",
    "authorization: ",
    "bearer ",
    "basic ",
    "whsec_",
    "v1,",
    "v1a,",
    "eyJ",
    "&",
    "&amp;",
    "@everyone",
  ],
  ...[
    "hooks.slack.com",
    "discord.com/api",
    "/v1",
    "/webhooks",
    "[",
    "]",
    "(",
    "|",
    "*",
    "~",
    "`",
    "#",
    "://",
    "http://",
  ],
  ...["\u202a", "\u2069", "\u0301\u0323", "\u0627", "\u05d0", "\u200d", "😀", "🇸", "中"],
];

/** A string of `length` code units: two or three pieces again and again, and behind them another piece. */
function strings(count: number): ((length: number) => string)[] {
  const next = random(12);
  const piece = (): string => PIECES[Math.floor(next() * PIECES.length)] ?? " ";
  return Array.from({ length: count }, (_, i) => {
    const [unit, end] = [i < PIECES.length ? (PIECES[i] ?? " ") : piece() + piece() + piece(), piece()];
    return (length) => fill(unit, length >>> 1) + fill(end, length >>> 1);
  });
}

const message = (text: string): Message => ({
  type: "article.matched",
  timestamp: "2016-09-22T18:30:00Z",
  data: {
    alert: { id: "al_0_0000000000000000", query: text.slice(0, 512) },
    sequence: 1,
    article: {
      id: "hostile",
      url: null,
      title: text.slice(0, 500),
      publisher: text.slice(0, 200),
      published_at: null,
      language: null,
      summary: text,
    },
    events: [],
    matches: [
      {
        term: "a",
        means: "word",
        field: "text",
        text: text.slice(0, 160),
        snippet: text.slice(0, 400),
        offset: 0,
        occurrences: 1,
      },
    ],
  },
});

describe("the longest strings that each of them is given take at most 100 ms", () => {
  const readers: [name: string, length: number, read: (text: string) => unknown][] = [
    [
      "answers of receivers",
      64 * KB,
      (text) => answerOf({ body: text }, ["secret of nobody", "whsec_MfKQ9r8GKYqrTwjU"]),
    ],
    ["what comes in", 256 * KB, clean],
    ["one line", 64 * KB, (text) => line(text, 240)],
    ["a shortened line", 64 * KB, (text) => shortened(text, 200)],
    ["words found in a snippet", 480, (text) => highlight(text, text.slice(0, 5))],
    ["Discord", 2000, (text) => discord.compose(message(text))],
    ["Slack", 2000, (text) => slack.compose(message(text))],
    ["two wordings", 10_000, (text) => makeCompare()(text, `${text.slice(7)}x`)],
    ["two wordings, one backwards", 10_000, (text) => makeCompare()(text, text.split("").reverse().join(""))],
  ];
  it.each(readers)("%s", (_, length, read) => {
    for (const make of strings(150)) {
      const text = make(length);
      const took = within(100, () => read(text));
      if (took > 100)
        expect.fail(`${took} ms for ${JSON.stringify(text.slice(0, 60))} … ${JSON.stringify(text.slice(-60))}`);
    }
  });
});
