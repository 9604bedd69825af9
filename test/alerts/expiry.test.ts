/** Alerts that are confirmed while those that nobody confirmed expire. */
import { runInDurableObject } from "cloudflare:test";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/platform/env.ts";
import { Shard } from "../../src/shard/shard.ts";
import { patch, startClock, webhookAt } from "./owner.ts";
import {
  type Alert,
  behave,
  eventually,
  putNames,
  register,
  registerGated,
  rows,
  shard,
  stopClock,
  view,
} from "./support.ts";

const DAY = 24 * 60 * 60 * 1000;

beforeAll(putNames);
afterAll(startClock);

/** A database that answers when it may, and says when it is asked. */
function gated<T extends object>(target: T, asked: () => void, open: Promise<void>): T {
  return new Proxy(target, {
    get(_, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function") return value;
      if (key === "prepare" || key === "bind") {
        return (...parts: unknown[]) => gated(value.apply(target, parts), asked, open);
      }
      return async (...parts: unknown[]) => {
        asked();
        await open;
        return value.apply(target, parts);
      };
    },
  });
}

/** Runs the alarm, and does something else while it waits for the record. */
async function meanwhile(work: (instance: Shard) => Promise<void>): Promise<void> {
  await runInDurableObject(shard(), async (instance) => {
    if (!(instance instanceof Shard)) throw new Error("a shard was expected");
    const settings: Env = Reflect.get(instance, "env");
    const { DB } = settings;
    const [asked, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    settings.DB = gated(DB, asked.resolve, open.promise);
    try {
      const run = instance.alarm();
      await asked.promise;
      await work(instance);
      open.resolve();
      await run;
    } finally {
      settings.DB = DB;
    }
  });
}

const challengeOf = async ({ id }: Alert): Promise<string> => {
  const [row] = await rows<{ challenge: string }>("SELECT challenge FROM alerts WHERE id = ?", id);
  return row?.challenge ?? "";
};

describe("alerts that are confirmed at the very moment when they expire", () => {
  it("stay, all of them; the others are removed, or paused where they had another channel before", async () => {
    const alerts: Alert[] = [];
    for (let i = 0; i < 40; i++) alerts.push(await register(`expiring-${i}`, "granite", "silent"));
    const established: Alert[] = [];
    for (let i = 0; i < 4; i++) {
      const alert = await registerGated(`established-${i}`, "granite");
      await behave(`other-${i}`, "silent");
      await patch(alert, { channel: webhookAt(`other-${i}`) });
      established.push(alert);
    }
    const all = [...alerts, ...established];
    await eventually(async () => (await rows("SELECT 1 FROM receivers WHERE due_at <= ?", Date.now())).length === 0);
    const challenges = new Map<Alert, string>();
    for (const alert of all) challenges.set(alert, await challengeOf(alert));
    stopClock(Date.now() + DAY + 1_000);
    const confirmed = all.filter((_, i) => i % 2 === 0);
    await meanwhile(async (instance) => {
      for (const alert of confirmed) await instance.confirm(alert.id, challenges.get(alert) ?? "");
    });
    vi.useRealTimers();
    for (const alert of confirmed) expect(await view(alert)).toMatchObject({ status: "active" });
    for (const alert of alerts.filter((_, i) => i % 2 === 1)) expect(await view(alert)).toMatchObject({ status: 404 });
    for (const alert of established.filter((_, i) => i % 2 === 1)) {
      expect(await view(alert)).toMatchObject({ status: "paused" });
    }
  });
});
