/** What one receiver does keeps nobody else from anything, and what is asked for meanwhile is done. */
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { ask, registerFor } from "../owner.ts";
import {
  addArticle,
  addWithoutWaking,
  behave,
  deliveries,
  eventually,
  putNames,
  received,
  registerGated,
  ring,
  rows,
  settled,
  shard,
  shut,
  tick,
} from "../support.ts";

beforeAll(putNames);
afterEach(() => {
  vi.restoreAllMocks();
});

it("a redelivery that is asked for during the last attempt is made, although that one fails", async () => {
  const alert = await registerGated("asked-meanwhile", "trombone");
  await behave("asked-meanwhile", "status-500");
  await addArticle("A trombone.");
  await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 3, 60);
  await shut("asked-meanwhile");
  // Its last attempt.
  await eventually(async () => (await received("asked-meanwhile")).length === 4, 60);
  expect((await ask(alert, "POST", "/deliveries/1/redeliver")).status).toBe(202);
  await behave("asked-meanwhile", "status-500");
  await eventually(async () => (await received("asked-meanwhile")).length >= 5);
  await behave("asked-meanwhile", "echo");
  const [delivery] = await settled(alert, 1);
  expect(delivery).toMatchObject({ id: `msg_${alert.id}_1`, status: "delivered" });
});

it("a receiver that asks to be left alone is, by all messages to it, and by nobody else", async () => {
  const alert = await registerGated("rests", "bassoon");
  const other = await registerGated("does-not-rest", "bassoon");
  await behave("rests", "retry-after-3600");
  for (let i = 0; i < 3; i++) await addArticle(`Bassoon ${i}.`);
  await settled(other, 3);
  expect(await received("rests")).toHaveLength(1);
  await behave("rests", "echo");
  // Whoever asks for a message knows better.
  expect((await ask(alert, "POST", "/deliveries/2/redeliver")).status).toBe(202);
  await eventually(async () => (await received("rests")).length >= 2);
});

it("the log is followed to its end while receivers hang", async () => {
  const hanging = await registerGated("hangs-on", "piccolo");
  const reader = await registerFor("piccolo OR harp", { type: "feed" });
  await shut("hangs-on");
  await addArticle("A piccolo.");
  await eventually(async () => (await received("hangs-on")).length === 1);
  // More than one go follows, and no wake-up but the first.
  for (let i = 0; i < 60; i++) await addWithoutWaking(`A harp, number ${i}.`);
  const running = ring();
  await tick();
  await eventually(async () => (await deliveries(reader, "?limit=200")).length === 61);
  expect((await deliveries(hanging))[0]?.status).toBe("pending");
  await behave("hangs-on", "echo");
  await running;
});

it("replays and tests are bounded by the day, those of feeds as well, however many are asked for at once", async () => {
  const alert = await registerFor("clarinet", { type: "feed" });
  for (let i = 0; i < 5; i++) await addArticle(`Clarinet ${i}.`);
  await rows(
    "UPDATE quotas SET asked = 990, asked_day = ? WHERE alert = ?",
    Math.floor(Date.now() / 86_400_000),
    alert.id,
  );
  const since = { since: "2016-01-01T00:00:00Z" };
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(alert, "POST", "/replay", since)));
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 429, 429, 429, 429, 429, 429]);
  const test = await ask(alert, "POST", "/test");
  expect(test.status).toBe(429);
  expect(Number(test.headers.get("retry-after"))).toBeGreaterThan(0);
});

it("each alert has every fourth turn for what was tried before, whatever turns others have", async () => {
  const names = ["oboe-1", "oboe-2", "oboe-3", "oboe-4"];
  const alerts = [];
  for (const name of names) alerts.push(await registerGated(name, "oboe"));
  for (const name of names) await shut(name);
  for (let i = 0; i < 12; i++) await addArticle(`Oboe ${i}.`);
  await eventually(async () => (await shard().status()).pending >= 48);
  // Half of them are late ones.
  await rows(
    "UPDATE messages SET late = 1 WHERE sequence <= 6 AND notice IN (SELECT number FROM notices WHERE query = 'oboe')",
  );
  for (const name of names) await behave(name, "echo");
  for (const alert of alerts) await settled(alert, 12);
  for (const name of names) {
    const order = (await received(name)).map(({ body }) => JSON.parse(body).data.sequence > 6);
    const lastNew = order.lastIndexOf(true);
    expect(order.slice(0, lastNew).filter((isNew) => !isNew).length, name).toBeGreaterThanOrEqual(1);
  }
});
