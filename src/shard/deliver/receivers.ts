/**
 * How the delivery to each alert and each WebSub subscription stands: when its next message is due, how it answers, and whether it fails. This
 * class alone writes the table `receivers`.
 */
import type { Attempt } from "../../delivery/attempt.ts";
import { type AttemptVerdict, MAX_RETRY_AFTER } from "../../delivery/retry-schedule.ts";
import type { Sql } from "../sql.ts";
import type { Lane } from "./lanes.ts";
import { type Manner, mannerAfter, restAfter, turnOf } from "./receiver-pace.ts";

/**
 * What an attempt says of a receiver. `all`; `pace`: how soon it answers, but not whether it takes messages; `nothing`: the alert calls another
 * address by now.
 */
export type Tells = "all" | "pace" | "nothing";

/** SQL: when the first message of a receiver is due. The index has the messages of each value of `late` in the order of their times. */
const FIRST_DUE = `(SELECT min(at) FROM (
  SELECT min(next_attempt_at) AS at FROM messages INDEXED BY messages_due
    WHERE receiver = receivers.id AND late = 0 AND next_attempt_at IS NOT NULL
  UNION ALL SELECT min(next_attempt_at) FROM messages INDEXED BY messages_due
    WHERE receiver = receivers.id AND late = 1 AND next_attempt_at IS NOT NULL))`;

interface Health {
  failing_since: number | null;
  trouble: string | null;
  rest_until: number;
}

interface LaneRow extends Manner {
  id: string;
  host: string;
}

const LANE = "SELECT id, host, took, proven, timeouts, doubted_until FROM receivers";

export class Receivers {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Adds a receiver at a host; empty for a feed, which is not called. */
  add(id: string, host: string): void {
    this.#sql.run("INSERT INTO receivers (id, host) VALUES (?, ?)", id, host);
  }

  remove(id: string): void {
    this.#sql.run("DELETE FROM receivers WHERE id = ?", id);
  }

  /** Counts the alerts and subscriptions of the shard. */
  count(): number {
    return this.#sql.one<{ count: number }>("SELECT count(*) AS count FROM receivers").count;
  }

  areNone(): boolean {
    return !this.#sql.exists("SELECT 1 FROM receivers LIMIT 1");
  }

  /** A receiver has another address. Unless its host is another one as well, what is known of its pace stays. */
  callElsewhere(id: string, host: string): void {
    this.#sql.run(
      `UPDATE receivers SET rest_until = 0, timeouts = 0, failing_since = NULL, trouble = NULL, host = ?1,
         took = iif(host = ?1, took, 0), proven = iif(host = ?1, proven, 0), doubted_until = iif(host = ?1, doubted_until, 0)
       WHERE id = ?2`,
      ...[host, id],
    );
  }

  /** Forgets the failures of a receiver, and ends its rest. */
  forgive(id: string): void {
    this.#sql.run("UPDATE receivers SET failing_since = NULL, trouble = NULL, rest_until = 0 WHERE id = ?", id);
  }

  /** Sends no request to a receiver before a time. */
  rest(id: string, until: number): void {
    this.#sql.run(
      "UPDATE receivers SET rest_until = ?1, due_at = max(due_at, ?1) WHERE id = ?2",
      Math.round(until),
      id,
    );
  }

  /** Updates when a receiver's first message is due. Every change of its messages ends with this call. */
  schedule(id: string): void {
    this.#sql.run(`UPDATE receivers SET due_at = max(${FIRST_DUE}, rest_until) WHERE id = ?`, id);
  }

  scheduleAll(ids: readonly string[]): void {
    this.#sql.run(
      `UPDATE receivers SET due_at = max(${FIRST_DUE}, rest_until) WHERE id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(ids),
    );
  }

  /** Each of some receivers has got a message that is due now. */
  addDue(ids: readonly string[], now: number): void {
    this.#sql.run(
      `UPDATE receivers SET due_at = max(min(coalesce(due_at, ?2), ?2), rest_until)
       WHERE id IN (SELECT value FROM json_each(?1))`,
      ...[JSON.stringify(ids), now],
    );
  }

  /**
   * A receiver is due now, whatever rest it asked for. Not since its other messages are due: the lanes are filled with the receivers that have
   * become due since the last time.
   */
  makeDue(id: string, now: number): void {
    this.#sql.run("UPDATE receivers SET rest_until = 0, due_at = ? WHERE id = ?", now, id);
  }

  /** Returns the receivers that became due from `since` to `now`. */
  lanes(since: number, now: number): Lane[] {
    return this.#sql
      .all<LaneRow>(`${LANE} WHERE due_at >= ? AND due_at <= ? ORDER BY due_at`, since, now)
      .map((row) => laneOf(row, now));
  }

  /** Returns the lane of a receiver, if it is due. */
  lane(id: string, now: number): Lane | undefined {
    const row = this.#sql.first<LaneRow>(`${LANE} WHERE id = ? AND due_at <= ?`, id, now);
    return row && laneOf(row, now);
  }

  areAnyDue(now: number): boolean {
    return this.#sql.exists("SELECT 1 FROM receivers WHERE due_at <= ? LIMIT 1", now);
  }

  /** Returns when the next receiver becomes due, without those that are due already. */
  nextDue(after: number): number | undefined {
    const { at } = this.#sql.one<{ at: number | null }>(
      "SELECT min(due_at) AS at FROM receivers WHERE due_at > ?",
      after,
    );
    return at ?? undefined;
  }

  /**
   * Records what an attempt says of its receiver. `question`: it asked for a confirmation, and brought no message. Returns since when nothing but
   * failures came of its messages (null: something arrived), or undefined if the receiver is gone.
   */
  noteOutcome(
    id: string,
    attempt: Attempt,
    verdict: Pick<AttemptVerdict, "kind">,
    { question, tells }: { question: boolean; tells: Tells },
  ): { failingSince: number | null } | undefined {
    const before = this.#sql.first<Health & Manner>(
      "SELECT failing_since, trouble, rest_until, took, proven, timeouts, doubted_until FROM receivers WHERE id = ?",
      id,
    );
    if (before === undefined) return undefined;
    const manner = tells === "nothing" ? before : mannerAfter(before, attempt, !question);
    const health = tells === "all" ? healthAfter(before, manner, attempt, verdict) : before;
    this.#sql.run(
      // A message that is given up ends the stretch of failures if nothing else waits: later messages begin another.
      `UPDATE receivers SET took = ?, proven = ?, timeouts = ?, doubted_until = ?, trouble = ?, rest_until = ?,
         failing_since = iif(? AND ${FIRST_DUE} IS NULL, NULL, ?) WHERE id = ?`,
      ...[manner.took, manner.proven, manner.timeouts, manner.doubted_until, health.trouble, health.rest_until],
      ...[verdict.kind === "failed" && tells === "all" ? 1 : 0, health.failing_since, id],
    );
    this.schedule(id);
    return { failingSince: health.failing_since };
  }
}

const laneOf = ({ id, host, ...manner }: LaneRow, now: number): Lane => ({
  receiver: id,
  host,
  ...turnOf(manner, now),
});

function healthAfter(
  before: Health,
  { timeouts }: Manner,
  attempt: Attempt,
  verdict: Pick<AttemptVerdict, "kind">,
): Health {
  const { at, milliseconds, outcome, status, retryAfter } = attempt;
  if (verdict.kind === "delivered") return { failing_since: null, trouble: null, rest_until: 0 };
  // A rest that the receiver asks for holds for all of its messages. So does the rest after several timeouts.
  const rest = Math.max(Math.min(retryAfter ?? 0, MAX_RETRY_AFTER) * 1000, status === null ? restAfter(timeouts) : 0);
  return {
    // A fault of our own says nothing of the receiver.
    failing_since: outcome === "fault" ? before.failing_since : (before.failing_since ?? at),
    trouble: status === null ? outcome : `status ${status}`,
    rest_until: Math.round(at + milliseconds + rest),
  };
}
