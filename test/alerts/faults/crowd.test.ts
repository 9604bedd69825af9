/** Many receivers at once, some of which hang; and a shard that is full. */
import { afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { shardOf } from "../../../src/alerts/alert.ts";
import { SHARD_CAPACITY } from "../../../src/shard/shard.ts";
import { stopTimeouts } from "../../timeouts.ts";
import {
  type Alert,
  addArticle,
  behave,
  deliveries,
  eventually,
  putNames,
  received,
  registerConfirmed,
  registerGated,
  rows,
  settled,
  shut,
  stopClock,
  tick,
} from "../support.ts";

beforeAll(putNames);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const arrivals = async (alerts: readonly Alert[]) =>
  (await Promise.all(alerts.map(({ name }) => received(name)))).flat().sort((a, b) => a.place - b.place);

const names = (group: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${group}.${i}`);

/** Gated alerts, spread over hosts. */
async function registerAll(query: string, all: readonly string[], hosts: readonly string[]): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for (const [i, name] of all.entries()) alerts.push(await registerGated(name, query, hosts[i % hosts.length]));
  return alerts;
}

describe("requests at a time", () => {
  it.each([
    ["three to one host", 1, 3],
    ["six in all", 4, 6],
  ])("%s, and no fewer where more wait", async (_, hosts, most) => {
    const group = `crowd${hosts}`;
    const alerts = await registerAll(group, names(group, 12), inject("receivers").slice(0, hosts));
    for (const { name } of alerts) await shut(name);
    // With a clock that stands still nobody is given up for slowness.
    stopTimeouts();
    stopClock(Date.now());
    await addArticle(`The ${group}.`);
    await eventually(async () => (await arrivals(alerts)).length === most);
    await tick();
    await tick();
    for (const { name } of alerts) await behave(name, "echo");
    for (const alert of alerts) await settled(alert, 1);
    const got = await arrivals(alerts);
    expect(got).toHaveLength(alerts.length);
    expect(Math.max(...got.map(({ underWay }) => underWay.all))).toBe(most);
    expect(Math.max(...got.map(({ underWay }) => underWay.host))).toBeLessThanOrEqual(3);
  });
});

describe("receivers that hang", () => {
  it("on every host, more of them than there are places: the others get theirs all the same", async () => {
    const hosts = inject("receivers");
    const hanging = await registerAll("stillness", names("hanging", 8), hosts);
    const prompt = await registerAll("stillness", names("prompt", 4), hosts);
    for (const { name } of hanging) await shut(name);
    const began = Date.now();
    stopClock(began);
    stopTimeouts();
    await addArticle("Stillness.");
    await eventually(async () => (await arrivals(hanging)).length === 6);
    // They have had more time than they are given while others wait.
    vi.setSystemTime(began + 2_000);
    await tick();
    for (const alert of prompt) await settled(alert, 1);
    // From now on they are known to be slow: they have two places, and the clock need not move.
    for (let i = 2; i <= 4; i++) {
      await addArticle(`Stillness ${i}.`);
      for (const alert of prompt) await settled(alert, i);
    }
    for (const alert of prompt) {
      const attempts = (await deliveries(alert)).flatMap((delivery) => delivery.attempts);
      expect(attempts.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    }
    for (const alert of hanging) {
      expect((await deliveries(alert)).map(({ status }) => status)).toEqual(Array(4).fill("pending"));
    }
    // Eight as such that may be prompt, two as slow ones.
    expect((await arrivals(hanging)).length).toBeLessThanOrEqual(10);
    for (const { name } of hanging) await behave(name, "echo");
    vi.useRealTimers();
    for (const alert of hanging) await settled(alert, 4);
  });
});

describe("a shard that is full", () => {
  it("takes no more alerts: the next one goes to another shard, and both get what matches", async () => {
    const first = await registerConfirmed("full-0", "capacity");
    await rows(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - (SELECT count(*) FROM receivers))
       INSERT INTO receivers (id, host) SELECT 'filler_' || i, '' FROM n`,
      SHARD_CAPACITY,
    );
    const second = await registerConfirmed("full-1", "capacity");
    expect([first, second].map(({ id }) => shardOf(id))).toEqual([0, 1]);
    await addArticle("The capacity.");
    for (const alert of [first, second]) {
      await settled(alert, 1);
      expect((await received(alert.name)).map(({ headers }) => headers["webhook-id"])).toEqual([`msg_${alert.id}_1`]);
    }
    // Its place in the second one stays when there is room in the first again.
    await rows("DELETE FROM receivers WHERE id LIKE 'filler_%'");
    expect(shardOf((await registerConfirmed("full-2", "capacity")).id)).toBe(1);
  });
});
