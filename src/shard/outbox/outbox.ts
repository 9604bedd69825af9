/**
 * The messages of a shard, as what happens to alerts and subscriptions changes them: queue.ts delivers them. The messages of an alert are numbered
 * 1, 2, 3 …. Calls are synchronous, so that a caller can put several into one transaction.
 */

import type { Remarks } from "../../messages/message-schema.ts";
import type { Receivers } from "../deliver/receivers.ts";
import type { Sql } from "../sql.ts";
import { CONFIRMATION, type MessageKey } from "./message.ts";

/** A message that is added to those of an alert. */
interface NewMessage {
  alert: string;
  status: string;
  /** When it is due, in milliseconds of Unix time; null if it is held, or done. */
  due: number | null;
  late: boolean;
  remarks: Remarks;
}

/** A message that replaces the one of the same number that waits. */
export interface Replacement {
  receiver: string;
  /** Other than that of the message before: an attempt that is under way then settles nothing of this one. */
  id: string;
  held: boolean;
}

export class Outbox {
  readonly #sql: Sql;
  readonly #receivers: Receivers;

  constructor(sql: Sql, receivers: Receivers) {
    this.#sql = sql;
    this.#receivers = receivers;
  }

  /** Begins the numbering of an alert's messages. */
  add(alert: string): void {
    this.#sql.run("INSERT INTO numbering (alert) VALUES (?)", alert);
  }

  /** Adds a message with the next number to each of some alerts. */
  append(messages: readonly NewMessage[], notice: number): void {
    const listed = JSON.stringify(
      messages.map(({ remarks, ...message }) => ({
        ...message,
        ...(Object.keys(remarks).length > 0 && { remarks }),
      })),
    );
    this.#sql.run(
      `INSERT INTO messages (receiver, sequence, id, notice, status, next_attempt_at, late, remarks)
       SELECT n.alert, n.latest + 1, 'msg_' || n.alert || '_' || (n.latest + 1), ?2,
         value ->> 'status', value ->> 'due', value ->> 'late', value ->> 'remarks'
       FROM json_each(?1) JOIN numbering n ON n.alert = value ->> 'alert'`,
      ...[listed, notice],
    );
    this.#sql.run(
      "UPDATE numbering SET latest = latest + 1 WHERE alert IN (SELECT value ->> 'alert' FROM json_each(?))",
      listed,
    );
  }

  /** Returns the number of an alert's last message. */
  latest(alert: string): number {
    return this.#sql.one<{ latest: number }>("SELECT latest FROM numbering WHERE alert = ?", alert).latest;
  }

  /** Asks a receiver to confirm at a time, in milliseconds of Unix time. An earlier question is replaced. `nonce` makes its id unique. */
  askToConfirm(receiver: string, notice: number, nonce: string, due: number): void {
    this.#sql.run("DELETE FROM attempts WHERE receiver = ? AND sequence = ?", receiver, CONFIRMATION);
    this.#sql.run(
      `INSERT OR REPLACE INTO messages (receiver, sequence, id, notice, status, next_attempt_at)
       VALUES (?, ?, ?, ?, 'pending', ?)`,
      ...[receiver, CONFIRMATION, `msg_${receiver}_confirm_${nonce}`, notice, due],
    );
    this.#receivers.schedule(receiver);
  }

  /** Replaces messages. One that replaces a message whose last attempt failed goes on with the retry schedule of that one. */
  replace(replacements: readonly Replacement[], sequence: number, notice: number, now: number): void {
    const listed = JSON.stringify(replacements);
    this.#sql.run(
      "DELETE FROM attempts WHERE sequence = ?2 AND receiver IN (SELECT value ->> 'receiver' FROM json_each(?1))",
      ...[listed, sequence],
    );
    this.#sql.run(
      `INSERT OR REPLACE INTO messages (receiver, sequence, id, notice, status, next_attempt_at, tries, late)
       SELECT value ->> 'receiver', ?2, value ->> 'id', ?3, 'pending',
         iif(value ->> 'held', NULL, iif(m.tries > 0, max(coalesce(m.next_attempt_at, ?4), ?4), ?4)),
         coalesce(m.tries, 0), coalesce(m.late, 0)
       FROM json_each(?1)
         LEFT JOIN messages m ON m.receiver = value ->> 'receiver' AND m.sequence = ?2 AND m.status = 'pending'`,
      ...[listed, sequence, notice, now],
    );
    this.#receivers.scheduleAll(replacements.map(({ receiver }) => receiver));
  }

  /** Holds what waits, until it is released. */
  hold(receiver: string): void {
    this.#sql.run("UPDATE messages SET next_attempt_at = NULL WHERE receiver = ? AND status = 'pending'", receiver);
    this.#receivers.schedule(receiver);
  }

  holdOne({ receiver, sequence }: MessageKey): void {
    this.#sql.run(
      "UPDATE messages SET next_attempt_at = NULL WHERE receiver = ? AND sequence = ? AND status = 'pending'",
      ...[receiver, sequence],
    );
    this.#receivers.schedule(receiver);
  }

  /** Makes due what was held. Its retry schedule begins anew. */
  release(receiver: string, now: number): void {
    this.#sql.run(
      `UPDATE messages SET next_attempt_at = ?, late = 1, tries = 0
       WHERE receiver = ? AND sequence <> ? AND status = 'pending' AND next_attempt_at IS NULL`,
      ...[now, receiver, CONFIRMATION],
    );
    this.#receivers.schedule(receiver);
  }

  /** The receiver has confirmed, and need not be asked any more. */
  endConfirmation(receiver: string): void {
    this.#sql.run(
      "UPDATE messages SET status = 'delivered', next_attempt_at = NULL WHERE receiver = ? AND sequence = ?",
      ...[receiver, CONFIRMATION],
    );
    this.#receivers.schedule(receiver);
  }

  /** The alert is a feed from now on: whoever reads it has what waits. */
  deliverAll(alert: string): void {
    this.#sql.run(
      "UPDATE messages SET status = 'delivered', next_attempt_at = NULL WHERE receiver = ? AND status = 'pending'",
      alert,
    );
    this.#receivers.schedule(alert);
  }

  /** Makes a message due again, whatever became of it. Returns its id, or undefined if there is none. */
  redeliver({ receiver, sequence }: MessageKey, now: number): string | undefined {
    const row = this.#sql.first<{ id: string }>(
      `UPDATE messages SET status = 'pending', next_attempt_at = ?, late = 1, tries = 0
       WHERE receiver = ? AND sequence = ? AND sequence <> ? RETURNING id`,
      ...[now, receiver, sequence, CONFIRMATION],
    );
    if (row !== undefined) this.#receivers.makeDue(receiver, now);
    return row?.id;
  }

  /** Returns true if a question waits for the receiver's answer. */
  isAskedToConfirm(receiver: string): boolean {
    return this.#sql.exists(
      "SELECT 1 FROM messages WHERE receiver = ? AND sequence = ? AND status = 'pending'",
      ...[receiver, CONFIRMATION],
    );
  }

  /** Deletes the messages of a receiver. Returns the notices that they no longer hold. */
  remove(receiver: string): number[] {
    this.#sql.run("DELETE FROM attempts WHERE receiver = ?", receiver);
    this.#sql.run("DELETE FROM numbering WHERE alert = ?", receiver);
    return this.#sql
      .all<{ notice: number }>("DELETE FROM messages WHERE receiver = ? RETURNING notice", receiver)
      .map(({ notice }) => notice);
  }
}
