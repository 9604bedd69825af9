/**
 * How long messages are kept. The oldest are deleted, up to a number (`oldest` in `numbering`) that never passes a message which is still to be
 * delivered, so that the numbers that are kept have no gap.
 */
import { report } from "../../platform/report.ts";
import type { ScheduledPart } from "../part.ts";
import type { Sql } from "../sql.ts";
import { CONFIRMATION } from "./message.ts";
import type { Notices } from "./notices.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

export interface RetentionLimits {
  /** Maximum age of a message, in milliseconds. */
  age: number;
  /** Maximum time that a paused alert holds a message, in milliseconds. Shorter than `age`, so that the owner sees that it failed. */
  held: number;
  /** Maximum messages of an alert. */
  messages: number;
  /** Alerts that one run looks at. */
  alerts: number;
}

const LIMITS: RetentionLimits = { age: 35 * DAY, held: 30 * DAY, messages: 10_000, alerts: 200 };

export class Retention implements ScheduledPart {
  readonly retryAfter = HOUR;
  readonly #sql: Sql;
  readonly #notices: Notices;
  readonly #transaction: (work: () => void) => void;
  /** When everything was deleted that was too old, in milliseconds of Unix time. */
  #doneAt = 0;

  constructor(sql: Sql, notices: Notices, transaction: (work: () => void) => void) {
    this.#sql = sql;
    this.#notices = notices;
    this.#transaction = transaction;
  }

  /** Nothing waits for it: the cron wakes the shard often enough. */
  nextWake(): undefined {
    return undefined;
  }

  /** Deletes old messages, once an hour. */
  run(): void {
    const now = Date.now();
    if (Math.abs(now - this.#doneAt) < HOUR) return;
    let isMore = true;
    this.#transaction(() => {
      isMore = this.deleteOld(now);
    });
    if (!isMore) this.#doneAt = now;
  }

  /** Deletes what is too old. Returns true if there may be more. */
  deleteOld(now: number, { age, held, messages, alerts } = LIMITS): boolean {
    const young = this.#notices.firstSince(now - age);
    // Only alerts that have something to delete: others would be looked at again and again, and keep these from their turn.
    const concerned = this.#sql.all<{ alert: string }>(
      `SELECT alert FROM numbering b WHERE EXISTS (
         SELECT 1 FROM messages m WHERE m.receiver = b.alert AND m.sequence = b.oldest AND m.status <> 'pending'
           AND (m.notice < ?2 OR b.latest - b.oldest >= ?1))
       LIMIT ?3`,
      ...[messages, young, alerts],
    );
    for (const { alert } of concerned) this.#deleteOldOf(alert, young, messages);
    this.#notices.removeBefore(young);
    // Last, so that the messages that fail now can be seen until the next run at least.
    this.#failHeld(this.#notices.firstSince(now - held));
    return concerned.length === alerts;
  }

  #deleteOldOf(alert: string, young: number, messages: number): void {
    const { keep } = this.#sql.one<{ keep: number }>(
      `SELECT coalesce(min(sequence), (SELECT latest + 1 FROM numbering WHERE alert = ?1)) AS keep FROM messages
       WHERE receiver = ?1 AND sequence <> ?4 AND (status = 'pending'
         OR (notice >= ?2 AND sequence > (SELECT latest FROM numbering WHERE alert = ?1) - ?3))`,
      ...[alert, young, messages, CONFIRMATION],
    );
    const older = [alert, keep, CONFIRMATION];
    this.#sql.run("DELETE FROM messages WHERE receiver = ? AND sequence < ? AND sequence <> ?", ...older);
    this.#sql.run("DELETE FROM attempts WHERE receiver = ? AND sequence < ? AND sequence <> ?", ...older);
    this.#sql.run("DELETE FROM gathered WHERE alert = ? AND sequence < ?", alert, keep);
    this.#sql.run("UPDATE numbering SET oldest = ? WHERE alert = ?", keep, alert);
  }

  /** Gives up messages that a paused alert has held for too long. */
  #failHeld(young: number): void {
    const failed = this.#sql.all<{ receiver: string; sequence: number; id: string }>(
      `UPDATE messages SET status = 'failed' WHERE status = 'pending' AND next_attempt_at IS NULL AND sequence <> ?
         AND notice IN (SELECT number FROM notices WHERE number < ?)
         AND receiver IN (SELECT id FROM alerts WHERE status = 'paused') RETURNING receiver, sequence, id`,
      ...[CONFIRMATION, young],
    );
    for (const { id, receiver, sequence } of failed) {
      const because = "held for 30 days while its alert was paused";
      report("message.failed", { message: id, alert: receiver, sequence, because });
    }
  }
}
