import { expect, it } from "vitest";
import type { Delivery } from "../../src/alerts/alert.ts";
import { messageItem } from "../../src/alerts/feed.tsx";
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
  const delivery: Delivery = {
    sequence: 1,
    id: "msg_1",
    type: "article.matched",
    status: "delivered",
    message: {
      type: "article.matched",
      timestamp: "2016-09-22T18:30:00.000Z",
      data: JSON.parse(JSON.stringify({ article, events: [], matches })),
    },
    attempts: [],
    next_attempt_at: null,
  };
  const { html } = messageItem(delivery);
  // Isolated, so that what direction it has does not turn round the words before it.
  expect(html).toContain("<code>convoy</code> (word) in the text: <bdi>قافلة &lt;convoy></bdi></li>");
  expect(html).toContain("<code>place:aleppo</code> (place:aleppo) in the event</li>");
  expect(html).toContain("<code>-truck</code> (word) as it does not occur</li>");
});
