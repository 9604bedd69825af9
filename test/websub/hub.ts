/** What the tests of the hub share: a subscriber that asks for feeds, and a look at what its callback got. */
import { inject } from "vitest";
import { behave as behaveAt, call, eventually, rows, shut as shutAt } from "../alerts/support.ts";
import { head, ORIGIN } from "../client.ts";
import type { Received } from "../receiver.ts";

/** Names of receivers are one space for all tests; these are the hub's. */
const own = (name: string): string => `hub-${name}`;

export const behave = (name: string, behaviour: string): Promise<void> => behaveAt(own(name), behaviour);
export const shut = (name: string): Promise<void> => shutAt(own(name));

/** The address of a callback; see test/subscriber.ts. Both may be gates. */
export const callbackAt = (name: string, verification = "agree", distribution = "status-204", more = ""): string =>
  `${inject("receiver")}/${own(name)}/callback/${verification}/${distribution}${more}`;

export const topicAt = (path: string): string => `${ORIGIN}${path}`;

export type Form = Record<string, string>;

/** Asks the hub. */
export const ask = (form: Form, headers: Record<string, string> = {}): Promise<Response> =>
  call("POST", "/hub", String(new URLSearchParams(form)), {
    "content-type": "application/x-www-form-urlencoded",
    ...headers,
  });

/** Asks the hub in the name of a callback; the answer must be 202. */
export async function askFor(mode: string, callback: string, path: string, more: Form = {}): Promise<void> {
  const answer = await ask({ "hub.mode": mode, "hub.callback": callback, "hub.topic": topicAt(path), ...more });
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
}

/** Subscribes, and waits until that is verified. */
export async function subscribe(callback: string, path: string, more: Form = {}): Promise<void> {
  await askFor("subscribe", callback, path, more);
  await eventually(async () => (await subscription(callback, path))?.status === "active");
  await settledIntent(callback, path);
}

/** Waits until nothing that was asked for waits for the callback's word. */
export const settledIntent = (callback: string, path: string): Promise<void> =>
  eventually(async () => ((await subscription(callback, path))?.mode ?? null) === null);

export interface Kept extends Record<string, SqlStorageValue> {
  id: string;
  status: string;
  secret: string | null;
  expires_at: number;
  confirmed_at: number;
  mode: string | null;
  delivered: string | null;
}

/** A subscription as the shard keeps it; undefined where it keeps none. */
export async function subscription(callback: string, path: string): Promise<Kept | undefined> {
  const [row] = await rows<Kept>(
    `SELECT s.id, s.status, s.secret, s.expires_at, s.confirmed_at, s.delivered,
       (SELECT mode FROM intents WHERE subscription = s.id LIMIT 1) AS mode
     FROM subscriptions s WHERE s.callback = ? AND s.topic = ? AND s.status <> 'ended'`,
    ...[callback, topicAt(path)],
  );
  return row;
}

async function receivedAt(name: string, method: string): Promise<Received[]> {
  const all: Received[] = await (await fetch(`${inject("receiver")}/${own(name)}`)).json();
  return all.filter((received) => received.method === method);
}

/** The parameters of the verifications that a callback got. */
export const verifications = async (name: string): Promise<URLSearchParams[]> =>
  (await receivedAt(name, "GET")).map(({ path }) => new URL(path, "http://subscriber").searchParams);

/** What was distributed to it. */
export const pushes = (name: string): Promise<Received[]> => receivedAt(name, "POST");

/** Waits until a callback got so many of them, and gives them. */
export async function pushed(name: string, count: number): Promise<Received[]> {
  await eventually(async () => (await pushes(name)).length >= count);
  return pushes(name);
}

/** Waits until the shard has followed the log; also on a stopped clock. */
export const caughtUp = (): Promise<void> =>
  eventually(async () => {
    const [{ cursor } = { cursor: 0 }] = await rows<{ cursor: number }>("SELECT cursor FROM state");
    return cursor >= (await head());
  });

/** Waits until whatever waits has been sent, or need not be. */
export const settledPushes = (): Promise<void> =>
  eventually(async () => {
    const [{ count } = { count: 1 }] = await rows<{ count: number }>(
      "SELECT count(*) AS count FROM messages WHERE status = 'pending' AND next_attempt_at IS NOT NULL",
    );
    return count === 0;
  });
