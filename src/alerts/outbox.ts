/**
 * The outbox of a shard: every message of its alerts, numbered 1, 2, 3 … for each alert, and what became of it. All calls are
 * synchronous, so that a caller can put several into one transaction.
 */
import type { Attempt } from "../delivery/attempt.ts";
import type { Verdict } from "../delivery/schedule.ts";
import type { AlertStatus, Channel, Delivery, MessageType } from "./alert.ts";
import { type MessageParts, makeMessage } from "./message.ts";

/** Number 0 of an alert is its confirmation. */
export const CONFIRMATION = 0;

export interface Key {
  alert: string;
  sequence: number;
}

/** A message on its way: all that an attempt needs. */
export interface Outgoing extends MessageParts {
  id: string;
  channel: Channel;
  secret: string;
  challenge: string | null;
  attempts: number;
}

interface Notice {
  type: MessageType;
  /** Canonical. */
  query: string;
  /** The article that it tells of, so that corrections can follow it. */
  article?: string;
  data: object;
}

interface MessageRow {
  [column: string]: SqlStorageValue;
  alert: string;
  sequence: number;
  id: string;
  status: string;
  attempts: number;
  next_attempt_at: number | null;
  type: string;
  at: number;
  query: string;
  data: string;
  channel: string;
  secret: string;
  origin: string;
  challenge: string | null;
}

const SELECT = `
  SELECT m.alert, m.sequence, m.id, m.status, m.attempts, m.next_attempt_at, n.type, n.at, n.query, n.data,
    a.channel, a.secret, a.origin, a.challenge
  FROM messages m JOIN notices n ON n.number = m.notice JOIN alerts a ON a.id = m.alert`;

export class Outbox {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Writes what messages to several alerts will say; `send` addresses it. */
  writeNotice({ type, query, article, data }: Notice, now: number): number {
    return this.#sql
      .exec<{ number: number }>(
        "INSERT INTO notices (type, at, query, article, data) VALUES (?, ?, ?, ?, ?) RETURNING number",
        ...[type, now, query, article ?? null, JSON.stringify(data)],
      )
      .one().number;
  }

  /** Gives an alert its next message. It is due at once; held while the alert is pending; of a feed, there is nothing to send. */
  send(alert: string, notice: number, now: number): void {
    const { latest, status, channel } = this.#sql
      .exec<{ latest: number; status: AlertStatus; channel: string }>(
        "UPDATE alerts SET latest = latest + 1 WHERE id = ? RETURNING latest, status, channel",
        alert,
      )
      .one();
    const { type }: Channel = JSON.parse(channel);
    const state = type === "feed" ? "delivered" : "pending";
    const due = type === "feed" || status === "pending" ? null : now;
    this.#insert({ alert, sequence: latest }, `msg_${alert}_${latest}`, notice, state, due);
  }

  /** Asks a channel to confirm; earlier askings are replaced. */
  sendConfirmation(alert: string, notice: number, nonce: string, now: number): void {
    const key = { alert, sequence: CONFIRMATION };
    this.#sql.exec("DELETE FROM attempts WHERE alert = ? AND sequence = ?", alert, CONFIRMATION);
    this.#insert(key, `msg_${alert}_confirm_${nonce}`, notice, "pending", now);
  }

  #insert({ alert, sequence }: Key, id: string, notice: number, status: string, due: number | null): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO messages (alert, sequence, id, notice, status, next_attempt_at) VALUES (?, ?, ?, ?, ?, ?)",
      ...[alert, sequence, id, notice, status, due],
    );
  }

  /** What waits stays where it is until it is released. */
  hold(alert: string): void {
    this.#sql.exec("UPDATE messages SET next_attempt_at = NULL WHERE alert = ? AND status = 'pending'", alert);
  }

  /** The alert is confirmed: what was held is due. */
  release(alert: string, now: number): void {
    this.#sql.exec("UPDATE messages SET next_attempt_at = ? WHERE alert = ? AND status = 'pending'", now, alert);
    this.#sql.exec(
      "UPDATE messages SET status = 'delivered', next_attempt_at = NULL WHERE alert = ? AND sequence = ?",
      ...[alert, CONFIRMATION],
    );
  }

  /** The messages that are due, the longest waiting first; without those to some hosts. */
  due(now: number, withoutHosts: readonly string[], limit: number): (Key & { host: string })[] {
    return this.#sql
      .exec<{ alert: string; sequence: number; host: string }>(
        `SELECT m.alert, m.sequence, a.host FROM messages m JOIN alerts a ON a.id = m.alert
         WHERE m.next_attempt_at <= ? AND a.host NOT IN (SELECT value FROM json_each(?)) ORDER BY m.next_attempt_at LIMIT ?`,
        ...[now, JSON.stringify(withoutHosts), limit],
      )
      .toArray();
  }

  /** When the first message is due that is not due by now already, or undefined. */
  nextDue(after: number): number | undefined {
    return (
      this.#sql
        .exec<{ at: number | null }>("SELECT min(next_attempt_at) AS at FROM messages WHERE next_attempt_at > ?", after)
        .one().at ?? undefined
    );
  }

  /** A message that is still to be delivered; undefined where it is done, or its alert gone. */
  read({ alert, sequence }: Key): Outgoing | undefined {
    const row = this.#sql
      .exec<MessageRow>(`${SELECT} WHERE m.alert = ? AND m.sequence = ? AND m.status = 'pending'`, alert, sequence)
      .toArray()[0];
    if (row === undefined) return undefined;
    const { channel, data, type, ...rest } = row;
    return { ...rest, type: type as MessageType, channel: JSON.parse(channel), data: JSON.parse(data) };
  }

  /** Records an attempt and what follows from it. Does nothing where the message is gone or was replaced meanwhile. */
  settle({ alert, sequence, id }: Outgoing, attempt: Attempt, verdict: Verdict): boolean {
    const status = verdict.kind === "retry" ? "pending" : verdict.kind;
    const due = verdict.kind === "retry" ? Math.round(verdict.at) : null;
    const updated = this.#sql.exec<{ attempts: number }>(
      `UPDATE messages SET status = ?, next_attempt_at = ?, attempts = attempts + 1
       WHERE alert = ? AND sequence = ? AND id = ? AND status = 'pending' RETURNING attempts`,
      ...[status, due, alert, sequence, id],
    );
    const row = updated.toArray()[0];
    if (row === undefined) return false;
    this.#sql.exec(
      "INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?)",
      ...[alert, sequence, row.attempts, attempt.at, attempt.outcome, attempt.status, attempt.milliseconds],
    );
    return true;
  }

  /** The messages of an alert after a number, in order, with their attempts. */
  list(alert: string, after: number, limit: number): Delivery[] {
    return this.#sql
      .exec<MessageRow>(
        `${SELECT} WHERE m.alert = ? AND m.sequence > ? ORDER BY m.sequence LIMIT ?`,
        alert,
        after,
        limit,
      )
      .toArray()
      .map((row) => this.#delivery(row));
  }

  /** The last messages of one type, newest first. */
  listLatest(alert: string, type: MessageType, limit: number): Delivery[] {
    return this.#sql
      .exec<MessageRow>(
        `${SELECT} WHERE m.alert = ? AND n.type = ? ORDER BY m.sequence DESC LIMIT ?`,
        alert,
        type,
        limit,
      )
      .toArray()
      .map((row) => this.#delivery(row));
  }

  #delivery(row: MessageRow): Delivery {
    const type = row.type as MessageType;
    const attempts = this.#sql
      .exec<{ at: number; outcome: string; status: number | null; milliseconds: number }>(
        "SELECT at, outcome, status, milliseconds FROM attempts WHERE alert = ? AND sequence = ? ORDER BY number",
        ...[row.alert, row.sequence],
      )
      .toArray();
    return {
      sequence: row.sequence,
      id: row.id,
      type,
      status: row.status as Delivery["status"],
      message: makeMessage({ ...row, type, data: JSON.parse(row.data) }),
      attempts: attempts.map((attempt) => ({ ...attempt, at: new Date(attempt.at).toISOString() })),
      next_attempt_at: row.next_attempt_at === null ? null : new Date(row.next_attempt_at).toISOString(),
    };
  }

  /** Who got any of some articles, by the query that found it for them: alerts that see a log entry and are not paused. */
  recipients(articles: readonly string[], entry: number): { query: string; alerts: string[] }[] {
    const rows = this.#sql
      .exec<{ query: string; alert: string }>(
        `SELECT min(n.query) AS query, m.alert FROM notices n JOIN messages m ON m.notice = n.number JOIN alerts a ON a.id = m.alert
         WHERE n.article IN (SELECT value FROM json_each(?)) AND a.since < ? AND a.status <> 'paused' GROUP BY m.alert`,
        ...[JSON.stringify(articles), entry],
      )
      .toArray();
    const byQuery = Map.groupBy(rows, ({ query }) => query);
    return [...byQuery].map(([query, group]) => ({ query, alerts: group.map(({ alert }) => alert) }));
  }

  /** Forgets all messages of an alert, and the notices that nobody else got. */
  removeAll(alert: string): void {
    const notices = this.#sql
      .exec<{ notice: number }>("DELETE FROM messages WHERE alert = ? RETURNING notice", alert)
      .toArray()
      .map(({ notice }) => notice);
    this.#sql.exec("DELETE FROM attempts WHERE alert = ?", alert);
    this.#sql.exec(
      `DELETE FROM notices WHERE number IN (SELECT value FROM json_each(?))
         AND NOT EXISTS (SELECT 1 FROM messages WHERE notice = notices.number)`,
      JSON.stringify(notices),
    );
  }

  /** How many messages wait, and since when the longest-waiting one was made, in milliseconds of Unix time. */
  waiting(): { pending: number; oldest: number | null } {
    return this.#sql
      .exec<{ pending: number; oldest: number | null }>(
        `SELECT count(*) AS pending, min(n.at) AS oldest FROM messages m JOIN notices n ON n.number = m.notice
         WHERE m.next_attempt_at IS NOT NULL`,
      )
      .one();
  }
}
