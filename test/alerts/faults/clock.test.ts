/** The clock is set forward by a day, as after a fault of the machine that keeps it. For half a minute back see test/shard/clock.test.ts. */
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  addArticle,
  addWithoutWaking,
  bearer,
  behave,
  call,
  deliveries,
  putNames,
  quiet,
  register,
  registerGated,
  ring,
  stopClock,
  tick,
  view,
} from "../support.ts";

const SECOND = 1_000;
const DAY = 24 * 3600 * SECOND;

beforeAll(putNames);
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Stops the clock at a time and lets the shard see it. Each test has its own year. */
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
