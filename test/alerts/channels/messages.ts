/** Messages to compose: plain ones for exact expectations, and random ones made of what breaks markup. */
import fc from "fast-check";
import type { MessageText, Paragraph } from "../../../src/channels/message-text.ts";
import {
  type ArticleMatched,
  type DigestItem,
  type LinkedEvent,
  type Message,
  type MessageType,
  messageSchema,
  type Remarks,
} from "../../../src/messages/message-schema.ts";
import type { Match } from "../../../src/query/explain.ts";

const ALERT = { id: "al_0_abcdefghijklmnop", query: "aleppo convoy" };

/** A message as it comes out of the outbox. Throws if the data is not that of the type. */
export function message(type: MessageType, data: object, { query = ALERT.query, sequence = 12 } = {}): Message {
  const numbered = type === "alert.confirm" ? {} : { sequence };
  const timestamp = "2016-09-19T20:30:00.000Z";
  return messageSchema.parse({ type, timestamp, data: { alert: { ...ALERT, query }, ...numbered, ...data } });
}

export const ARTICLE: ArticleMatched["article"] = {
  id: "ar_1",
  url: "https://news.example/convoy",
  title: "Aid convoy hit",
  publisher: "Example News",
  published_at: "2016-09-19T20:10:00.000Z",
  language: "en",
  summary: "Trucks burned near Aleppo.",
};
export const MATCH: Match = {
  term: "aleppo",
  means: "place:aleppo",
  field: "text",
  text: "Aleppo",
  snippet: "… Trucks burned near Aleppo. …",
  offset: 20,
  occurrences: 2,
};
export const EVENT: LinkedEvent = {
  id: "ev_1",
  date: "2016-09-19",
  title: "Convoy attack",
  url: "https://parley.example/events/ev_1",
};

export const matched = (
  article: Partial<ArticleMatched["article"]> = {},
  rest: Partial<ArticleMatched> & Remarks = {},
): Message => message("article.matched", { article: { ...ARTICLE, ...article }, events: [], matches: [], ...rest });

export const confirmation = (query: string, confirm_url = "https://parley.example/confirm/ch_1?a=1&b=2"): Message =>
  message("alert.confirm", { challenge: "ch_1", confirm_url }, { query });

export const gathered = (title: string): DigestItem => ({
  type: "article.matched",
  timestamp: "2016-09-19T20:30:00.000Z",
  article: { ...ARTICLE, title },
  events: [],
  matches: [],
});

export const digestOf = (items: DigestItem[]): Message => message("alert.digest", { digest: "daily", items });

/** What ends, opens or imitates something in one markup or another, and what no text should hold. */
const FRAGMENTS = [
  ..."&<>*_~`|[]()#@:!\\-+\"'=?«».",
  ...[
    "&amp;",
    "&lt;!channel&gt;",
    "<!channel>",
    "<!here|x>",
    "<@U012AB3CD>",
    "<#C1>",
    "<https://evil.example|x>",
    "@everyone",
    "@here",
  ],
  ...[
    "<@123456789012345678>",
    "<@&1>",
    "<:a:1>",
    "<t:1>",
    "</x:1>",
    "](https://evil.example)",
    "](<https://evil.example>)",
    "```",
    "||",
    "**",
  ],
  ...[
    "https://evil.example",
    "javascript:alert(1)",
    "\n# ",
    "\n> ",
    "\n>>> ",
    "\n- ",
    "1. ",
    "-# ",
    ":smile:",
    "¯\\_(ツ)_/¯",
    "$&",
    "$1",
  ],
  ...[
    "\r\nX-Evil: 1",
    "\0",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\u2028",
    "\ufeff",
    "\ufffe",
    "\ud800",
    "\udc00",
    "\u200b",
    "\u2060",
  ],
  ...[
    "\u202e",
    "\u202c",
    "\u2066",
    "\u2067",
    "\u2068",
    "\u2069",
    "\u200f",
    "حلب",
    "العربية",
    "שלום",
    "e\u0301",
    "👩‍👩‍👧",
    "🇸🇾",
    "中文",
    "=?utf-8?q?x?=",
  ],
  ...["x".repeat(5_000), "\u0300".repeat(3_000), "&".repeat(600), "😀".repeat(400), " ", "word", "Aleppo"],
];
export const hostile: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 8 }).map((parts) => parts.join("")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
);
const address: fc.Arbitrary<string> = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  hostile,
  hostile.map((text) => `https://a.example/${text}`),
  hostile.map((text) => `https://a.example/?=${text}#${text}`),
  fc.constantFrom(
    "javascript:alert(1)",
    "data:text/html,x",
    "https://bank.example@evil.example/",
    "HTTP://A.EXAMPLE\\x",
    "//a",
  ),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 5 });

const event = fc.record({ id: hostile, date: hostile, title: hostile, url: address });
const match: fc.Arbitrary<Match> = fc.record({
  term: hostile,
  means: hostile,
  field: fc.constantFrom("title", "text", "publisher", "event", "language", "absent"),
  text: maybe(hostile),
  snippet: maybe(hostile),
  offset: fc.constant(0),
  occurrences: fc.constant(1),
});
const matching: fc.Arbitrary<ArticleMatched> = fc.record({
  article: fc.record({
    id: hostile,
    url: maybe(address),
    title: hostile,
    publisher: maybe(hostile),
    published_at: maybe(hostile),
    language: fc.constant(null),
    summary: maybe(hostile),
  }),
  events: fc.array(event, { maxLength: 4 }),
  matches: fc.array(match, { maxLength: 6 }),
});
const change = fc.record({
  event: event.chain((it) => hostile.map((summary) => ({ ...it, summary }))),
  reason: hostile,
});
const correction = fc.record({ event: change.map((it) => it.event), changed: fc.array(hostile, { maxLength: 3 }) });

const timestamp = "2016-09-19T20:30:00.000Z";
const item: fc.Arbitrary<DigestItem> = fc.oneof(
  matching.map((it) => ({ type: "article.matched" as const, timestamp, ...it })),
  correction.map((it) => ({ type: "event.corrected" as const, timestamp, ...it })),
  change.map((it) => ({ type: "event.retracted" as const, timestamp, ...it })),
);
const remarks: fc.Arbitrary<Remarks> = fc.constantFrom<Remarks>(
  {},
  {
    replay: true,
    limit: { per_day: 1_000, until: "2016-09-20T00:00:00.000Z" },
    omitted: { count: 123_456, since: timestamp },
  },
);

/** Any message, every string of which may be anything. */
export const messages: fc.Arbitrary<Message> = fc
  .tuple(
    fc.oneof(
      matching.map((data) => ["article.matched", data] as const),
      correction.map((data) => ["event.corrected", data] as const),
      change.map((data) => ["event.retracted", data] as const),
      fc.array(item, { maxLength: 30 }).map((items) => ["alert.digest", { digest: "hourly", items }] as const),
      fc.constant(["alert.test", {}] as const),
      fc.constant(["alert.confirm", { challenge: "c", confirm_url: "https://parley.example/confirm/c" }] as const),
    ),
    remarks,
    hostile,
  )
  .map(([[type, data], said, query]) =>
    message(type, { ...data, ...(type === "alert.confirm" ? {} : said) }, { query }),
  );

/** As many random messages as a test should try. */
export const RUNS = { numRuns: 400 };

/**
 * The paragraphs that a message shows, heading and foot included; undefined where its lines are anything else than what is told in
 * order, with at most its end left out and counted.
 */
export function shownOf(
  told: MessageText,
  lines: string[],
  show: (paragraph: Paragraph) => string,
): Paragraph[] | undefined {
  for (let kept = told.paragraphs.length; kept >= 0; kept--) {
    const left = told.paragraphs.length - kept;
    const first = [[told.heading], ...told.paragraphs.slice(0, kept)];
    const written = [...first.map(show), ...(left > 0 ? [told.omission(left)] : []), ...told.foot.map(show)];
    if (written.length === lines.length && written.every((line, index) => line === lines[index]))
      return [...first, ...told.foot];
  }
  return undefined;
}
