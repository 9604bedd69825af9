/** What the courier needs to know of a kind of receiver. Alerts and WebSub subscriptions each implement it. */
import type { Attempt, OutgoingRequest } from "../../delivery/attempt.ts";
import { type AttemptVerdict, judge } from "../../delivery/retry-schedule.ts";
import type { Env } from "../../platform/env.ts";
import { report } from "../../platform/report.ts";
import { readSettings } from "../../platform/settings.ts";
import { CONFIRMATION, type QueuedMessage } from "../outbox/message.ts";

/** One attempt at a message. */
export interface Shipment {
  /** The address that is checked before it is called. */
  url: string;
  /** Origin of this wire, which is never called. */
  origin: string;
  /** Makes the request just before it leaves. Returns undefined if there is none to make. */
  compose(): Promise<OutgoingRequest | undefined>;
  /** Writes what follows from the attempt, within a transaction of the courier. */
  settle(attempt: Attempt): void;
}

export interface ReceiverKind {
  /** Prepares a message of such a receiver. Returns undefined if the receiver is not of this kind. Throws if a part of it is broken. */
  ship(message: QueuedMessage, now: number): Shipment | undefined;
}

/** Maximum attempts to ask for a confirmation: an address that never confirmed is not asked for days. */
const CONFIRMATION_ATTEMPTS = 4;

/** Returns the verdict on an attempt. `gone`: statuses that mean that the receiver is gone for good. */
export function judgeAttempt(
  env: Env,
  { sequence, tries }: QueuedMessage,
  attempt: Attempt,
  gone: readonly number[],
): AttemptVerdict {
  const { retrySeconds } = readSettings(env);
  const waits = sequence === CONFIRMATION ? retrySeconds.slice(0, CONFIRMATION_ATTEMPTS - 1) : retrySeconds;
  return judge(attempt, tries + 1, { waits, gone, random: Math.random() });
}

/** Logs that a message is given up. `url` is the address that was called. */
export function reportFailed({ id, receiver, sequence, type }: QueuedMessage, because: string, url?: string): void {
  const host = url !== undefined && URL.canParse(url) ? new URL(url).host : "";
  const called = url === undefined ? {} : { type, host };
  report("message.failed", { message: id, alert: receiver, sequence, ...called, because });
}

/** An attempt to which nobody answered. */
export const NO_ANSWER = { status: null, body: "", retryAfter: null, cut: false } as const;
