/**
 * How soon a receiver answers, and what that means for its turns. A receiver that answers late is told from one that does not answer, so
 * that nobody who answers waits behind those that do not. Pure functions: the outbox keeps what they say.
 */
import { type Attempt, TIMEOUT } from "../../delivery/attempt.ts";

/**
 * `quick` answers within a second, `late` within four, `later` within the time limit; `silent` did not answer the last time, or broke off
 * not long ago. Of `new` and `hesitant` it is only known how they took the question whether they want messages: quickly, or late.
 */
export type ReceiverPace = "quick" | "new" | "late" | "hesitant" | "later" | "silent";

/** The stored state of a receiver. */
export interface Manner {
  /** How long its answer is expected to take, in milliseconds. */
  took: number;
  /** 1: it has answered a message. */
  proven: number;
  /** Attempts in a row that nobody answered in time. */
  timeouts: number;
  /** Until then it counts as silent even if it answers, in milliseconds of Unix time. */
  doubted_until: number;
}

/** How a receiver takes its turn. */
export interface Turn {
  pace: ReceiverPace;
  /** How long its request may take while it keeps others waiting, in milliseconds. */
  patience: number;
  /** The same where a crowd waits and requests hang, in milliseconds. */
  least: number;
}

const MINUTE = 60_000;
/** Longest answer of a quick receiver, in milliseconds. */
const QUICK = 1_000;
/** Longest answer of a late receiver, in milliseconds. */
const LATE = 4_000;
/** Least patience with a receiver that has answered late, or not, in milliseconds. */
const PATIENCE = 2_000;
/** A request that took so long had all the time there is, give or take how late timers are, in milliseconds. */
const ALL = 0.95 * TIMEOUT;
/** Least patience in a crowd: with a new receiver, which may turn out to be late, and with a quick one, in milliseconds. */
const LEAST_NEW = 1_300;
const LEAST_QUICK = 400;
/** How long a receiver counts as silent that had answered before and then did not, in milliseconds. */
const DOUBT = 10 * MINUTE;
/** Timeouts in a row before a receiver is left alone for a while. */
const TIMEOUTS = 3;
/** The first such rest and the longest one, in milliseconds. Each is twice the one before. */
const FIRST_REST = MINUTE;
const LONGEST_REST = 60 * MINUTE;

export function turnOf({ took, proven, timeouts, doubted_until }: Manner, now: number): Turn {
  if (timeouts > 0 || doubted_until > now) {
    // The first probe is short, since most silent receivers stay silent. A slow one gets all the time by its third probe.
    const patience = Math.min(TIMEOUT, PATIENCE * 2 ** Math.max(0, timeouts - 1));
    return { pace: "silent", patience, least: patience };
  }
  if (took <= QUICK) {
    if (!proven) return { pace: "new", patience: PATIENCE, least: LEAST_NEW };
    return { pace: "quick", patience: PATIENCE, least: Math.max(LEAST_QUICK, 2 * took) };
  }
  const patience = Math.min(TIMEOUT, Math.max(PATIENCE, 1.5 * took));
  const pace = !proven ? "hesitant" : took <= LATE ? "late" : "later";
  return { pace, patience, least: patience };
}

/**
 * What is known of a receiver after an attempt. `message`: a message was sent, and not the question whether it wants any. An answer to that
 * question proves nothing, since whoever wants to hang later gives it as well.
 */
export function mannerAfter(before: Manner, attempt: Attempt, message: boolean): Manner {
  if (tellsNothing(attempt)) return before;
  const { took, proven, timeouts, doubted_until } = before;
  const { at, milliseconds, outcome, cut } = attempt;
  const silent = outcome === "timeout" || outcome === "unresolved";
  // It can do otherwise: it has answered before, had all the time there is, or is quick now. One that is late now was only hurried.
  const broke = cut ? proven === 1 || milliseconds >= ALL : timeouts > 0 && milliseconds <= QUICK;
  return {
    // One slow answer is remembered for a few quick ones.
    took: silent ? took : Math.round(Math.max(cut ? TIMEOUT : milliseconds, took / 2)),
    proven: silent || !message ? proven : 1,
    timeouts: silent ? timeouts + 1 : 0,
    doubted_until: broke ? Math.round(at + milliseconds + DOUBT) : doubted_until,
  };
}

/** A fault of our own, an address that was not called, or a name that was looked up at once: the receiver held no place. */
const tellsNothing = ({ outcome, milliseconds }: Attempt): boolean =>
  outcome === "fault" || outcome === "refused" || (outcome === "unresolved" && milliseconds <= QUICK);

/** How long a receiver is left alone after so many timeouts in a row, in milliseconds. It holds for all of its messages. */
export const restAfter = (timeouts: number): number =>
  timeouts < TIMEOUTS ? 0 : Math.min(LONGEST_REST, FIRST_REST * 2 ** (timeouts - TIMEOUTS));

/** A receiver of which nothing is known. */
export const UNKNOWN: Manner = { took: 0, proven: 0, timeouts: 0, doubted_until: 0 };
