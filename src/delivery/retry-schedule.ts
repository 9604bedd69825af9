/** Decides what follows an attempt: delivered, retry, or failed. */
import type { Attempt } from "./attempt.ts";

export type AttemptVerdict =
  | { kind: "delivered" }
  /** Retry at this time, in milliseconds of Unix time. */
  | { kind: "retry"; at: number }
  /** No further attempts, and why. `gone`: the receiver no longer exists. */
  | { kind: "failed"; because: string; gone: boolean };

/** How long a receiver may fail without a success before it is given up, in ms. */
const GIVE_UP_AFTER = 5 * 24 * 60 * 60 * 1000;

/**
 * Returns whether a receiver has only failed for too long by an attempt. `failingSince` is null if it does not fail.
 */
export const isGivenUp = (failingSince: number | null, { at }: Attempt): boolean =>
  failingSince !== null && at - failingSince >= GIVE_UP_AFTER;

/** Random spread of each wait (±20 %), so that receivers that failed together do not return together. */
const JITTER = 0.2;
/** Maximum `Retry-After` that is honoured, in seconds. */
export const MAX_RETRY_AFTER = 24 * 60 * 60;

/**
 * Decides what follows an attempt. Any 2xx is success. A status in `gone`, and an address that may not be called, are
 * final. Everything else is retried while the schedule has waits left. `tries` includes this attempt; `waits` are in
 * seconds; `random` is in [0, 1).
 */
export function judge(
  attempt: Attempt,
  tries: number,
  { waits, gone, random }: { waits: readonly number[]; gone: readonly number[]; random: number },
): AttemptVerdict {
  const { status } = attempt;
  if (attempt.outcome === "refused") return { kind: "failed", because: "the address may not be called", gone: false };
  if (status !== null && status >= 200 && status < 300) return { kind: "delivered" };
  if (status !== null && gone.includes(status)) {
    const words = status === 410 ? "410 Gone" : `${status}, which this service sends if the receiver no longer exists`;
    return { kind: "failed", because: `the receiver answered ${words}`, gone: true };
  }
  const wait = waits[tries - 1];
  if (wait === undefined) return { kind: "failed", because: `given up after ${tries} attempts`, gone: false };
  const seconds = wait * (1 - JITTER + 2 * JITTER * random);
  const asked = Math.min(attempt.retryAfter ?? 0, MAX_RETRY_AFTER);
  return { kind: "retry", at: attempt.at + attempt.milliseconds + Math.max(seconds, asked) * 1000 };
}
