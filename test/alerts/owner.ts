/** What the holder of an alert's token can do, and what its receiver is told. */
import { env } from "cloudflare:workers";
import { inject, onTestFinished, vi } from "vitest";
import type { AlertView } from "../../src/alerts/alert-answers.ts";
import type { Channel } from "../../src/channels/channel-kinds.ts";
import type { Variables } from "../../src/platform/settings.ts";
import { json, type ProblemBody } from "../client.ts";
import type { Received } from "../receiver.ts";
import {
  type Alert,
  bearer,
  call,
  eventually,
  readMessage,
  received,
  rows,
  type SentMessage,
  shard,
  view,
} from "./support.ts";

/** A call about an alert by the holder of its token. */
export const ask = (alert: Alert, method: string, path = "", body?: unknown): Promise<Response> =>
  call(method, `/api/alerts/${alert.id}${path}`, body, bearer(alert));

export const patch = (alert: Alert, change: unknown): Promise<Response> => ask(alert, "PATCH", "", change);

/** The alert as its token's holder sees it. */
export const look = (alert: Alert): Promise<AlertView & { feed_url: string }> => json(ask(alert, "GET"));

/** The Problem that an answer must be, of this status. */
export const refusal = (answer: Promise<Response>, status: number): Promise<ProblemBody> =>
  json<ProblemBody>(answer, status);

/** Registers an alert for any channel; `name` is where the receiver keeps what it gets, if it has one. */
export async function registerFor(query: string, channel: Channel, name = ""): Promise<Alert> {
  const alert: Omit<Alert, "name"> = await json(call("POST", "/api/alerts", { query, channel }), 201);
  return { ...alert, name };
}

/** The address of a receiver that behaves as it is told. */
export const urlOf = (name: string, behaviour = "gate"): string => `${inject("receiver")}/${name}/${behaviour}`;

export const webhookAt = (name: string, behaviour = "gate"): Channel => ({
  type: "webhook",
  url: urlOf(name, behaviour),
});

/** The messages that a receiver of webhooks got, without the confirmations. */
export const messagesAt = async (name: string): Promise<SentMessage[]> => (await received(name)).map(readMessage);

/** The path of the confirmation link that a receiver of webhooks got last. */
export async function confirmationAt(name: string): Promise<string> {
  const confirmations = async () =>
    (await received(name, true)).map(({ body }) => JSON.parse(body)).filter(({ type }) => type === "alert.confirm");
  await eventually(async () => (await confirmations()).length > 0);
  const { pathname, search } = new URL((await confirmations()).at(-1).data.confirm_url);
  return pathname + search;
}

export const isActive = (alert: Alert) => async () => (await view(alert)).status === "active";

/** Gives the Worker and its shards other settings, for this test. */
export function settings(changed: Variables): void {
  const before = Object.fromEntries(Object.keys(changed).map((name) => [name, Reflect.get(env, name) ?? ""]));
  Object.assign(env, changed);
  onTestFinished(() => void Object.assign(env, before));
}

/** Lets the clock go again after `stopClock`. What was to wait until a time that lies ahead now is due. */
export async function startClock(): Promise<void> {
  vi.useRealTimers();
  const now = Date.now();
  await rows("UPDATE messages SET next_attempt_at = ?1 WHERE next_attempt_at > ?1", now);
  await rows("UPDATE receivers SET rest_until = min(rest_until, ?1), due_at = min(due_at, ?1)", now);
  await shard().wake();
}

/** All that a receiver got, whatever its form. */
export async function rawAt(name: string): Promise<Received[]> {
  const response = await fetch(`${inject("receiver")}/${name}`);
  return response.json();
}

/** A shard that was killed is there again with the next call. */
export const restart = (): Promise<void> => shard().wake();
