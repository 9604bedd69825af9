/** The messages of an alert as its owner, or a reader of its feed, sees them. Reads only. */
import type { Delivery } from "../../alerts/alert-answers.ts";
import { damagedMessage, makeMessage } from "../../messages/compose.ts";
import type { ListedMessage, MessageType } from "../../messages/message-schema.ts";
import type { Sql } from "../sql.ts";
import { CONFIRMATION, MESSAGE_COLUMNS, partsOf, type StoredMessage } from "./message.ts";

interface DeliveryRow extends StoredMessage {
  status: string;
  next_attempt_at: number | null;
  origin: string;
}

interface AttemptRow {
  at: number;
  outcome: string;
  status: number | null;
  milliseconds: number;
  answer: string | null;
}

const SELECT = `SELECT ${MESSAGE_COLUMNS}, m.status, m.next_attempt_at, a.origin
  FROM messages m JOIN notices n ON n.number = m.notice JOIN alerts a ON a.id = m.receiver`;

export class Deliveries {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Returns the messages of an alert after a number, in order, with their attempts. */
  list(alert: string, after: number, limit: number): Delivery[] {
    return this.#sql
      .all<DeliveryRow>(
        `${SELECT} WHERE m.receiver = ? AND m.sequence > ? ORDER BY m.sequence LIMIT ?`,
        alert,
        after,
        limit,
      )
      .map((row) => this.#delivery(row));
  }

  /** Returns the last numbered messages of an alert, newest first. */
  listLatest(alert: string, limit: number): Delivery[] {
    return this.#sql
      .all<DeliveryRow>(
        `${SELECT} WHERE m.receiver = ? AND m.sequence > ? ORDER BY m.sequence DESC LIMIT ?`,
        ...[alert, CONFIRMATION, limit],
      )
      .map((row) => this.#delivery(row));
  }

  /** Returns the message that asks an alert's channel to confirm. */
  confirmationOf(alert: string): Delivery | undefined {
    return this.list(alert, CONFIRMATION - 1, 1)[0];
  }

  #delivery(row: DeliveryRow): Delivery {
    const attempts = this.#sql.all<AttemptRow>(
      `SELECT at, outcome, status, milliseconds, answer FROM attempts
       WHERE receiver = ? AND sequence = ? ORDER BY number`,
      ...[row.receiver, row.sequence],
    );
    return {
      sequence: row.sequence,
      id: row.id,
      type: row.type as MessageType,
      status: row.status as Delivery["status"],
      message: shown(row),
      attempts: attempts.map((attempt) => ({ ...attempt, at: new Date(attempt.at).toISOString() })),
      next_attempt_at: row.next_attempt_at === null ? null : new Date(row.next_attempt_at).toISOString(),
    };
  }
}

/** Returns a message for the list. A damaged one is shown without its data, so that it hides no other. */
function shown(row: DeliveryRow): ListedMessage {
  const parts = partsOf(row, row.origin);
  try {
    return makeMessage(parts);
  } catch {
    return damagedMessage(parts);
  }
}
