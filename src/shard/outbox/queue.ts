/** The messages that wait to be delivered, and what becomes of their attempts. Calls are synchronous. */
import type { Attempt } from "../../delivery/attempt.ts";
import type { AttemptVerdict } from "../../delivery/retry-schedule.ts";
import type { Receivers, Tells } from "../deliver/receivers.ts";
import type { Sql } from "../sql.ts";
import { CONFIRMATION, MESSAGE_COLUMNS, type MessageKey, type QueuedMessage } from "./message.ts";

/** What waits to be delivered. */
export interface Waiting {
  pending: number;
  /** Those that are due now. */
  due: number;
  /** Those that were tried before. */
  retrying: number;
  /** When the message that has been due the longest became due, in milliseconds of Unix time; null if none is due. */
  oldest: number | null;
}

/** Maximum attempts that are kept of one message. */
const ATTEMPTS_KEPT = 25;

/** LEFT JOIN, so that a message whose notice is missing is picked up as well, and fails. */
const NEXT = `SELECT ${MESSAGE_COLUMNS}, m.tries, m.late
  FROM messages m INDEXED BY messages_due LEFT JOIN notices n ON n.number = m.notice
  WHERE m.receiver = ? AND m.late = ? AND m.next_attempt_at <= ? ORDER BY m.next_attempt_at, m.sequence LIMIT 1`;

export class MessageQueue {
  readonly #sql: Sql;
  readonly #receivers: Receivers;

  constructor(sql: Sql, receivers: Receivers) {
    this.#sql = sql;
    this.#receivers = receivers;
  }

  /** Returns the message of a receiver that is next: of those that were not tried yet the one that waits the longest, then of the others. */
  next(receiver: string, now: number, lateFirst: boolean): QueuedMessage | undefined {
    for (const late of lateFirst ? [1, 0] : [0, 1]) {
      const row = this.#sql.first<Omit<QueuedMessage, "late"> & { late: number }>(NEXT, receiver, late, now);
      if (row !== undefined) return { ...row, late: late === 1 };
    }
    return undefined;
  }

  /** Returns false if a message has been delivered, held, replaced or deleted since it was read. */
  stillWaits({ receiver, sequence, id }: QueuedMessage): boolean {
    return this.#sql.exists(
      `SELECT 1 FROM messages
       WHERE receiver = ? AND sequence = ? AND id = ? AND status = 'pending' AND next_attempt_at IS NOT NULL`,
      ...[receiver, sequence, id],
    );
  }

  /** Returns true if a message's schedule has begun anew since it was read: it was redelivered, or released. */
  hasBegunAnew({ receiver, sequence, id, tries }: QueuedMessage): boolean {
    return this.#sql.exists(
      "SELECT 1 FROM messages WHERE receiver = ? AND sequence = ? AND id = ? AND tries <> ?",
      ...[receiver, sequence, id, tries],
    );
  }

  /**
   * Records an attempt and what follows from it. `answer` is what is kept of the answer. Returns since when the receiver has failed, as
   * `Receivers.noteOutcome` does; undefined if the message has been deleted or replaced since it was read.
   */
  settle(
    { receiver, sequence, id }: QueuedMessage,
    attempt: Attempt,
    answer: string | null,
    verdict: AttemptVerdict,
    tells: Tells = "all",
  ): { failingSince: number | null } | undefined {
    const row = this.#sql.first<{ attempts: number }>(
      // An attempt that was under way does not release a message that is held by now.
      `UPDATE messages SET status = ?, next_attempt_at = iif(next_attempt_at IS NULL, NULL, ?),
         attempts = attempts + 1, tries = tries + 1, late = 1
       WHERE receiver = ? AND sequence = ? AND id = ? AND status = 'pending' RETURNING attempts`,
      ...[
        verdict.kind === "retry" ? "pending" : verdict.kind,
        verdict.kind === "retry" ? Math.round(verdict.at) : null,
      ],
      ...[receiver, sequence, id],
    );
    if (row === undefined) return undefined;
    this.#addAttempt({ receiver, sequence }, row.attempts, attempt, answer);
    return this.#receivers.noteOutcome(receiver, attempt, verdict, { question: sequence === CONFIRMATION, tells });
  }

  #addAttempt({ receiver, sequence }: MessageKey, number: number, attempt: Attempt, answer: string | null): void {
    const { at, outcome, status, milliseconds } = attempt;
    this.#sql.run(
      `INSERT INTO attempts (receiver, sequence, number, at, outcome, status, milliseconds, answer)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[receiver, sequence, number, at, outcome, status, milliseconds, answer],
    );
    if (number <= ATTEMPTS_KEPT) return;
    this.#sql.run(
      "DELETE FROM attempts WHERE receiver = ? AND sequence = ? AND number <= ?",
      ...[receiver, sequence, number - ATTEMPTS_KEPT],
    );
  }

  /** A message was replaced while an attempt at it was under way, which failed: the new one goes on with its schedule. */
  continueSchedule({ receiver, sequence, tries }: QueuedMessage, verdict: AttemptVerdict): void {
    this.#sql.run(
      `UPDATE messages SET tries = ?, late = 1, next_attempt_at = max(next_attempt_at, ?)
       WHERE receiver = ? AND sequence = ? AND next_attempt_at IS NOT NULL`,
      ...[tries + 1, verdict.kind === "retry" ? Math.round(verdict.at) : 0, receiver, sequence],
    );
  }

  /** Postpones a message, without counting an attempt. */
  postpone({ receiver, sequence, id }: QueuedMessage, until: number): void {
    this.#sql.run(
      `UPDATE messages SET next_attempt_at = ?
       WHERE receiver = ? AND sequence = ? AND id = ? AND status = 'pending' AND next_attempt_at IS NOT NULL`,
      ...[until, receiver, sequence, id],
    );
    this.#receivers.schedule(receiver);
  }

  /** The receiver has a message's content already. A message that has replaced it still waits. */
  withdraw({ receiver, sequence, id }: QueuedMessage): void {
    this.#sql.run(
      "UPDATE messages SET status = 'delivered', next_attempt_at = NULL WHERE receiver = ? AND sequence = ? AND id = ?",
      ...[receiver, sequence, id],
    );
    this.#receivers.schedule(receiver);
  }

  /** Counts the messages of a receiver that wait. */
  countWaitingOf(receiver: string): number {
    return this.#sql.one<{ count: number }>(
      `SELECT count(*) AS count FROM messages INDEXED BY messages_due
       WHERE receiver = ? AND next_attempt_at IS NOT NULL`,
      receiver,
    ).count;
  }

  /** Counts all messages that wait. A message is due since its creation, its release, its last retry time, or the end of its receiver's rest. */
  countWaiting(now: number): Waiting {
    const dueSince = "max(m.next_attempt_at, coalesce(r.rest_until, 0))";
    return this.#sql.one<Waiting>(
      `SELECT count(*) AS pending, coalesce(sum(m.next_attempt_at <= ?1), 0) AS due,
         coalesce(sum(m.tries > 0), 0) AS retrying, min(iif(${dueSince} <= ?1, ${dueSince}, NULL)) AS oldest
       FROM messages m INDEXED BY messages_due LEFT JOIN receivers r ON r.id = m.receiver
       WHERE m.next_attempt_at IS NOT NULL`,
      now,
    );
  }
}
