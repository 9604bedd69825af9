/** How many messages an alert gets, and requests, in a day (UTC). This class alone writes the table `quotas`. */
import type { Remarks } from "../../messages/message-schema.ts";
import type { Sql } from "../sql.ts";

const DAY = 24 * 60 * 60 * 1000;
const dayOf = (now: number): number => Math.floor(now / DAY);
/** Returns the end of the day, in milliseconds of Unix time. */
export const endOfDay = (now: number): number => (dayOf(now) + 1) * DAY;

/** Matches over the limit that no message has mentioned yet. */
export interface Omitted {
  omitted: number;
  /** Time of the first of them, in milliseconds of Unix time. */
  omitted_since: number | null;
}

/** SQL: a quota of one of the alerts that are listed, as JSON, in the first binding. */
const LISTED = "alert IN (SELECT value FROM json_each(?1))";

export class Quotas {
  readonly #sql: Sql;
  readonly #dailyLimit: number;

  /** `dailyLimit`: maximum messages of an alert in a day; 0 means no limit. */
  constructor(sql: Sql, dailyLimit: number) {
    this.#sql = sql;
    this.#dailyLimit = dailyLimit;
  }

  /** Maximum messages of an alert in a day. */
  get limit(): number {
    return this.#dailyLimit > 0 ? this.#dailyLimit : Number.POSITIVE_INFINITY;
  }

  add(alert: string): void {
    this.#sql.run("INSERT INTO quotas (alert) VALUES (?)", alert);
  }

  remove(alert: string): void {
    this.#sql.run("DELETE FROM quotas WHERE alert = ?", alert);
  }

  /** Counts one more message of the day for each of some alerts. */
  count(alerts: readonly string[], now: number): void {
    this.#sql.run(
      `UPDATE quotas SET day_count = iif(day = ?2, day_count, 0) + 1, day = ?2 WHERE ${LISTED}`,
      ...[JSON.stringify(alerts), dayOf(now)],
    );
  }

  /** One more match is not sent to each of some alerts. */
  omit(alerts: readonly string[], now: number): void {
    this.#sql.run(
      `UPDATE quotas SET omitted = omitted + 1, omitted_since = coalesce(omitted_since, ?2) WHERE ${LISTED}`,
      ...[JSON.stringify(alerts), now],
    );
  }

  /** A message mentions what was omitted. */
  mentionOmitted(alerts: readonly string[]): void {
    this.#sql.run(`UPDATE quotas SET omitted = 0, omitted_since = NULL WHERE ${LISTED}`, JSON.stringify(alerts));
  }

  /** The last match of the day was gathered for each of some alerts: their next digest says that the limit is reached. */
  reachByDigest(alerts: readonly string[], now: number): void {
    this.#sql.run(`UPDATE quotas SET limit_until = ?2 WHERE ${LISTED}`, JSON.stringify(alerts), endOfDay(now));
  }

  /** A digest mentions the limit, and what was omitted. */
  mentionAll(alert: string): void {
    this.#sql.run("UPDATE quotas SET omitted = 0, omitted_since = NULL, limit_until = NULL WHERE alert = ?", alert);
  }

  /** The remark of a message that reaches the limit, which ends then. */
  limitRemark(until: number): NonNullable<Remarks["limit"]> {
    return { per_day: this.#dailyLimit, until: new Date(until).toISOString() };
  }

  /** Returns how many messages the owner of an alert has requested today, by tests and replays. */
  askedToday(alert: string, now: number): number {
    const row = this.#sql.first<{ asked: number }>(
      "SELECT asked FROM quotas WHERE alert = ? AND asked_day = ?",
      ...[alert, dayOf(now)],
    );
    return row?.asked ?? 0;
  }

  countAsked(alert: string, count: number, now: number): void {
    this.#sql.run(
      "UPDATE quotas SET asked = iif(asked_day = ?1, asked, 0) + ?2, asked_day = ?1 WHERE alert = ?3",
      ...[dayOf(now), count, alert],
    );
  }
}

/** The remark of the first message after some matches were omitted. */
export const omittedRemark = ({ omitted, omitted_since }: Omitted): NonNullable<Remarks["omitted"]> | undefined =>
  omitted > 0 && omitted_since !== null ? { count: omitted, since: new Date(omitted_since).toISOString() } : undefined;
