/** What the tests of alerts share: calls of the Worker, and a look at what the receiver got. */
import { createScheduledController, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, inject, vi } from "vitest";
import type { Delivery } from "../../src/alerts/alert-answers.ts";
import { messageSchema } from "../../src/messages/message-schema.ts";
import type { Variables } from "../../src/platform/settings.ts";
import { articleInput } from "../../src/record/articles/article.ts";
import { addArticle as addToRecord } from "../../src/record/articles/write-articles.ts";
import { readHead } from "../../src/record/log.ts";
import { readNames } from "../../src/record/names/read-names.ts";
import worker from "../../src/worker.ts";
import { send } from "../client.ts";
import type { Received } from "../receiver.ts";

export const ORIGIN = "https://wire.example";

export const call = (
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> =>
  send(
    new Request(new URL(path, ORIGIN), {
      method,
      headers: { "content-type": "application/json", ...headers },
      body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    }),
  );

export const CURATOR = { authorization: "Bearer curator-token" };

export interface Alert {
  id: string;
  token: string;
  secret: string;
  query: string;
  status: string;
  feed_url: string;
  /** Under this the receiver keeps what it got. */
  name: string;
}

/** Registers an alert whose receiver behaves as asked, and waits until it is confirmed where the behaviour does that. */
export async function register(
  name: string,
  query: string,
  behaviour = "echo",
  receiver = inject("receiver"),
): Promise<Alert> {
  const url = `${receiver}/${name}/${behaviour}`;
  const response = await call("POST", "/api/alerts", { query, channel: { type: "webhook", url } });
  if (response.status !== 201) throw new Error(await response.text());
  const alert: Omit<Alert, "name"> = await response.json();
  return { ...alert, name };
}

export async function registerConfirmed(name: string, query: string, behaviour = "echo"): Promise<Alert> {
  const alert = await register(name, query, behaviour);
  await eventually(async () => (await view(alert)).status === "active");
  return alert;
}

/** Registers a confirmed alert whose receiver behaves as `behave` and `shut` tell it, at first as `echo`. */
export async function registerGated(name: string, query: string, receiver = inject("receiver")): Promise<Alert> {
  await behave(name, "echo");
  const alert = await register(name, query, "gate", receiver);
  await eventually(async () => (await view(alert)).status === "active");
  return alert;
}

/** From now on a gated receiver behaves so, also to the requests that wait at it. */
export async function behave(name: string, behaviour: string): Promise<void> {
  await fetch(`${inject("receiver")}/${name}/open/${behaviour}`);
}

/** From now on requests to a gated receiver wait. */
export async function shut(name: string): Promise<void> {
  await fetch(`${inject("receiver")}/${name}/shut`);
}

export async function view(alert: Alert): Promise<{ status: string; paused_because: string | null; latest: number }> {
  const response = await call("GET", `/api/alerts/${alert.id}`, undefined, bearer(alert));
  return response.json();
}

export const bearer = ({ token }: Alert): Record<string, string> => ({ authorization: `Bearer ${token}` });

export async function deliveries(alert: Alert, parameters = ""): Promise<Delivery[]> {
  const response = await call("GET", `/api/alerts/${alert.id}/deliveries${parameters}`, undefined, bearer(alert));
  const listed: { deliveries: Delivery[] } = await response.json();
  return listed.deliveries;
}

export async function addArticle(
  text: string,
  more: Record<string, unknown> = {},
): Promise<{ id: string; log: number }> {
  const body = { title: "An article", text, published_at: "2016-09-22T10:00:00Z", ...more };
  const response = await call("POST", "/api/articles", body, CURATOR);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** What the receiver got at a name, without the confirmations unless asked for. */
export async function received(name: string, confirmations = false): Promise<Received[]> {
  const response = await fetch(`${inject("receiver")}/${name}`);
  const all: Received[] = await response.json();
  return all.filter(({ body }) => confirmations || JSON.parse(body).type !== "alert.confirm");
}

/** A message as a receiver reads it. */
export interface SentMessage {
  type: string;
  timestamp: string;
  data: { [key: string]: unknown };
}

/** Reads the body of a message to a webhook. Throws if it is not exactly as the schema says. */
export function readMessage({ body }: Pick<Received, "body">): SentMessage {
  const message = JSON.parse(body);
  expect(messageSchema.parse(message)).toEqual(message);
  return message;
}

/** Waits until something is so; throws where it does not come to be. */
export async function eventually(isSo: () => Promise<boolean>, seconds = 45): Promise<void> {
  for (let tries = 0; tries < seconds * 20; tries++) {
    if (await isSo()) return;
    await scheduler.wait(50);
  }
  throw new Error("it never came to be");
}

/** Waits until an alert has so many messages that are done. */
export async function settled(alert: Alert, count: number): Promise<Delivery[]> {
  await eventually(async () => {
    const listed = await deliveries(alert);
    return listed.length >= count && listed.every(({ status }) => status !== "pending");
  });
  return deliveries(alert);
}

/** Waits until every shard has followed the log to its end. */
export async function followed(): Promise<void> {
  await eventually(async () => {
    const status: { shards: { lag: number }[] } = await (await call("GET", "/api/status")).json();
    return status.shards.every(({ lag }) => lag === 0);
  });
}

/** Puts the names that the tests speak of on record. */
export async function putNames(): Promise<void> {
  const names: Record<string, Record<string, unknown>> = {
    "place:aleppo": { type: "city", label: "Aleppo", spellings: { en: ["Aleppo"], ar: ["حلب"], other: ["Halab"] } },
    "topic:ceasefire": {
      type: "topic",
      label: "Ceasefire",
      spellings: { en: ["ceasefire", "truce", "cessation of hostilities"] },
    },
    "actor:issg": {
      type: "organisation",
      label: "International Syria Support Group",
      spellings: { en: ["International Syria Support Group"] },
      abbreviations: ["ISSG"],
    },
  };
  for (const [id, name] of Object.entries(names)) await call("PUT", `/api/names/${id}`, name, CURATOR);
}

export const shard = (number = 0) => env.SHARD.getByName(String(number));

/** What a statement on a shard's tables gives. */
export const rows = <T extends Record<string, SqlStorageValue>>(
  statement: string,
  ...bindings: SqlStorageValue[]
): Promise<T[]> =>
  runInDurableObject(shard(), (_, { storage }) => storage.sql.exec<T>(statement, ...bindings).toArray());

/** Gives alerts that were written as rows what a registration writes beside them. */
export async function addCompanions(): Promise<void> {
  await rows(
    `INSERT OR IGNORE INTO receivers (id, host)
     SELECT id, coalesce((SELECT host FROM receivers r JOIN alerts b ON b.id = r.id WHERE b.url = a.url), '') FROM alerts a`,
  );
  for (const table of ["numbering", "quotas"])
    await rows(`INSERT OR IGNORE INTO ${table} (alert) SELECT id FROM alerts`);
}

/** When a shard's alarm is set for, in milliseconds of Unix time; null where it is not. */
export const alarmAt = (number = 0): Promise<number | null> =>
  runInDurableObject(shard(number), (_, { storage }) => storage.getAlarm());

/** Runs the alarm, set for whenever, or not at all. */
export async function ring(): Promise<void> {
  if ((await alarmAt()) === null) await runInDurableObject(shard(), (_, { storage }) => storage.setAlarm(Date.now()));
  await runDurableObjectAlarm(shard());
}

/** The cron. */
export const tick = (): Promise<void> => worker.scheduled(createScheduledController(), env);

/** Ends a shard at once, whatever it is about, as a deployment or a fault of the machine does. */
export async function kill(number = 0): Promise<void> {
  await runInDurableObject(shard(number), (_, state) => state.abort("killed by a test")).catch(() => {});
}

/** Gives a shard another setting, until its instance ends or the file does; what it was before. */
export const setting = (name: keyof Variables, value: string): Promise<string> =>
  runInDurableObject(shard(), (instance) => {
    const settings: Variables = Reflect.get(instance, "env");
    const before = settings[name] ?? "";
    settings[name] = value;
    return before;
  });

/** Adds an article as a Worker would that was killed before it woke the shards. */
export async function addWithoutWaking(text: string): Promise<void> {
  const input = articleInput.parse({ title: "An article", text, published_at: null });
  await addToRecord(env.DB, input, await readNames(env.DB, await readHead(env.DB)));
}

/** Stops the clock of test and Worker, which is the same one. Far ahead, no alarm goes off by itself. */
export function stopClock(at: string | number): void {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(at);
}

/** Waits until the shard has followed the log, nothing is due and nothing under way. */
export async function quiet(): Promise<void> {
  await eventually(async () => {
    const [{ cursor, due } = { cursor: 0, due: 1 }] = await rows<{ cursor: number; due: number }>(
      "SELECT cursor, (SELECT count(*) FROM receivers WHERE due_at <= ?) AS due FROM state",
      Date.now(),
    );
    return due === 0 && cursor >= (await readHead(env.DB)).number;
  });
}

/** Lets time pass on a stopped clock, from alarm to alarm. */
export async function passTime(until: number): Promise<void> {
  for (let at = await alarmAt(); at !== null && at <= until; at = await alarmAt()) {
    vi.setSystemTime(Math.max(at, Date.now()));
    await ring();
    await quiet();
  }
  vi.setSystemTime(until);
}
