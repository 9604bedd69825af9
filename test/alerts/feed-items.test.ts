import { expect, it } from "vitest";
import { messageItem } from "../../src/alerts/alert-feed.tsx";
import { damagedMessage } from "../../src/messages/compose.ts";
import { type MessageType, messageSchema } from "../../src/messages/message-schema.ts";
import type { Match } from "../../src/query/explain.ts";

const match = (more: Partial<Match>): Match => ({
  term: "convoy",
  means: "word",
  field: "text",
  text: null,
  snippet: null,
  offset: null,
  occurrences: 0,
  ...more,
});

it("a match’s item says where a term stands, and which do not occur", () => {
  const article = {
    id: "a",
    url: null,
    title: "T",
    publisher: null,
    published_at: null,
    language: "ar",
    summary: null,
  };
  const matches = [
    match({ text: "convoy", snippet: "قافلة <convoy>", offset: 6, occurrences: 1 }),
    match({ term: "place:aleppo", means: "place:aleppo", field: "event" }),
    match({ term: "-truck", field: "absent" }),
  ];
  const { html } = itemOf("article.matched", { article, events: [], matches });
  // Isolated, so that what direction it has does not turn round the words before it.
  expect(html).toContain("<code>convoy</code> (the word) in the text: <bdi>قافلة &lt;convoy></bdi></li>");
  expect(html).toContain("<code>place:aleppo</code> (place:aleppo in any spelling) in an event of the article</li>");
  expect(html).toContain("<code>-truck</code> (the word) does not occur</li>");
});

const ARTICLE = {
  id: "a",
  url: "https://paper.example/a",
  title: "T",
  publisher: null,
  published_at: null,
  language: "en",
  summary: null,
};
const MATCHED = { article: ARTICLE, events: [], matches: [match({})] };
const EVENT = { id: "e", date: "2016-09-22", title: "E", url: "https://wire.example/events/e", summary: "S" };

const ABOUT = { alert: { id: "al", query: "convoy" }, sequence: 1 };

const itemOf = (type: MessageType, data: object) =>
  messageItem({
    sequence: 1,
    id: "msg_1",
    type,
    status: "delivered",
    message: messageSchema.parse({ type, timestamp: "2016-09-22T18:30:00.000Z", data: { ...ABOUT, ...data } }),
    attempts: [],
    next_attempt_at: null,
  });

it("a damaged message keeps its place in the feed", () => {
  const parts = { alert: "al", sequence: 1, origin: "", type: "article.matched", at: 0, query: "convoy" };
  const item = messageItem({
    sequence: 1,
    id: "msg_1",
    type: "article.matched",
    status: "delivered",
    message: damagedMessage({ ...parts, data: "{", remarks: null }),
    attempts: [],
    next_attempt_at: null,
  });
  expect(item).toMatchObject({ guid: "msg_1", title: "A message that cannot be shown" });
});

it.each<[MessageType, object, string, string]>([
  ["article.matched", MATCHED, "T", "Message 1."],
  ["event.corrected", { event: EVENT, changed: ["title"] }, "Corrected: E", "Changed: title"],
  ["event.retracted", { event: EVENT, reason: "It did not happen" }, "Retracted: E", "Reason: It did not happen"],
  [
    "alert.digest",
    { digest: "daily", items: [{ type: "article.matched", timestamp: "2016-09-22T18:30:00.000Z", ...MATCHED }] },
    "Daily digest: 1 item",
    '<a href="https://paper.example/a">T</a>',
  ],
  ["alert.test", {}, "A test message", "Message 1."],
])("an item of %s", (type, data, title, within) => {
  const item = itemOf(type, data);
  expect(item.title).toBe(title);
  expect(item.html).toContain(within);
});

it("an address that is none is no link, and hides nothing else", () => {
  const item = itemOf("article.matched", { ...MATCHED, article: { ...ARTICLE, url: "not an address" } });
  expect(item).toMatchObject({ title: "T", url: undefined });
});
