/** The clock is set forward or back by a day, as after a fault of the machine that keeps it. */
import { afterEach, beforeAll, describe, expect, inject, it, onTestFinished, vi } from "vitest";
import {
  addArticle,
  addWithoutWaking,
  alarmAt,
  bearer,
  behave,
  call,
  deliveries,
  passTime,
  putNames,
  quiet,
  received,
  register,
  registerGated,
  ring,
  rows,
  setting,
  stopClock,
  tick,
  view,
} from "../support.ts";

const SECOND = 1_000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

beforeAll(putNames);
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Stops the clock at a time and lets the shard see it. Each test has its own year, so that none goes back behind another. */
async function startAt(time: string): Promise<number> {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  stopClock(time);
  await tick();
  return Date.now();
}

describe("a day forward", () => {
  it("loses nothing: what waits goes out early, what comes goes out at once", async () => {
    const alert = await registerGated("forward", "equinox");
    const began = await startAt("2030-01-10T12:00:00Z");
    await behave("forward", "status-503");
    await addArticle("Equinox 1.");
    await quiet();
    await addWithoutWaking("Equinox 2.");
    vi.setSystemTime(began + DAY);
    await behave("forward", "echo");
    await ring();
    await addArticle("Equinox 3.");
    await quiet();
    const listed = await deliveries(alert);
    expect(listed.map(({ sequence, status }) => [sequence, status])).toEqual([
      [1, "delivered"],
      [2, "delivered"],
      [3, "delivered"],
    ]);
    expect(listed[0]?.attempts.map(({ at }) => Date.parse(at) - began)).toEqual([0, DAY]);
  });

  it("lets an alert that nobody has confirmed yet expire, and no other", async () => {
    const began = await startAt("2031-01-10T12:00:00Z");
    const sound = await registerGated("forward-sound", "solstice");
    const unconfirmed = await register("forward-unconfirmed", "solstice", "silent");
    await quiet();
    vi.setSystemTime(began + DAY);
    await ring();
    await addArticle("A solstice.");
    await quiet();
    expect(await view(sound)).toMatchObject({ status: "active", latest: 1 });
    const gone = await call("GET", `/api/alerts/${unconfirmed.id}`, undefined, bearer(unconfirmed));
    expect(gone.status).toBe(404);
  });
});

describe("a day back", () => {
  it("what waits keeps its wait: it does not wait a day longer", async () => {
    const began = await startAt("2032-01-10T12:00:00Z");
    const alert = await registerGated("back", "perihelion");
    await behave("back", "status-503");
    await addArticle("Perihelion 1.");
    await quiet();
    expect(await alarmAt()).toBe(began + SECOND);
    vi.setSystemTime(began - DAY);
    await behave("back", "echo");
    // Nothing but the cron comes by: the alarm stands a day ahead.
    await tick();
    expect((await deliveries(alert))[0]?.next_attempt_at).toBe(new Date(began - DAY + SECOND).toISOString());
    expect(await alarmAt()).toBe(began - DAY + SECOND);
    await passTime(began - DAY + SECOND);
    expect((await deliveries(alert))[0]?.attempts.map(({ at, status }) => [Date.parse(at) - began, status])).toEqual([
      [0, 503],
      [SECOND - DAY, 204],
    ]);
    await addArticle("Perihelion 2.");
    await quiet();
    expect(await deliveries(alert)).toMatchObject([{ status: "delivered" }, { status: "delivered" }]);
    expect(await received("back")).toHaveLength(3);
  });

  it.each(["hourly", "daily"])("a digest (%s) comes when the present hour or day ends", async (digest) => {
    const began = await startAt(digest === "hourly" ? "2033-01-10T12:20:00Z" : "2034-01-10T12:20:00Z");
    const alert = await registerGated(`back-${digest}`, `aphelion ${digest}`);
    await call("PATCH", `/api/alerts/${alert.id}`, { channel: channelOf(alert.name, digest) }, bearer(alert));
    await addArticle(`Aphelion ${digest} 1.`);
    await quiet();
    vi.setSystemTime(began - DAY);
    await tick();
    await addArticle(`Aphelion ${digest} 2.`);
    await quiet();
    const ends = digest === "hourly" ? began - DAY + 40 * 60 * SECOND : began - DAY + 11 * HOUR + 40 * 60 * SECOND;
    await passTime(ends - 1);
    expect(await deliveries(alert)).toEqual([]);
    await passTime(ends);
    const [delivery, ...more] = await deliveries(alert);
    expect(more).toEqual([]);
    expect(delivery?.status).toBe("delivered");
    expect(delivery?.message.data).toMatchObject({ items: [{}, {}] });
  });

  it("an alert that nobody has confirmed expires a day after it was registered", async () => {
    const began = await startAt("2035-01-10T12:00:00Z");
    const alert = await register("back-expires", "eclipsed", "silent");
    await quiet();
    vi.setSystemTime(began - DAY);
    await tick();
    await passTime(began - 1);
    expect(await rows("SELECT status FROM alerts WHERE id = ?", alert.id)).toEqual([{ status: "pending" }]);
    await passTime(began);
    expect(await rows("SELECT status FROM alerts WHERE id = ?", alert.id)).toEqual([]);
  });

  it("after a day forward: an alert is not paused before it has failed for five days", async () => {
    const began = await startAt("2036-01-10T12:00:00Z");
    // Something is tried all the time: a message that is given up ends the stretch.
    const before = await setting("RETRY_SECONDS", Array.from({ length: 60 }, () => "14400").join(","));
    onTestFinished(async () => void (await setting("RETRY_SECONDS", before)));
    const alert = await registerGated("forward-back", "penumbra");
    await behave("forward-back", "status-503");
    await addArticle("Penumbra 0.");
    await quiet();
    vi.setSystemTime(began + DAY);
    await ring();
    vi.setSystemTime(began);
    await tick();
    for (const [day, status] of [
      [4.5, "active"],
      [5, "paused"],
    ] as const) {
      await passTime(began + day * DAY);
      await addArticle(`Penumbra ${day}.`);
      await quiet();
      expect(await view(alert), `day ${day}`).toMatchObject({ status });
    }
  });
});

const channelOf = (name: string, digest: string) => ({
  type: "webhook",
  url: `${inject("receiver")}/${name}/gate`,
  digest,
});
