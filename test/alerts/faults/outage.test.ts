/** A receiver is down: time is stepped from alarm to alarm, and every attempt has its exact time. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Alert,
  addArticle,
  bearer,
  behave,
  call,
  deliveries,
  passTime,
  putNames,
  quiet,
  received,
  registerGated,
  setting,
  stopClock,
  tick,
  view,
} from "../support.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When the ten attempts of the published schedule are made, from the first one on: README, "Messages". */
const WAITS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
const SCHEDULE = [0, ...WAITS.map((_, i) => WAITS.slice(0, i + 1).reduce((sum, wait) => sum + wait))];

const SHORT = "1,1,1";

beforeAll(putNames);
beforeEach(async () => {
  // In the middle of what it spreads over: each wait is as long as the schedule says.
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  await tick();
  expect(await setting("RETRY_SECONDS", "")).toBe(SHORT);
});
afterEach(async () => {
  await setting("RETRY_SECONDS", SHORT);
  vi.restoreAllMocks();
});
afterAll(() => {
  vi.useRealTimers();
});

/** The attempts of a message in milliseconds since a time, and what was answered. */
async function attempts(alert: Alert, sequence: number, since: number): Promise<[at: number, status: number | null][]> {
  const [delivery] = await deliveries(alert, `?after=${sequence - 1}&limit=1`);
  return (delivery?.attempts ?? []).map(({ at, status }) => [Date.parse(at) - since, status]);
}

const failedAt = (times: readonly number[]) => times.map((at) => [at, 503]);

describe("a receiver that is down", () => {
  it("for a day: what waited comes at the very next attempt, what is new at once, and both once", async () => {
    const alert = await registerGated("day", "earthwork");
    await behave("day", "status-503");
    const began = Date.parse("2030-03-01T00:00:00Z");
    stopClock(began);
    await addArticle("An earthwork.");
    await quiet();
    await passTime(began + DAY);
    expect(await attempts(alert, 1, began)).toEqual(failedAt(SCHEDULE.slice(0, 7)));
    expect(await view(alert)).toMatchObject({ status: "active", trouble: "status 503" });
    await behave("day", "echo");
    await addArticle("Another earthwork.");
    await quiet();
    expect(await attempts(alert, 2, began)).toEqual([[DAY, 204]]);
    await passTime(began + 7 * DAY);
    expect(await attempts(alert, 1, began)).toEqual([...failedAt(SCHEDULE.slice(0, 7)), [SCHEDULE[7], 204]]);
    expect(await deliveries(alert)).toMatchObject([{ status: "delivered" }, { status: "delivered" }]);
    const ids = (await received("day")).map(({ headers }) => headers["webhook-id"]);
    expect(ids.filter((id) => id === `msg_${alert.id}_1`)).toHaveLength(8);
    expect(ids.filter((id) => id === `msg_${alert.id}_2`)).toHaveLength(1);
    expect(await view(alert)).toMatchObject({ failing_since: null, trouble: null });
  });

  it("for a week: messages are given up for all to see, then the alert is paused, and what it holds is sent when its owner is back", async () => {
    const errors = vi.spyOn(console, "error");
    const alert = await registerGated("week", "viaduct");
    await behave("week", "status-503");
    const began = Date.parse("2030-04-01T00:00:00Z");
    stopClock(began);
    // One a day, the last of them when it is paused already.
    for (let day = 0; day < 7; day++) {
      await addArticle(`Viaduct ${day}.`);
      await quiet();
      await passTime(began + (day + 1) * DAY);
    }
    // Given up after ten attempts: of these, the last one was 75 h 35 min 5 s after the first.
    expect(SCHEDULE.at(-1)).toBe(75 * HOUR + 35 * MINUTE + 5 * SECOND);
    expect(await attempts(alert, 1, began)).toEqual(failedAt(SCHEDULE));
    expect(await attempts(alert, 2, began)).toEqual(failedAt(SCHEDULE.map((at) => DAY + at)));
    // Nothing arrived for five days: the next attempt that fails is the last one.
    const all = await Promise.all([1, 2, 3, 4, 5, 6].map((sequence) => attempts(alert, sequence, began)));
    const paused = Math.max(...all.flat().map(([at]) => at));
    expect(paused).toBe(5 * DAY);
    expect(all[5]).toEqual([[5 * DAY, 503]]);
    expect(await view(alert)).toMatchObject({
      status: "paused",
      paused_because: "nothing but failures since 2030-04-01T00:00:00.000Z; the last one: status 503",
      // What came when it was paused is no message.
      latest: 6,
    });
    const lines = errors.mock.calls.map(([line]) => JSON.parse(String(line)));
    expect(lines.filter(({ event }) => event === "message.failed")).toMatchObject([
      { message: `msg_${alert.id}_1`, because: "given up after 10 attempts" },
      { message: `msg_${alert.id}_2`, because: "given up after 10 attempts" },
    ]);
    expect(lines.filter(({ event }) => event === "alert.paused")).toMatchObject([{ alert: alert.id }]);
    const before = await deliveries(alert);
    expect(before.map(({ status }) => status)).toEqual([
      "failed",
      "failed",
      "pending",
      "pending",
      "pending",
      "pending",
    ]);
    expect(before.map(({ next_attempt_at }) => next_attempt_at)).toEqual(Array(6).fill(null));
    await behave("week", "echo");
    const seen = (await received("week")).length;
    await passTime(began + 8 * DAY);
    expect(await received("week")).toHaveLength(seen);
    const back = await call("PATCH", `/api/alerts/${alert.id}`, { status: "active" }, bearer(alert));
    expect(back.status).toBe(200);
    await quiet();
    expect((await received("week")).slice(seen).map(({ headers }) => headers["webhook-id"])).toEqual(
      [3, 4, 5, 6].map((sequence) => `msg_${alert.id}_${sequence}`),
    );
    // And what was given up is sent when it is asked for.
    await call("POST", `/api/alerts/${alert.id}/deliveries/1/redeliver`, {}, bearer(alert));
    await quiet();
    expect((await deliveries(alert)).map(({ status }) => status)).toEqual([
      "delivered",
      "failed",
      ...Array(4).fill("delivered"),
    ]);
    expect(await view(alert)).toMatchObject({ status: "active", paused_because: null, failing_since: null });
  });

  it("most of the time, but not all of it: the alert is not paused", async () => {
    const alert = await registerGated("flapping", "aqueduct");
    const began = Date.parse("2030-05-01T00:00:00Z");
    stopClock(began);
    await behave("flapping", "status-503");
    await addArticle("Aqueduct 0.");
    await quiet();
    await passTime(began + 4 * DAY);
    await behave("flapping", "echo");
    await addArticle("Aqueduct 1.");
    await quiet();
    await behave("flapping", "status-503");
    await addArticle("Aqueduct 2.");
    await quiet();
    await passTime(began + 6 * DAY);
    await addArticle("Aqueduct 3.");
    await quiet();
    expect(await view(alert)).toMatchObject({ status: "active", failing_since: "2030-05-05T00:00:00.000Z", latest: 4 });
    await behave("flapping", "echo");
    await passTime(began + 10 * DAY);
  });
});

describe("Retry-After", () => {
  it.each([
    ["longer than the schedule", "3600", HOUR],
    ["shorter than the schedule", "1", 5 * SECOND],
    ["as a date", "Sun, 02 Jun 2030 00:00:00 GMT", DAY],
    ["of a week, which is beyond the bound of a day", "604800", DAY],
    ["of a year as a date", "Sun, 01 Jun 2031 00:00:00 GMT", DAY],
    ["in the past", "Fri, 31 May 2030 00:00:00 GMT", 5 * SECOND],
  ])("%s: the next attempt is when it says, within bounds", async (_, value, wait) => {
    const name = `after${value.replaceAll(/\W/g, "")}`;
    const alert = await registerGated(name, name);
    await behave(name, `retry-after-${encodeURIComponent(value)}`);
    const began = Date.parse("2030-06-01T00:00:00Z");
    stopClock(began);
    await tick();
    await addArticle(`${name}.`);
    await quiet();
    expect((await deliveries(alert))[0]?.next_attempt_at).toBe(new Date(began + wait).toISOString());
    await behave(name, "echo");
    await passTime(began + wait - 1);
    expect(await attempts(alert, 1, began)).toEqual([[0, 503]]);
    await passTime(began + wait);
    expect(await attempts(alert, 1, began)).toEqual([
      [0, 503],
      [wait, 204],
    ]);
  });
});
