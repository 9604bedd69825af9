import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Notices } from "../../src/shard/outbox/notices.ts";
import { Retention } from "../../src/shard/outbox/retention.ts";
import { Sql } from "../../src/shard/sql.ts";
import { ask, look, patch, registerFor, settings, startClock } from "../alerts/owner.ts";
import {
  type Alert,
  addArticle,
  behave,
  CURATOR,
  call,
  deliveries,
  eventually,
  passTime,
  putNames,
  quiet,
  received,
  registerGated,
  ring,
  rows,
  settled,
  shard,
  stopClock,
  view,
} from "../alerts/support.ts";
import { json } from "../client.ts";

const DAY = 24 * 60 * 60 * 1000;
const HOUR = DAY / 24;
/** The log's time never goes back, so that each test has days of its own. */
let day = Math.ceil(Date.now() / DAY) * DAY;

beforeAll(putNames);
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(startClock);

/** Lets each test begin on a day that is far from the last. */
function begin(): void {
  day += 100 * DAY;
  stopClock(day);
}

async function ringAt(days: number): Promise<void> {
  vi.setSystemTime(day + days * DAY);
  await ring();
  await quiet();
}

async function listed(alert: Alert): Promise<{ oldest: number; latest: number; numbers: number[] }> {
  const { oldest, latest, deliveries } = await json<{
    oldest: number;
    latest: number;
    deliveries: { sequence: number }[];
  }>(ask(alert, "GET", "/deliveries?limit=200"));
  return { oldest, latest, numbers: deliveries.map(({ sequence }) => sequence) };
}

describe("messages are kept for 35 days", () => {
  it("then forgotten, the oldest first; what is kept has no gap, and numbers go on", async () => {
    begin();
    const alert = await registerGated("kept", "almond");
    for (let i = 0; i < 3; i++) {
      vi.setSystemTime(day + i * DAY);
      await addArticle(`Almond ${i}.`);
      await quiet();
    }
    await settled(alert, 3);
    await ringAt(34.9);
    expect(await listed(alert)).toEqual({ oldest: 1, latest: 3, numbers: [1, 2, 3] });
    await ringAt(36.5);
    expect(await listed(alert)).toEqual({ oldest: 3, latest: 3, numbers: [3] });
    expect(await look(alert)).toMatchObject({ oldest: 3, latest: 3 });
    await ringAt(40);
    expect(await listed(alert)).toEqual({ oldest: 4, latest: 3, numbers: [] });
    await addArticle("Almond, again.");
    await settled(alert, 1);
    expect(await listed(alert)).toEqual({ oldest: 4, latest: 4, numbers: [4] });
    const asked = await ask(alert, "POST", "/deliveries/3/redeliver");
    expect([asked.status, await asked.json()]).toMatchObject([
      404,
      { detail: "There is no message 3, or none any more" },
    ]);
  });

  it("but not past one that is still to be delivered", async () => {
    begin();
    settings({ RETRY_SECONDS: Array.from({ length: 60 }, () => "86400").join(",") });
    const alert = await registerGated("pending", "hazelnut");
    const other = await registerFor("hazelnut", { type: "feed" });
    await addArticle("Hazelnut.");
    await settled(alert, 1);
    await behave("pending", "status-503");
    await addArticle("A second hazelnut.");
    await quiet();
    await behave("pending", "echo");
    await addArticle("A third hazelnut.");
    await quiet();
    expect((await deliveries(alert)).map(({ status }) => status)).toEqual(["delivered", "pending", "delivered"]);
    // It is asked for so long because the owner asks again and again.
    await rows(
      "UPDATE messages SET next_attempt_at = ?2 WHERE receiver = ?1 AND sequence = 2",
      alert.id,
      day + 90 * DAY,
    );
    await rows("UPDATE receivers SET due_at = ?2 WHERE id = ?1", alert.id, day + 90 * DAY);
    await ringAt(40);
    expect(await listed(alert)).toEqual({ oldest: 2, latest: 3, numbers: [2, 3] });
    expect(await listed(other)).toEqual({ oldest: 4, latest: 3, numbers: [] });
    await ringAt(90);
    await settled(alert, 2);
    await ringAt(90.1);
    expect(await listed(alert)).toEqual({ oldest: 4, latest: 3, numbers: [] });
    expect((await received("pending")).map(({ headers }) => headers["webhook-id"]?.at(-1))).toEqual([
      "1",
      "2",
      "3",
      "2",
    ]);
  });

  it("what a digest told is forgotten with it", async () => {
    begin();
    const alert = await registerFor("walnut", { type: "feed", digest: "daily" });
    await addArticle("Walnut.");
    await quiet();
    await passTime(day + 2 * DAY);
    expect(await listed(alert)).toMatchObject({ numbers: [1] });
    expect(await rows("SELECT * FROM gathered WHERE alert = ?", alert.id)).toHaveLength(1);
    await ringAt(37);
    expect(await listed(alert)).toEqual({ oldest: 2, latest: 1, numbers: [] });
    expect(await rows("SELECT * FROM gathered WHERE alert = ?", alert.id)).toEqual([]);
    expect(await rows("SELECT * FROM notices WHERE query = 'walnut'")).toEqual([]);
  });

  it("a correction reaches those who still have the article, and nobody else any more", async () => {
    begin();
    const alert = await registerFor("pecan", { type: "feed" });
    const { id } = await addArticle("Pecan.");
    const event = { date: "2016", title: "Nuts", places: [], actors: [], topics: [], articles: [id] };
    await call("PUT", "/api/events/nuts", { ...event, summary: "Whole." }, CURATOR);
    await quiet();
    await ringAt(34);
    await call("PUT", "/api/events/nuts", { ...event, summary: "Halved." }, CURATOR);
    await quiet();
    expect(await listed(alert)).toMatchObject({ latest: 2 });
    await ringAt(36);
    await call("PUT", "/api/events/nuts", { ...event, summary: "Ground." }, CURATOR);
    await quiet();
    expect(await listed(alert)).toEqual({ oldest: 2, latest: 2, numbers: [2] });
  });
});

describe("what a paused alert holds", () => {
  it("is given up after 30 days, visibly: a line in the log, and a status", async () => {
    begin();
    const alert = await registerGated("given-up", "cashew");
    await behave("given-up", "status-503");
    await addArticle("Cashew.");
    await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 1);
    await patch(alert, { status: "paused" });
    await ringAt(29.9);
    expect(await deliveries(alert)).toMatchObject([{ status: "pending" }]);
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    await ringAt(31);
    expect(log.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual([
      {
        level: "error",
        event: "message.failed",
        message: `msg_${alert.id}_1`,
        alert: alert.id,
        sequence: 1,
        because: "held for 30 days while its alert was paused",
      },
    ]);
    expect(await deliveries(alert)).toMatchObject([{ status: "failed", next_attempt_at: null }]);
    await ringAt(34);
    expect(await deliveries(alert)).toMatchObject([{ status: "failed" }]);
    await ringAt(36);
    expect(await listed(alert)).toEqual({ oldest: 2, latest: 1, numbers: [] });
  });

  it("of one that waits for a confirmation is kept", async () => {
    begin();
    const alert = await registerGated("unconfirmed-retention", "pistachio");
    await behave("unconfirmed-retention", "status-503");
    await addArticle("Pistachio.");
    await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 1);
    await rows("UPDATE alerts SET status = 'pending' WHERE id = ?", alert.id);
    await rows("UPDATE messages SET next_attempt_at = NULL WHERE receiver = ?", alert.id);
    await ringAt(31);
    expect(await deliveries(alert)).toMatchObject([{ status: "pending" }]);
    expect(await view(alert)).toMatchObject({ status: "pending" });
  });
});

/** A message as a random state has it. `age`: hours of its notice before now; `held`: it waits for its alert. */
interface RandomMessage {
  age: number;
  status: "pending" | "delivered" | "failed";
  held: boolean;
}

interface RandomAlert {
  status: "active" | "paused" | "pending";
  confirmation: boolean;
  messages: RandomMessage[];
}

const AGE = 10 * HOUR;
const message = fc.record({
  age: fc.integer({ min: 0, max: 20 }),
  status: fc.constantFrom("pending" as const, "delivered" as const, "delivered" as const, "failed" as const),
  held: fc.boolean(),
});
const alert: fc.Arbitrary<RandomAlert> = fc.record({
  status: fc.constantFrom("active" as const, "paused" as const, "pending" as const),
  confirmation: fc.boolean(),
  // Numbered in the order of their times.
  messages: fc.array(message, { maxLength: 12 }).map((all) => all.sort((a, b) => b.age - a.age)),
});

/** What is left of an alert: from which number on, and how each message stands. */
function forgetInModel({ status, messages }: RandomAlert, most: number): { oldest: number; left: string[] } {
  const old = ({ age }: RandomMessage): boolean => age * HOUR > AGE;
  const now = messages.map((one) =>
    status === "paused" && one.status === "pending" && one.held && old(one) ? "failed" : one.status,
  );
  let oldest = 1;
  for (const [i, one] of messages.entries()) {
    const tooMany = i + 1 <= messages.length - most;
    if (now[i] === "pending" || !(old(one) || tooMany)) break;
    oldest = i + 2;
  }
  return { oldest, left: now.slice(oldest - 1) };
}

it("whatever the state, it forgets what the rules name and nothing else, however it is cut into runs", async () => {
  await runInDurableObject(shard(98), (_, { storage: { sql } }) => {
    sql.exec("INSERT INTO queries (number, source, canonical) VALUES (1, 'x', 'x')");
    vi.spyOn(console, "error").mockImplementation(() => {});
    fc.assert(
      fc.property(
        fc.array(alert, { maxLength: 5 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 3 }),
        (alerts, messages, step) => {
          put(sql, alerts);
          const part = new Sql(sql);
          const retention = new Retention(part, new Notices(part), (work) => work());
          const forget = () => retention.deleteOld(NOW, { age: AGE, held: AGE, messages, alerts: step });
          // What was pending is given up at the most, and can still be seen then.
          const waiting = sql.exec("SELECT id FROM messages WHERE status = 'pending' ORDER BY id").toArray();
          let runs = forget() ? 1 : 0;
          const ids = JSON.stringify(waiting.map(({ id }) => id));
          const still = sql.exec(
            "SELECT id FROM messages WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            ids,
          );
          expect(still.toArray()).toEqual(waiting);
          while (runs < 50 && forget()) runs++;
          expect(runs).toBeLessThan(50);
          // The next time, what was given up this time is forgotten as well.
          while (runs < 100 && forget()) runs++;
          expect(runs).toBeLessThan(100);
          for (const [i, one] of alerts.entries()) {
            const id = `a${i}`;
            const { oldest, left } = forgetInModel(one, messages);
            expect(sql.exec("SELECT oldest FROM numbering WHERE alert = ?", id).one()).toEqual({ oldest });
            const kept = sql
              .exec<{ sequence: number; status: string }>(
                "SELECT sequence, status FROM messages WHERE receiver = ? AND sequence > 0 ORDER BY sequence",
                id,
              )
              .toArray();
            expect(kept).toEqual(left.map((status, j) => ({ sequence: oldest + j, status })));
            const attempts = sql
              .exec("SELECT sequence FROM attempts WHERE receiver = ? ORDER BY sequence", id)
              .toArray();
            expect(attempts).toEqual(kept.map(({ sequence }) => ({ sequence })));
            const confirmations = sql.exec("SELECT 1 FROM messages WHERE receiver = ? AND sequence = 0", id).toArray();
            expect(confirmations).toHaveLength(one.confirmation ? 1 : 0);
          }
          // No message without its notice, and none that is old without a message.
          expect(sql.exec("SELECT 1 FROM messages WHERE notice NOT IN (SELECT number FROM notices)").toArray()).toEqual(
            [],
          );
          expect(
            sql
              .exec("SELECT at FROM notices WHERE number NOT IN (SELECT notice FROM messages) AND at < ?", NOW - AGE)
              .toArray(),
          ).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const NOW = 1_000 * DAY;

/** Puts alerts into the tables as a shard would have: notices are numbered in the order of their times. */
function put(sql: SqlStorage, alerts: readonly RandomAlert[]): void {
  for (const table of ["attempts", "messages", "notices", "numbering", "alerts"]) sql.exec(`DELETE FROM ${table}`);
  for (const [i, { status, messages }] of alerts.entries()) {
    sql.exec(
      `INSERT INTO alerts (id, query, channel, status, token_hash, feed_key_hash, secret, origin, since, created_at)
       VALUES (?, 1, '{"type":"feed"}', ?, '', '', '', '', 0, 0)`,
      ...[`a${i}`, status],
    );
    sql.exec("INSERT INTO numbering (alert, latest) VALUES (?, ?)", `a${i}`, messages.length);
  }
  const all = alerts.flatMap(({ messages, confirmation }, i) => [
    ...(confirmation ? [{ age: 20, status: "delivered", held: true, alert: `a${i}`, sequence: 0 }] : []),
    ...messages.map((message, j) => ({ ...message, alert: `a${i}`, sequence: j + 1 })),
  ]);
  for (const { alert, sequence, age, status, held } of all.sort((a, b) => b.age - a.age)) {
    const { number } = sql
      .exec<{ number: number }>(
        "INSERT INTO notices (type, at, query, data) VALUES ('article.matched', ?, 'x', '{}') RETURNING number",
        NOW - age * HOUR,
      )
      .one();
    sql.exec(
      "INSERT INTO messages (receiver, sequence, id, notice, status, next_attempt_at) VALUES (?, ?, ?, ?, ?, ?)",
      ...[alert, sequence, `${alert}_${sequence}`, number, status, status === "pending" && !held ? NOW : null],
    );
    if (sequence > 0) {
      sql.exec("INSERT INTO attempts VALUES (?, ?, 1, 0, 'answered', 200, 1, NULL)", alert, sequence);
    }
  }
}
