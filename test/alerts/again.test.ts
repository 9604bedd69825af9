/** What an owner can ask for besides new matches: a message again, a test, another secret. */
import { Webhook } from "standardwebhooks";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { MAX_OLD_SECRETS } from "../../src/alerts/alert.ts";
import type { Sent } from "../../src/alerts/alert-answers.ts";
import { json } from "../client.ts";
import type { Received } from "../receiver.ts";
import { ask, confirmationAt, look, messagesAt, patch, refusal, registerFor, settings, startClock } from "./owner.ts";
import {
  type Alert,
  addArticle,
  behave,
  call,
  deliveries,
  eventually,
  followed,
  putNames,
  quiet,
  received,
  register,
  registerConfirmed,
  registerGated,
  rows,
  settled,
  shut,
  stopClock,
  view,
} from "./support.ts";

beforeAll(putNames);
afterEach(startClock);

const HOUR = 60 * 60 * 1000;

const redeliver = (alert: Alert, sequence: number | string) => ask(alert, "POST", `/deliveries/${sequence}/redeliver`);
const idsAt = async (name: string) => (await received(name)).map(({ headers }) => headers["webhook-id"]);

describe("redeliver", () => {
  it("sends a delivered message again: same id, same body, another signature", async () => {
    const alert = await registerGated("delivered", "abacus");
    await addArticle("An abacus.");
    await settled(alert, 1);
    const sent = await json<Sent>(redeliver(alert, 1), 202);
    expect(sent).toEqual({ sequence: 1, id: `msg_${alert.id}_1`, status: "pending" });
    const [delivery] = await settled(alert, 1);
    expect(delivery).toMatchObject({ status: "delivered", attempts: [{ status: 204 }, { status: 204 }] });
    const got = await received("delivered");
    expect(await idsAt("delivered")).toEqual([sent.id, sent.id]);
    expect(got[1]?.body).toBe(got[0]?.body);
    for (const { body, headers } of got) expect(() => new Webhook(alert.secret).verify(body, headers)).not.toThrow();
    expect(await view(alert)).toMatchObject({ latest: 1 });
  });

  it("begins the schedule of a failed message anew", async () => {
    settings({ RETRY_SECONDS: "0,0,0" });
    const alert = await registerGated("failed", "astrolabe");
    await behave("failed", "status-500");
    await addArticle("An astrolabe.");
    expect(await settled(alert, 1)).toMatchObject([{ status: "failed", attempts: [{}, {}, {}, {}] }]);
    await json(redeliver(alert, 1), 202);
    const [again] = await settled(alert, 1);
    expect(again).toMatchObject({ status: "failed", next_attempt_at: null });
    expect(again?.attempts).toHaveLength(8);
    await behave("failed", "echo");
    await json(redeliver(alert, 1), 202);
    const [delivery] = await settled(alert, 1);
    expect(delivery).toMatchObject({ status: "delivered" });
    expect(delivery?.attempts).toHaveLength(9);
    expect(new Set(await idsAt("failed"))).toEqual(new Set([`msg_${alert.id}_1`]));
  });

  it("brings a message forward that waits for its next attempt", async () => {
    const alert = await registerGated("waiting", "barometer");
    await behave("waiting", `retry-after-${HOUR / 1000}`);
    await addArticle("A barometer.");
    await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 1);
    await behave("waiting", "echo");
    await json(redeliver(alert, 1), 202);
    expect(await settled(alert, 1)).toMatchObject([{ status: "delivered", attempts: [{ status: 503 }, {}] }]);
  });

  it("leaves the messages before and after it as they are", async () => {
    const alert = await registerGated("between", "calliper");
    for (let i = 0; i < 3; i++) await addArticle(`Calliper ${i}.`);
    await settled(alert, 3);
    await json(redeliver(alert, 2), 202);
    const listed = await settled(alert, 3);
    expect(listed.map(({ attempts }) => attempts.length)).toEqual([1, 2, 1]);
  });

  it.each(["2", "0", "-1", "1.5", "x", "9".repeat(15), "9".repeat(40)])(
    "of message %s, of one: 404",
    async (number) => {
      const alert = await theOneOf();
      const { detail } = await refusal(redeliver(alert, number), 404);
      expect(detail).toMatch(/there is no (such )?message/i);
      expect(await view(alert)).toMatchObject({ latest: 1 });
      expect(await received("one")).toHaveLength(1);
    },
  );

  it("of the confirmation: 404, it has no number", async () => {
    const alert = await register("unconfirmed", "dividers", "silent");
    await confirmationAt("unconfirmed");
    await refusal(redeliver(alert, 0), 404);
  });

  it("of a feed: 409, there is nowhere to deliver to", async () => {
    const alert = await registerFor("feed gauge", { type: "feed" });
    await addArticle("A feed gauge.");
    await settled(alert, 1);
    expect((await refusal(redeliver(alert, 1), 409)).detail).toMatch(/a feed: there is nowhere to deliver to/);
  });
});

let theOne: Promise<Alert> | undefined;

/** An alert that has one message, for all that only look at it. */
function theOneOf(): Promise<Alert> {
  theOne ??= (async () => {
    const alert = await registerConfirmed("one", "compass");
    await addArticle("A compass.");
    await settled(alert, 1);
    return alert;
  })();
  return theOne;
}

/** The calls that send something. */
const CALLS: [name: string, path: string, body?: unknown][] = [
  ["redeliver", "/deliveries/1/redeliver"],
  ["test", "/test"],
  ["replay", "/replay", { since: "2016-01-01T00:00:00Z" }],
];

describe("nothing is sent to", () => {
  it.each(CALLS)("a paused alert (%s): 409, which says why it is paused", async (name, path, body) => {
    const alert = await registerConfirmed(`paused-${name}`, `gauge ${name}`);
    await addArticle(`A gauge of ${name}.`);
    await settled(alert, 1);
    await patch(alert, { status: "paused" });
    const problem = await refusal(ask(alert, "POST", path, body), 409);
    expect(problem).toMatchObject({ title: "Conflict", detail: "The alert is paused: its owner paused it" });
    expect(await look(alert)).toMatchObject({ latest: 1 });
  });

  it.each(CALLS)("an alert that is not confirmed (%s): 409", async (name, path, body) => {
    const alert = await register(`pending-${name}`, "hourglass", "silent");
    expect((await refusal(ask(alert, "POST", path, body), 409)).detail).toBe("The alert has not confirmed yet");
    expect(await look(alert)).toMatchObject({ latest: 0 });
  });
});

describe("test", () => {
  it("sends a numbered message that says that it is one", async () => {
    const alert = await registerConfirmed("tested", "metronome");
    await addArticle("A metronome.");
    await settled(alert, 1);
    const sent = await json<Sent>(ask(alert, "POST", "/test"), 202);
    expect(sent).toEqual({ sequence: 2, id: `msg_${alert.id}_2`, status: "pending" });
    await settled(alert, 2);
    await addArticle("Another metronome.");
    await settled(alert, 3);
    const [, test, next] = await messagesAt("tested");
    expect(test).toEqual({
      type: "alert.test",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      data: { alert: { id: alert.id, query: "metronome" }, sequence: 2 },
    });
    expect(next?.data["sequence"]).toBe(3);
    const [, got] = await received("tested");
    expect(() => new Webhook(alert.secret).verify(got?.body ?? "", got?.headers ?? {})).not.toThrow();
  });

  it("can be read in a feed", async () => {
    const alert = await registerFor("feed metronome", { type: "feed" });
    expect(await json(ask(alert, "POST", "/test"), 202)).toMatchObject({ sequence: 1, status: "delivered" });
    const feed: { items: { id: string }[] } = await json(call("GET", alert.feed_url.replace(".rss", ".json")));
    expect(feed.items.map(({ id }) => id)).toEqual([`msg_${alert.id}_1`]);
  });

  it("is retried like any other message", async () => {
    const alert = await registerGated("tested-again", "sundial");
    await behave("tested-again", "status-503");
    await json(ask(alert, "POST", "/test"), 202);
    await eventually(async () => (await received("tested-again")).length > 0);
    await behave("tested-again", "echo");
    expect(await settled(alert, 1)).toMatchObject([{ type: "alert.test", status: "delivered" }]);
    expect(new Set(await idsAt("tested-again")).size).toBe(1);
  });
});

describe("rotate", () => {
  const rotate = async (alert: Alert): Promise<string> =>
    (await json<{ secret: string }>(ask(alert, "POST", "/rotate"))).secret;
  const verifies = ({ body, headers }: Received, secret: string): boolean => {
    try {
      new Webhook(secret).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  };
  /** Which of some secrets verify the message that an article brings now. */
  const signedBy = async (alert: Alert, text: string, secrets: readonly string[]): Promise<boolean[]> => {
    const { latest } = await look(alert);
    await addArticle(text);
    await settled(alert, latest + 1);
    const got = (await received(alert.name)).at(-1);
    if (got === undefined) throw new Error("nothing was received");
    expect(got.headers["webhook-id"]).toBe(`msg_${alert.id}_${latest + 1}`);
    return secrets.map((secret) => verifies(got, secret));
  };

  it("for 24 hours both secrets verify, then the new one alone", async () => {
    const alert = await registerConfirmed("rotated", "pendulum");
    const secret = await rotate(alert);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(secret).not.toBe(alert.secret);
    const secrets = [alert.secret, secret, "whsec_c3RyYW5nZXJzdHJhbmdlcnN0cmFuZ2Vy"];
    expect(await signedBy(alert, "A pendulum.", secrets)).toEqual([true, true, false]);
    const headers = (await received("rotated")).map((message) => message.headers["webhook-signature"]);
    expect(headers[0]?.split(" ")).toHaveLength(2);
    const rotated = Date.now();
    stopClock(rotated + 24 * HOUR - 60_000);
    // The judge of signatures compares their time with the clock.
    expect(await signedBy(alert, "A second pendulum.", secrets)).toEqual([true, true, false]);
    vi.setSystemTime(rotated + 24 * HOUR + 1);
    expect(await signedBy(alert, "A third pendulum.", secrets)).toEqual([false, true, false]);
  });

  it("a message that waits is signed with the secrets of the time of its attempt", async () => {
    const alert = await registerGated("rotated-meanwhile", "plumbline");
    await behave("rotated-meanwhile", `retry-after-${HOUR / 1000}`);
    await addArticle("A plumbline.");
    await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 1);
    const secret = await rotate(alert);
    await behave("rotated-meanwhile", "echo");
    await json(redeliver(alert, 1), 202);
    await settled(alert, 1);
    const [before, after] = await received("rotated-meanwhile");
    if (before === undefined || after === undefined) throw new Error("two messages were expected");
    expect([verifies(before, alert.secret), verifies(before, secret)]).toEqual([true, false]);
    expect([verifies(after, alert.secret), verifies(after, secret)]).toEqual([true, true]);
  });

  it(`${MAX_OLD_SECRETS} times in a day, and all of these secrets verify; once more is 429, and a day later it is possible`, async () => {
    const alert = await registerConfirmed("rotated-often", "sextant");
    stopClock(Date.now());
    const secrets = [alert.secret];
    for (let i = 0; i < MAX_OLD_SECRETS; i++) secrets.push(await rotate(alert));
    const problem = ask(alert, "POST", "/rotate");
    expect((await problem.then((response) => response.clone())).headers.get("retry-after")).toMatch(/^\d+$/);
    expect((await refusal(problem, 429)).detail).toMatch(/4 older secrets sign already, each for 24 hours/);
    expect(await signedBy(alert, "A sextant.", secrets)).toEqual(secrets.map(() => true));
    vi.setSystemTime(Date.now() + 24 * HOUR);
    const last = await rotate(alert);
    expect(await signedBy(alert, "Another sextant.", [...secrets, last])).toEqual([
      ...secrets.slice(1).map(() => false),
      true,
      true,
    ]);
  });

  it("while the alert is pending, paused or a feed as well", async () => {
    const pending = await register("rotated-pending", "theodolite", "silent");
    expect(await rotate(pending)).toMatch(/^whsec_/);
    const feed = await registerFor("theodolite", { type: "feed" });
    await patch(feed, { status: "paused" });
    expect(await rotate(feed)).toMatch(/^whsec_/);
  });

  it("the secret is told this once", async () => {
    const alert = await registerConfirmed("rotated-told", "micrometer");
    const response = await ask(alert, "POST", "/rotate");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const { secret }: { secret: string } = await response.json();
    await addArticle("A micrometer.");
    await settled(alert, 1);
    expect(JSON.stringify([await look(alert), await deliveries(alert)])).not.toContain(secret);
  });
});

describe("what an owner asked for and new messages", () => {
  it("share one row of numbers, whatever comes at the same time", async () => {
    const alert = await registerConfirmed("mixed", "octant");
    await Promise.all(
      Array.from({ length: 6 }, (_, i) => [addArticle(`Octant ${i}.`), json(ask(alert, "POST", "/test"), 202)]).flat(),
    );
    await followed();
    await settled(alert, 12);
    expect((await deliveries(alert)).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
    const numbers = (await messagesAt("mixed")).map(({ data }) => Number(data["sequence"]));
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });

  it("1,000 that wait are enough: no test and no replay is added, and new matches are not refused", async () => {
    const alert = await registerGated("crowded", "vernier");
    await shut("crowded");
    await addArticle("A vernier.");
    await eventually(async () => (await received("crowded")).length === 1);
    await fill(alert, 1000);
    for (const [name, path, body] of CALLS.slice(1)) {
      const problem = await refusal(ask(alert, "POST", path, body), 429);
      expect(problem.detail, name).toMatch(/1000 messages or more wait/);
    }
    await addArticle("Another vernier.");
    await followed();
    expect(await look(alert)).toMatchObject({ latest: 1001 });
    expect((await ask(alert, "DELETE")).status).toBe(204);
    await behave("crowded", "echo");
    await quiet();
  });
});

/** Lets an alert have so many messages that wait, each with the notice of its first. */
async function fill(alert: Alert, count: number): Promise<void> {
  await rows(
    `INSERT INTO messages (receiver, sequence, id, notice, status, next_attempt_at)
     WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
     SELECT ?1, i, 'msg_' || ?1 || '_' || i, (SELECT notice FROM messages WHERE receiver = ?1 AND sequence = 1), 'pending', 1 FROM n`,
    ...[alert.id, count],
  );
  await rows("UPDATE numbering SET latest = ? WHERE alert = ?", count, alert.id);
}
