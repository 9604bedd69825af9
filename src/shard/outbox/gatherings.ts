/** What is gathered for the next digest of an alert, and what earlier digests told. Calls are synchronous. */
import type { Sql } from "../sql.ts";
import { endOfDay } from "./quotas.ts";

const HOUR = 60 * 60 * 1000;

/** An alert that gathers its messages. */
export interface Gathering {
  alert: string;
  digest: string;
}

export class Gatherings {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Gathers a notice for some alerts. A digest is due at the end of the hour or day (UTC) of its first notice. */
  add(gatherings: readonly Gathering[], notice: number, now: number): void {
    const listed = JSON.stringify(gatherings);
    this.#sql.run(
      "INSERT OR IGNORE INTO gathered (alert, notice) SELECT value ->> 'alert', ?2 FROM json_each(?1)",
      ...[listed, notice],
    );
    this.#sql.run(
      `INSERT OR IGNORE INTO digests (alert, due_at)
       SELECT value ->> 'alert', iif(value ->> 'digest' = 'hourly', ?2, ?3) FROM json_each(?1)`,
      ...[listed, (Math.floor(now / HOUR) + 1) * HOUR, endOfDay(now)],
    );
  }

  /** Returns when the next digest of an active alert is due. */
  next(): number | undefined {
    const { at } = this.#sql.one<{ at: number | null }>(
      "SELECT min(d.due_at) AS at FROM digests d JOIN alerts a ON a.id = d.alert WHERE a.status = 'active'",
    );
    return at ?? undefined;
  }

  /** Returns some active alerts whose digests are due. */
  due(now: number, limit: number): string[] {
    return this.#sql
      .all<{ alert: string }>(
        `SELECT d.alert FROM digests d JOIN alerts a ON a.id = d.alert
         WHERE d.due_at <= ? AND a.status = 'active' ORDER BY d.due_at LIMIT ?`,
        ...[now, limit],
      )
      .map(({ alert }) => alert);
  }

  /** Returns the notices that wait for the next digest of an alert. */
  waiting(alert: string): number[] {
    return this.#sql
      .all<{ notice: number }>(
        "SELECT notice FROM gathered WHERE alert = ? AND sequence IS NULL ORDER BY notice",
        alert,
      )
      .map(({ notice }) => notice);
  }

  /** A digest with this number tells a notice. */
  tell(alert: string, notice: number, sequence: number): void {
    this.#sql.run(
      "INSERT OR REPLACE INTO gathered (alert, notice, sequence) VALUES (?, ?, ?)",
      alert,
      notice,
      sequence,
    );
  }

  /** Leaves a notice out of the digests of an alert. */
  drop(alert: string, notice: number): void {
    this.#sql.run("DELETE FROM gathered WHERE alert = ? AND notice = ?", alert, notice);
  }

  /** The digest of an alert is sent. */
  finish(alert: string): void {
    this.#sql.run("DELETE FROM digests WHERE alert = ?", alert);
  }

  postpone(alert: string, until: number): void {
    this.#sql.run("UPDATE digests SET due_at = ? WHERE alert = ?", until, alert);
  }

  /** Deletes what an alert has gathered. Returns the notices that it no longer holds. */
  remove(alert: string): number[] {
    this.finish(alert);
    return this.#sql
      .all<{ notice: number }>("DELETE FROM gathered WHERE alert = ? RETURNING notice", alert)
      .map(({ notice }) => notice);
  }
}
