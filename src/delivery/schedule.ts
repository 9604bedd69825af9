/** Outcome of an attempt → what comes next. */
import type { Attempt } from "./attempt.ts";

export type Verdict =
  | { kind: "delivered" }
  /** Try again at this time, in milliseconds of Unix time. */
  | { kind: "retry"; at: number }
  /** Given up, and why. */
  | { kind: "failed"; because: string; gone: boolean };

/** A receiver to which nothing gets through for this long is given up, in milliseconds. */
const GIVE_UP_AFTER = 5 * 24 * 60 * 60 * 1000;

/** Whether nothing but failures came of a receiver's messages since a time, null for not at all, and for too long by an attempt. */
export const isGivenUp = (failingSince: number | null, { at }: Attempt): boolean =>
  failingSince !== null && at - failingSince >= GIVE_UP_AFTER;

/** Receivers are spread over ±20 % of each wait, so that those which failed together do not come back together. */
const JITTER = 0.2;
/** A receiver may ask for more patience than the schedule has, within bounds; in seconds. */
export const MAX_RETRY_AFTER = 24 * 60 * 60;

/**
 * Any 2xx is success; what the receiver's kind of service means by "gone" is final, and so is an address that may not be called; everything
 * else is tried again while the schedule has waits left. `tries` counts this one; `waits` are in seconds; `random` is in [0, 1).
 */
export function judge(
  attempt: Attempt,
  tries: number,
  { waits, gone, random }: { waits: readonly number[]; gone: readonly number[]; random: number },
): Verdict {
  const { status } = attempt;
  if (attempt.outcome === "refused") return { kind: "failed", because: "the address may not be called", gone: false };
  if (status !== null && status >= 200 && status < 300) return { kind: "delivered" };
  if (status !== null && gone.includes(status)) {
    const words =
      status === 410 ? "410 Gone" : `${status}, with which this service says that the receiver no longer exists`;
    return { kind: "failed", because: `the receiver answered ${words}`, gone: true };
  }
  const wait = waits[tries - 1];
  if (wait === undefined) return { kind: "failed", because: `given up after ${tries} attempts`, gone: false };
  const seconds = wait * (1 - JITTER + 2 * JITTER * random);
  const asked = Math.min(attempt.retryAfter ?? 0, MAX_RETRY_AFTER);
  return { kind: "retry", at: attempt.at + attempt.milliseconds + Math.max(seconds, asked) * 1000 };
}
