/** One table of wordings: chats, feeds and pages use the same words. */
import { render } from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import { messageItem } from "../../src/alerts/alert-feed.tsx";
import { messageText } from "../../src/channels/message-text.ts";
import { type Message, type MessageType, messageSchema } from "../../src/messages/message-schema.ts";
import { changeInWords, digestTitle, reasonInWords, remarksInWords } from "../../src/messages/wording.ts";
import type { Match } from "../../src/query/explain.ts";
import { makeVocabulary } from "../../src/query/names.ts";
import type { Names } from "../../src/record/names/read-names.ts";
import { MatchReasons } from "../../src/site/alerts/match-reasons.tsx";

const EVENT = { id: "e", date: "2016-09-19", title: "An event", url: "https://wire.example/events/e", summary: "S" };
const ARTICLE = {
  id: "a",
  url: null,
  title: "T",
  publisher: null,
  published_at: null,
  language: "en",
  summary: null,
};
const ABOUT = { alert: { id: "al", query: "convoy" }, sequence: 12 };

const make = (type: MessageType, data: object): Message =>
  messageSchema.parse({ type, timestamp: "2016-09-22T18:30:00.000Z", data: { ...ABOUT, ...data } });

const inChat = (message: Message): string => {
  const { heading, paragraphs, foot } = messageText(message);
  return [[heading], ...paragraphs, ...foot].map((runs) => runs.map(({ text }) => text).join("")).join("\n");
};

const inFeed = (message: Message): string => {
  const { type } = message;
  const { title, html } = messageItem({
    ...{ sequence: 12, id: "msg_1", type, status: "delivered", message, attempts: [], next_attempt_at: null },
  });
  return textOf(`${title}\n${html}`);
};

const textOf = (html: string): string => html.replaceAll(/<[^>]*>/g, "");

const NO_NAMES: Names = { version: 0, vocabulary: makeVocabulary([]), records: new Map() };

describe("why a term matched", () => {
  const match = (field: Match["field"], means: string): Match => ({
    ...{ term: "a-term", means, field, text: null, snippet: null, offset: null, occurrences: 1 },
  });

  it.each<[Match["field"], string, string]>([
    ["title", "word", "(the word) in the title"],
    ["text", "phrase", "(exactly these words) in the text"],
    ["publisher", "prefix", "(words that begin like this) in the publisher’s name"],
    ["event", "place:aleppo", "(place:aleppo in any spelling) in an event of the article"],
    ["language", "language", "(the language) is the article’s language"],
    ["absent", "compound", "(these words in a row) does not occur"],
    [
      "absent",
      "word NEAR/8 topic:truce|topic:peace",
      "(the word NEAR/8 topic:truce or topic:peace in any spelling) does not occur",
    ],
  ])("%s, %s: %s, in chats, feeds and pages", (field, means, words) => {
    const reason = match(field, means);
    expect(reasonInWords(reason)).toBe(words);
    const message = make("article.matched", { article: ARTICLE, events: [], matches: [reason] });
    expect(inChat(message)).toContain(`a-term ${words}`);
    expect(inFeed(message)).toContain(`a-term ${words}`);
    const page = render(<MatchReasons matches={[reason]} language="en" names={NO_NAMES} />);
    // Pages know the labels of names. A name that is not on record is shown without its kind.
    expect(textOf(page)).toContain(`a-term ${words.replaceAll(/(?:place|topic):/g, "")}`);
  });
});

describe("the other words are those of chats and of feeds", () => {
  it.each<[MessageType, object, string[]]>([
    [
      "event.corrected",
      { event: EVENT, changed: ["summary", "actors", "retracted"] },
      ["Corrected: An event", "Changed: what happened, who took part, no longer retracted"],
    ],
    ["event.retracted", { event: EVENT, reason: "Entered twice." }, ["Retracted: An event", "Reason: Entered twice."]],
    ["event.retracted", { event: EVENT, reason: "" }, ["Reason: none given"]],
    [
      "alert.digest",
      { digest: "hourly", part: { number: 2, of: 3 }, items: [] },
      ["Hourly digest: 0 items, part 2 of 3"],
    ],
    ["alert.test", {}, ["A test message", "Someone who manages this alert asked for it."]],
    [
      "alert.test",
      {
        replay: true,
        omitted: { count: 3, since: "2016-09-18T10:00:00.000Z" },
        limit: { per_day: 100, until: "2016-09-20T00:00:00.000Z" },
      },
      [
        "This is a replay of past matches.",
        "Matches not sent since 2016-09-18 10:00 UTC, because of the daily limit: 3.",
        "This is the last of 100 messages of the day. Matches until 2016-09-20 00:00 UTC are not sent.",
      ],
    ],
  ])("%s %j", (type, data, words) => {
    const message = make(type, data);
    for (const each of words) {
      expect(inChat(message)).toContain(each);
      expect(inFeed(message)).toContain(each);
    }
  });

  it("one item is no items", () => {
    const item = { type: "event.retracted", timestamp: "2016-09-22T18:30:00.000Z", event: EVENT, reason: "" } as const;
    expect(digestTitle({ digest: "daily", items: [item] })).toBe("Daily digest: 1 item");
  });

  it("a confirmation has no remarks; an unknown field keeps its name", () => {
    const data = { alert: { id: "al", query: "q" }, challenge: "c", confirm_url: "u" };
    expect(remarksInWords(data)).toEqual([]);
    expect(changeInWords({ changed: ["title", "weather"] })).toBe("Changed: title, weather");
  });
});
