/** What wakes a shard is lost, comes too often, or fails inside. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Shard } from "../../../src/shard/shard.ts";
import {
  type Alert,
  addArticle,
  addWithoutWaking,
  alarmAt,
  behave,
  deliveries,
  eventually,
  putNames,
  quiet,
  received,
  register,
  registerConfirmed,
  registerGated,
  ring,
  rows,
  settled,
  shard,
  shut,
  stopClock,
  tick,
  view,
} from "../support.ts";

beforeAll(putNames);
afterEach(() => {
  vi.useRealTimers();
});

const HOUR = 60 * 60 * 1000;

/** Makes what waits for an alert due at another time. */
async function postpone({ id }: Alert, at: number): Promise<void> {
  await rows("UPDATE messages SET next_attempt_at = ?2 WHERE receiver = ?1 AND next_attempt_at IS NOT NULL", id, at);
  await rows("UPDATE receivers SET due_at = ?2 WHERE id = ?1", id, at);
}

/** Runs the alarm, and lets its time run out where what it waits for does not end. */
async function ringThroughout(): Promise<void> {
  let running = true;
  const rung = ring().finally(() => {
    running = false;
  });
  await eventually(async () => {
    if (running) vi.setSystemTime(Date.now() + 1_000);
    return !running;
  });
  await rung;
}

describe("lost", () => {
  it("the wake-up after an article: the cron reads on", async () => {
    const alert = await registerConfirmed("lost-wake", "glacier");
    await addWithoutWaking("A glacier.");
    expect(await deliveries(alert)).toEqual([]);
    await tick();
    await settled(alert, 1);
    expect(await received("lost-wake")).toHaveLength(1);
  });

  it("the alarm: the cron sets it again", async () => {
    const alert = await registerGated("lost-alarm", "cyclone");
    await behave("lost-alarm", "status-500");
    await addArticle("A cyclone.");
    await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 1);
    await postpone(alert, Date.now() + HOUR);
    await runInDurableObject(shard(), (_, { storage }) => storage.deleteAlarm());
    await tick();
    expect(await alarmAt()).toBeLessThanOrEqual(Date.now() + HOUR);
    await postpone(alert, Date.now());
    await behave("lost-alarm", "echo");
    await tick();
    await settled(alert, 1);
  });

  it("the alarm, which stands in the past and does not go off: the cron sets it anew", async () => {
    const alert = await registerGated("stuck-alarm", "typhoon");
    await behave("stuck-alarm", "status-500");
    stopClock("2030-01-01T00:00:00Z");
    await addArticle("A typhoon.");
    await quiet();
    const stuck = (await alarmAt()) ?? Number.NaN;
    expect(stuck).toBeGreaterThan(Date.now());
    await postpone(alert, stuck + 3 * HOUR);
    vi.setSystemTime(stuck + HOUR);
    await tick();
    expect(await alarmAt()).toBe(stuck + 3 * HOUR);
    vi.setSystemTime(stuck + 3 * HOUR);
    await behave("stuck-alarm", "echo");
    await ring();
    expect(await deliveries(alert)).toMatchObject([{ status: "delivered" }]);
  });
});

it("ten at a time: an entry is answered once", async () => {
  const alert = await registerConfirmed("woken", "tornado");
  await addWithoutWaking("A tornado.");
  // From inside, since calls from outside may come one after the other.
  await runInDurableObject(shard(), async (instance) => {
    if (!(instance instanceof Shard)) throw new Error("this is no shard");
    await Promise.all(Array.from({ length: 10 }, () => instance.wake()));
  });
  await settled(alert, 1);
  expect(await view(alert)).toMatchObject({ latest: 1 });
  expect(await received("woken")).toHaveLength(1);
});

describe("an alarm that fails inside", () => {
  it("because the record cannot be read: what is due leaves, and an alert that should expire hinders nothing", async () => {
    const alert = await registerGated("record-gone", "hailstorm");
    await behave("record-gone", "status-500");
    const expiring = await register("expiring", "hailstorm", "silent");
    await eventually(async () => (await received("expiring", true)).length === 1);
    stopClock("2031-01-01T00:00:00Z");
    await addArticle("A hailstorm.");
    await quiet();
    await env.DB.exec("ALTER TABLE head RENAME TO head_away");
    try {
      await rows("UPDATE alerts SET expires_at = 1 WHERE id = ?", expiring.id);
      await behave("record-gone", "echo");
      vi.setSystemTime(Date.now() + 2_000);
      await ring();
      expect(await alarmAt()).toBeGreaterThan(Date.now() + 1_000);
      expect(await rows("SELECT status FROM messages WHERE receiver = ? AND sequence = 1", alert.id)).toEqual([
        { status: "delivered" },
      ]);
      expect(await rows("SELECT id FROM alerts WHERE id = ?", expiring.id)).toHaveLength(1);
    } finally {
      await env.DB.exec("ALTER TABLE head_away RENAME TO head");
    }
    await ring();
    expect(await rows("SELECT id FROM alerts WHERE id = ?", expiring.id)).toEqual([]);
  });

  it.each(["state", "alerts", "messages", "notices", "attempts", "gathered", "queries", "postings"])(
    "because %s cannot be read: it does not throw, it is set again, and nothing is lost",
    async (table) => {
      const alert = await registerGated(`broken-${table}`, `waterspout ${table}`);
      await behave(`broken-${table}`, "status-500");
      stopClock("2032-01-01T00:00:00Z");
      await tick();
      await addArticle(`A waterspout: ${table}.`);
      await quiet();
      await addWithoutWaking(`Another waterspout: ${table}.`);
      await rows(`ALTER TABLE ${table} RENAME TO away`);
      try {
        const before = Date.now();
        await ringThroughout();
        expect(await alarmAt()).toBeGreaterThan(before);
      } finally {
        await rows(`ALTER TABLE away RENAME TO ${table}`);
      }
      await behave(`broken-${table}`, "echo");
      vi.setSystemTime(Date.now() + HOUR);
      await ring();
      expect(await settled(alert, 2)).toMatchObject([{ status: "delivered" }, { status: "delivered" }]);
    },
  );

  it("while requests are under way: none of them is forgotten", async () => {
    const alert = await registerGated("broken-landing", "snowdrift");
    await shut("broken-landing");
    await addArticle("A snowdrift.");
    await eventually(async () => (await received("broken-landing")).length === 1);
    const running = ring();
    await rows("ALTER TABLE alerts RENAME TO away");
    await behave("broken-landing", "echo");
    await running;
    await rows("ALTER TABLE away RENAME TO alerts");
    expect(await alarmAt()).not.toBeNull();
    await ring();
    await settled(alert, 1);
  });
});
