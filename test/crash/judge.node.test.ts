import { describe, expect, it } from "vitest";
import type { KnownAlert, PostedArticle } from "./journal.ts";
import { countRepeats, type Evidence, judge, type Listed, RULE_NAMES } from "./judge.ts";
import type { Arrival } from "./receiver.ts";

const ALERT = "al_0_one";

interface Case {
  articles: PostedArticle[];
  alert: KnownAlert;
  deliveries: Listed[];
  arrivals: Arrival[];
  evidence: Evidence;
}

const article = (n: number, words: string[], asked: number): PostedArticle => ({
  id: `report-${n}`,
  words,
  asked,
  accepted: { at: asked + 1, log: n },
});

const message = (sequence: number, articleId: string, more: object = {}): Listed => ({
  sequence,
  id: `msg_${ALERT}_${sequence}`,
  status: "delivered",
  message: { type: "article.matched", data: { alert: { id: ALERT }, sequence, ...more, article: { id: articleId } } },
});

const arrival = ({ id, message: { type, data } }: Listed, at: number): Arrival => ({
  ...{
    at,
    path: "/1",
    headers: {},
    id,
    timestamp: 1_000,
    body: JSON.stringify({ type, data }),
    type,
    alert: ALERT,
    data,
  },
  verifiedBy: new Set(["s1"]),
  answer: { status: 204, at: at + 1 },
});

/** Three articles of which two match, and a third message that replays the first: all of it as it should be. */
function sound(): Case {
  const articles = [article(1, ["zorvak"], 10), article(2, ["tolmek"], 20), article(3, ["zorvak", "tolmek"], 30)];
  const alert: KnownAlert = {
    ...{ id: ALERT, token: "t", paths: ["/1"], secrets: [{ secret: "s1", learned: 2 }] },
    versions: [{ query: "zorvak", paused: false, asked: 1, answered: 2 }],
    replays: [{ after: 5, since: 6, asked: 25, asks: 1, answered: 26, count: 1 }],
  };
  const deliveries = [message(1, "report-1"), message(2, "report-1", { replay: true }), message(3, "report-3")];
  const arrivals = deliveries.map((delivery, i) => arrival(delivery, 40 + 2 * i));
  const evidence: Evidence = {
    journal: { articles, alerts: [alert], lost: new Set(["/9"]), kills: [{ at: 21, kind: "workerd" }] },
    arrivals,
    listings: new Map([[ALERT, { status: "active", latest: 3, deliveries }]]),
    status: { log: { head: 3 }, shards: [{ shard: 0, lag: 0, pending: 0 }] },
  };
  return { articles, alert, deliveries, arrivals, evidence };
}

const [LOG, QUIET, NUMBERS, ARRIVES, IDS, LISTED, MATCHES, REPLAYS, SIGNED, ADDRESS, ENDED] = RULE_NAMES;

/** The first of a list that a case is about; a case that has none is a mistake of the test. */
function at<T>(list: readonly T[], i: number): T {
  const item = list[i];
  if (item === undefined) throw new Error(`there is no item ${i}`);
  return item;
}

const deleteAlert = (alert: KnownAlert, asked: number, time: number): void => {
  alert.deleted = { asked, answered: asked + 1, time };
};

const VIOLATIONS: readonly [what: string, rule: string | undefined, says: RegExp, spoil: (one: Case) => void][] = [
  [
    "an article that was never accepted",
    LOG,
    /report-2 was never accepted/,
    ({ articles }) => delete at(articles, 1).accepted,
  ],
  [
    "two articles with one number of the log",
    LOG,
    /no article is entry 2/,
    ({ articles }) => (at(articles, 1).accepted = { at: 21, log: 3 }),
  ],
  [
    "an entry of the log that nobody wrote",
    LOG,
    /ends at 4, after 3/,
    ({ evidence }) => (evidence.status.log.head = 4),
  ],
  ["a shard behind the log", QUIET, /shard 0/, ({ evidence }) => (at(evidence.status.shards, 0).lag = 1)],
  ["messages that wait for ever", QUIET, /shard 0/, ({ evidence }) => (at(evidence.status.shards, 0).pending = 2)],
  [
    "a shard that does not answer",
    QUIET,
    /shard 0/,
    ({ evidence }) => (evidence.status = { log: { head: 3 }, shards: [{ shard: 0 }] }),
  ],
  ["an alert that is gone", NUMBERS, /al_0_one is gone/, ({ evidence }) => (evidence.listings = new Map())],
  [
    "an alert that was never confirmed",
    NUMBERS,
    /is pending/,
    ({ evidence, deliveries }) =>
      (evidence.listings = new Map([[ALERT, { status: "pending", latest: 3, deliveries }]])),
  ],
  ["a gap in the list", NUMBERS, /number 3 is listed where 2 should be/, ({ deliveries }) => deliveries.splice(1, 1)],
  ["a list that ends too early", NUMBERS, /has 2 messages, not 3/, ({ deliveries }) => deliveries.pop()],
  [
    "a number that is used twice",
    NUMBERS,
    /number 2 is listed where 3/,
    ({ deliveries }) => (at(deliveries, 2).sequence = 2),
  ],
  ["a message that never arrived", ARRIVES, /number 2 never arrived/, ({ arrivals }) => arrivals.splice(1, 1)],
  [
    "a message that was given up",
    ARRIVES,
    /number 3 is failed/,
    ({ deliveries }) => (at(deliveries, 2).status = "failed"),
  ],
  [
    "a message that was marked without a 2xx",
    ARRIVES,
    /never answered with a 2xx/,
    ({ arrivals }) => (at(arrivals, 0).answer = { status: 500, at: 41 }),
  ],
  [
    "a message that was marked though the receiver hung up",
    ARRIVES,
    /never answered with a 2xx/,
    ({ arrivals }) => delete at(arrivals, 0).answer,
  ],
  [
    "one id for two bodies",
    IDS,
    /msg_al_0_one_1 was used for 2 bodies/,
    ({ arrivals }) => arrivals.push({ ...at(arrivals, 0), at: 50, body: "{}" }),
  ],
  [
    "one id for two messages",
    IDS,
    /msg_al_0_one_1 was used for 2 bodies/,
    ({ arrivals }) => (at(arrivals, 1).id = at(arrivals, 0).id),
  ],
  [
    "two ids for one message",
    IDS,
    /al_0_one\/1 has 2 ids/,
    ({ arrivals }) => arrivals.push({ ...at(arrivals, 0), at: 50, id: "msg_other" }),
  ],
  [
    "a message that is not listed",
    LISTED,
    /al_0_one\/4 arrived and is not listed/,
    ({ arrivals }) => arrivals.push(arrival(message(4, "report-3"), 60)),
  ],
  [
    "a message listed under another id",
    LISTED,
    /arrived as msg_al_0_one_1, not as msg_x/,
    ({ deliveries }) => (at(deliveries, 0).id = "msg_x"),
  ],
  [
    "a message listed with another body",
    LISTED,
    /listed with another body/,
    ({ deliveries }) => (at(deliveries, 0).message = message(1, "report-3").message),
  ],
  [
    "an article that is no message",
    MATCHES,
    /report-3 is no message of alert al_0_one/,
    ({ deliveries, arrivals }) => [deliveries.pop(), arrivals.pop()],
  ],
  [
    "an article that is two messages",
    MATCHES,
    /report-3 is 2 messages/,
    ({ deliveries, arrivals }) => {
      deliveries.push(message(4, "report-3"));
      arrivals.push(arrival(at(deliveries, 3), 60));
    },
  ],
  [
    "an article that does not match",
    MATCHES,
    /report-2 is a message .* does not match/,
    ({ articles, deliveries }) => {
      at(deliveries, 2).message = message(3, "report-2").message;
      articles.pop();
    },
  ],
  [
    "an article that nobody posted",
    MATCHES,
    /tells of report-7/,
    ({ deliveries }) => (at(deliveries, 2).message = message(3, "report-7").message),
  ],
  [
    "an article from before the alert",
    MATCHES,
    /report-1 is a message .* does not match/,
    ({ alert }) => {
      alert.versions = [{ query: "zorvak", paused: false, asked: 12, answered: 13 }];
    },
  ],
  [
    "an article that was posted before a change, judged by what came after",
    MATCHES,
    /report-3 is no message/,
    ({ alert, deliveries, arrivals }) => {
      alert.versions.push({ query: "tolmek -zorvak", paused: false, asked: 32, answered: 33 });
      deliveries.pop();
      arrivals.pop();
    },
  ],
  [
    "an article that was accepted before a pause, and then forgotten",
    MATCHES,
    /report-3 is no message/,
    ({ alert, deliveries, arrivals }) => {
      alert.versions.push({ query: "zorvak", paused: true, asked: 32, answered: 33 });
      deliveries.pop();
      arrivals.pop();
    },
  ],
  [
    "an article after a change, judged by what came before",
    MATCHES,
    /report-3 is a message .* does not match/,
    ({ alert }) => {
      alert.versions.push({ query: "tolmek -zorvak", paused: false, asked: 27, answered: 28 });
    },
  ],
  [
    "an article posted after the alert was deleted",
    MATCHES,
    /report-3 is a message .* does not match/,
    ({ alert }) => deleteAlert(alert, 27, 2_000_000),
  ],
  [
    "a replay that left something out",
    REPLAYS,
    /report-1 was replayed 0 times/,
    ({ deliveries }) => (at(deliveries, 1).message = message(2, "report-1").message),
  ],
  [
    "a replay that happened twice",
    REPLAYS,
    /report-1 was replayed 2 times/,
    ({ deliveries }) => deliveries.push(message(4, "report-1", { replay: true })),
  ],
  [
    "a replay of what came before its time",
    REPLAYS,
    /report-1 was replayed 1 times .* not 0 to 0/,
    ({ alert }) => Object.assign(at(alert.replays, 0), { after: 15, since: 16 }),
  ],
  [
    "a replay that made another number of messages than it said",
    REPLAYS,
    /was promised 2/,
    ({ alert }) => (at(alert.replays, 0).count = 2),
  ],
  [
    "a signature that nothing verifies",
    SIGNED,
    /msg_al_0_one_1 bears no valid signature/,
    ({ arrivals }) => (at(arrivals, 0).verifiedBy = new Set()),
  ],
  [
    "a confirmation without a valid signature",
    SIGNED,
    /no valid signature/,
    ({ arrivals }) => arrivals.push({ ...at(arrivals, 0), id: "c", type: "alert.confirm", verifiedBy: new Set() }),
  ],
  [
    "a message that a new secret does not sign",
    SIGNED,
    /not signed by 1/,
    ({ alert }) => alert.secrets.push({ secret: "s2", learned: 29 }),
  ],
  ["a message at another address", ADDRESS, /went to \/2/, ({ arrivals }) => (at(arrivals, 0).path = "/2")],
  [
    "a message of an alert that was never confirmed",
    ADDRESS,
    /nobody registered, or never confirmed/,
    ({ arrivals }) => arrivals.push({ ...at(arrivals, 0), alert: "al_0_two", id: "x", path: "/9" }),
  ],
  [
    "a message of an alert that nobody asked for",
    ADDRESS,
    /nobody registered/,
    ({ arrivals }) =>
      arrivals.push({ ...at(arrivals, 0), alert: "al_0_two", id: "x", path: "/8", type: "alert.confirm" }),
  ],
  [
    "a message that began after the 204",
    ENDED,
    /msg_al_0_one_1 began after/,
    ({ alert }) => deleteAlert(alert, 60, 999_500),
  ],
];

const HARMLESS: readonly [what: string, happen: (one: Case) => void][] = [
  ["nothing special", () => {}],
  ["the same message twice", ({ arrivals }) => arrivals.push({ ...at(arrivals, 0), at: 50 })],
  [
    "a message that was refused at first",
    ({ arrivals }) => arrivals.unshift({ ...at(arrivals, 0), at: 30, answer: { status: 500, at: 31 } }),
  ],
  [
    "an article posted while the alert was changed, by what it was",
    ({ alert }) => alert.versions.push({ query: "tolmek -zorvak", paused: false, asked: 29, answered: 32 }),
  ],
  [
    "an article posted while the alert was paused, and not sent",
    ({ alert, deliveries, arrivals, evidence }) => {
      alert.versions.push({ query: "zorvak", paused: true, asked: 27, answered: 28 });
      deliveries.pop();
      arrivals.pop();
      evidence.listings = new Map([[ALERT, { status: "active", latest: 2, deliveries }]]);
    },
  ],
  [
    "an article posted while the alert was registered",
    ({ alert }) => (alert.versions = [{ query: "zorvak", paused: false, asked: 9, answered: 12 }]),
  ],
  [
    "an alert deleted with messages that never arrived",
    ({ alert, arrivals }) => {
      deleteAlert(alert, 60, 1_000_000);
      arrivals.pop();
    },
  ],
  [
    "a replay that was asked for twice, since its answer got lost, and happened twice",
    ({ alert, deliveries, arrivals, evidence }) => {
      at(alert.replays, 0).asks = 2;
      deliveries.push(message(4, "report-1", { replay: true }));
      arrivals.push(arrival(at(deliveries, 3), 60));
      evidence.listings = new Map([[ALERT, { status: "active", latest: 4, deliveries }]]);
    },
  ],
  [
    "the question whether to confirm a registration that got no answer",
    ({ arrivals }) =>
      arrivals.push({ ...at(arrivals, 0), alert: "al_0_two", id: "x", path: "/9", type: "alert.confirm" }),
  ],
];

describe("the judge of the crash suite", () => {
  it.each(VIOLATIONS)("names %s", (_, rule, says, spoil) => {
    const one = sound();
    spoil(one);
    const found = judge(one.evidence).filter((violation) => violation.rule === rule);
    expect(found.map((violation) => violation.says)).toContainEqual(expect.stringMatching(says));
    expect(found[0]?.known).not.toEqual({});
  });

  it.each(HARMLESS)("lets pass %s", (_, happen) => {
    const one = sound();
    happen(one);
    expect(judge(one.evidence)).toEqual([]);
  });

  it("has a case for each of its rules", () => {
    expect(new Set(VIOLATIONS.map(([, rule]) => rule))).toEqual(new Set(RULE_NAMES));
  });

  it("counts as a repeat what arrives after a 2xx to the same message, and nothing else", () => {
    const { arrivals } = sound();
    const [first] = arrivals;
    if (first === undefined) throw new Error("nothing arrived");
    expect(countRepeats(arrivals)).toBe(0);
    const refused = { ...first, id: "other", answer: { status: 500, at: 51 } };
    expect(countRepeats([...arrivals, refused, { ...refused, at: 52 }])).toBe(0);
    expect(countRepeats([...arrivals, { ...first, at: 50 }, { ...first, at: 52 }])).toBe(2);
  });
});
