import { render } from "preact-render-to-string";
import { beforeAll, describe, expect, it } from "vitest";
import type { AnsweringShard, Status } from "../../src/operation/status-answer.ts";
import { duration, type FindingState, findings, verdict } from "../../src/site/status/findings.ts";
import { StatusView } from "../../src/site/status/status-page.tsx";
import { agoInWords, spanInWords } from "../../src/site/time-spans.ts";
import { call, json, putEvent } from "../client.ts";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const MINUTE = 60;
const secondsAgo = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

const shard = (more: Partial<AnsweringShard> = {}): AnsweringShard => ({
  shard: 0,
  alerts: 3,
  active: 2,
  unconfirmed: 1,
  paused: 0,
  subscriptions: 0,
  cursor: 1200,
  pending: 0,
  due: 0,
  retrying: 0,
  in_flight: 0,
  oldest_pending_at: null,
  failing: {},
  failing_subscriptions: {},
  latency: null,
  lag: 0,
  oldest_pending_seconds: null,
  ...more,
});

const status = (shards: Status["shards"], at: string | null = secondsAgo(3 * 60 * MINUTE)): Status => ({
  log: { head: 1200, at },
  record: { articles: 1, events: 1040, names: 2 },
  shards,
});

const waits = (pending: number, retrying: number, seconds: number, more: Partial<AnsweringShard> = {}) =>
  shard({ pending, due: pending - retrying, retrying, oldest_pending_seconds: seconds, ...more });

describe("the status in words", () => {
  it.each<[string, Status, string, FindingState, RegExp]>([
    [
      "the record",
      status([]),
      "The record",
      "well",
      /number 1,200, was written 3 hours ago\. .*1,040 events, 1 article, 2 names/,
    ],
    ["an empty record", { ...status([]), log: { head: 0, at: null } }, "The record", "well", /^The record is empty/],
    ["no shard yet", status([]), "Up to date", "well", /^There are no alerts yet/],
    ["all have followed", status([shard(), shard({ shard: 1 })]), "Up to date", "well", /^All entries are matched/],
    [
      "one is behind what was just written",
      status([shard(), shard({ shard: 1, lag: 1 })], secondsAgo(5)),
      "Up to date",
      "watch",
      /^Shard 1 still has to match up to 1 entry\. .* normal just after a change/,
    ],
    [
      "two are behind what was written long ago",
      status([shard({ lag: 7 }), shard({ shard: 1, lag: 30 })]),
      "Up to date",
      "wrong",
      /^Shards 0 and 1 still have to match up to 30 entries\. .* should take seconds/,
    ],
    [
      "one does not answer",
      status([shard(), { shard: 4, error: "does not answer" }]),
      "Availability",
      "wrong",
      /^Shard 4 does not answer, of 2\..*Nothing is lost/,
    ],
    [
      "none answers",
      status([
        { shard: 0, error: "does not answer" },
        { shard: 1, error: "does not answer" },
      ]),
      "Availability",
      "wrong",
      /^Shards 0 and 1 do not answer, of 2\./,
    ],
    [
      "one message was sent",
      status([shard({ latency: { messages: 1, p50: 216, p99: 216 } })]),
      "Delivery time",
      "well",
      /^The last message took 216 milliseconds, including/,
    ],
    ["nothing was sent since they woke", status([shard()]), "Delivery time", "well", /^No messages were sent since/],
    [
      "the slower shard's figures hold for both",
      status([
        shard({ latency: { messages: 1000, p50: 120, p99: 2345 } }),
        shard({ shard: 1, latency: { messages: 500, p50: 340.4, p99: 900 } }),
      ]),
      "Delivery time",
      "well",
      /last 1,500 messages, half took 340 milliseconds or less, .* 99 of 100 took 2\.3 seconds or less/,
    ],
    ["nothing waits", status([shard()]), "Pending messages", "well", /^No messages are pending/],
    [
      "what is new waits",
      status([waits(12, 0, 3)]),
      "Pending messages",
      "well",
      /^12 messages are pending: 12 due now, 0 being retried\. The oldest has been due for 3 seconds\.$/,
    ],
    [
      "what was tried waits for its next attempt",
      status([shard({ pending: 1, retrying: 1 })]),
      "Pending messages",
      "well",
      /^1 message is pending: 0 due now, 1 being retried\.$/,
    ],
    [
      "what was never tried is due for long",
      status([waits(2, 0, 6 * MINUTE)]),
      "Pending messages",
      "wrong",
      /due for 6 minutes\. The shard may be stuck/,
    ],
    [
      "what is due for long is not hidden by one that is retried",
      status([waits(2, 1, 6 * MINUTE)]),
      "Pending messages",
      "wrong",
      /due for 6 minutes\. The shard may be stuck/,
    ],
    [
      "in one of two",
      status([waits(1, 1, 10), waits(2, 0, 6 * MINUTE, { shard: 1 })]),
      "Pending messages",
      "wrong",
      /^3 messages are pending: 2 due now, 1 being retried/,
    ],
    ["no receiver fails", status([shard()]), "Receivers", "well", /^No receiver is failing/],
    [
      "receivers fail",
      status([shard({ failing: { timeout: 1, "status 503": 2 } }), shard({ shard: 1, failing: { timeout: 4 } })]),
      "Receivers",
      "watch",
      /for 7 alerts: timeout \(5\), status 503 \(2\)\.$/,
    ],
  ])("%s", (_, told, about, state, says) => {
    const found = findings(told, NOW).find((finding) => finding.about === about);
    expect(found).toMatchObject({ state, says: expect.stringMatching(says) });
  });

  it("lists a shard that does not answer first", () => {
    expect(findings(status([{ shard: 0, error: "does not answer" }]), NOW)[0]?.about).toBe("Availability");
  });

  it.each<[FindingState, Status]>([
    ["well", status([shard()])],
    ["watch", status([shard({ failing: { timeout: 1 } })])],
    ["wrong", status([shard({ failing: { timeout: 1 } }), { shard: 1, error: "does not answer" }])],
  ])("all of it is as its worst part: %s", (state, told) => {
    expect(verdict(findings(told, NOW))).toBe(state);
  });

  it.each([
    [0.4, "0 milliseconds"],
    [999, "999 milliseconds"],
    [1000, "1 second"],
    [61_250, "61.3 seconds"],
  ])("%d ms", (milliseconds, words) => expect(duration(milliseconds)).toBe(words));
});

describe("spans of time", () => {
  it.each([
    [0, "0 seconds", "just now"],
    [1, "1 second", "1 second ago"],
    [119, "119 seconds", "119 seconds ago"],
    [120, "2 minutes", "2 minutes ago"],
    [7199, "119 minutes", "119 minutes ago"],
    [7200, "2 hours", "2 hours ago"],
    [86_400, "24 hours", "24 hours ago"],
    [2 * 86_400, "2 days", "2 days ago"],
    [-5, "0 seconds", "just now"],
  ])("%d seconds", (seconds, span, ago) => {
    expect([spanInWords(seconds), agoInWords(secondsAgo(seconds), NOW)]).toEqual([span, ago]);
  });
});

describe("its page", () => {
  const text = (html: string): string => html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

  it("counts failing subscriptions and failing alerts separately", () => {
    const told = (failing: Record<string, number>, failing_subscriptions: Record<string, number>) =>
      findings(status([shard({ failing, failing_subscriptions }), shard({ shard: 1, failing_subscriptions })]), NOW)
        .filter(({ about }) => about === "Receivers")
        .map(({ state, says }) => [state, says]);
    expect(told({}, { timeout: 2, "status 503": 1 })).toEqual([
      ["watch", "The last attempt failed for 6 WebSub subscriptions: timeout (4), status 503 (2)."],
    ]);
    expect(told({ timeout: 1 }, { timeout: 1 })).toEqual([
      [
        "watch",
        "The last attempt failed for 1 alert: timeout (1). The last attempt failed for 2 WebSub subscriptions: timeout (2).",
      ],
    ]);
    expect(told({}, {})).toEqual([["well", "No receiver is failing."]]);
  });

  it.each<[string, Status, string, string]>([
    ["healthy", status([shard()]), "✓ Everything is working.", "Delivery time : OK"],
    [
      "with something to watch",
      status([shard({ failing: { timeout: 1 } })]),
      "! This wire is working.",
      "Receivers : attention",
    ],
    ["broken", status([{ shard: 0, error: "does not answer" }]), "✕ There is a problem.", "Availability : problem"],
  ])("says in words and by a sign what its colours say: %s", (_, told, overall, one) => {
    const page = text(render(<StatusView status={told} now={NOW} />));
    expect(page).toContain(overall);
    expect(page).toContain(one);
  });

  it("counts the alerts of all shards by state, with a row for each shard", () => {
    const shards = [shard({ active: 1500 }), shard({ shard: 1, paused: 4 }), { shard: 2, error: "does not answer" }];
    const html = render(<StatusView status={status(shards)} now={NOW} />);
    expect(text(html)).toMatch(/active 1,502 not confirmed 2 paused 4/);
    expect(html.match(/<th scope="row">/g)).toHaveLength(3);
    expect(html).toContain('<td colspan="9">does not answer</td>');
  });

  beforeAll(() => putEvent("status-page"));

  it("shows what /api/status says", async () => {
    const { log } = await json<Status>(call("/api/status"));
    const answer = await call("/status", { headers: { accept: "text/html" } });
    const html = await answer.text();
    expect(answer.status).toBe(200);
    expect(text(html)).toContain(`The last entry, number ${log.head}, was written`);
    expect(html).toContain('<a href="/status" aria-current="page">');
  });
});
