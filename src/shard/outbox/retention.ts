/**
 * How long messages are kept. The oldest are forgotten, up to a low-water mark (`oldest` of the alert) that never passes a message that is still to
 * be delivered, so that what is kept has no gap. All calls are synchronous.
 */

import { report } from "../../platform/report.ts";
import { CONFIRMATION, UNREFERENCED } from "./outbox.ts";

const DAY = 24 * 60 * 60 * 1000;

export interface Retention {
  /** Messages older than this are forgotten, in milliseconds. */
  age: number;
  /** What a paused alert has held for so long is given up: before it is forgotten, so that it is seen. */
  held: number;
  /** And of an alert all but so many. */
  messages: number;
  /** Alerts looked at in one go. */
  alerts: number;
}

const RETENTION: Retention = { age: 35 * DAY, held: 30 * DAY, messages: 10_000, alerts: 200 };

/** Forgets what is too old. Whether there may be more to forget. */
export function forgetOld(sql: SqlStorage, now: number, { age, held, messages, alerts } = RETENTION): boolean {
  const young = firstSince(sql, now - age);
  // Only those that have something to forget: others would be looked at again and again, and keep these from their turn. Subscriptions have
  // no numbers to go on: their one message is replaced, and goes with them.
  const concerned = sql
    .exec<{ id: string }>(
      `SELECT id FROM alerts WHERE query IS NOT NULL AND EXISTS (
         SELECT 1 FROM messages m WHERE m.alert = alerts.id AND m.sequence = alerts.oldest AND m.status <> 'pending'
           AND (m.notice < ?2 OR alerts.latest - alerts.oldest >= ?1))
       LIMIT ?3`,
      ...[messages, young, alerts],
    )
    .toArray();
  for (const { id } of concerned) forgetOldOf(sql, id, young, messages);
  sql.exec(`DELETE FROM notices WHERE number < ? AND ${UNREFERENCED}`, young);
  // After the forgetting: what is given up now can be seen until the next time at least.
  failHeld(sql, firstSince(sql, now - held));
  return concerned.length === alerts;
}

/** The first notice since a time: they are numbered in the order of their times. */
function firstSince(sql: SqlStorage, at: number): number {
  const [row] = sql
    .exec<{ number: number }>("SELECT number FROM notices WHERE at >= ? ORDER BY number LIMIT 1", at)
    .toArray();
  return row?.number ?? Number.MAX_SAFE_INTEGER;
}

function forgetOldOf(sql: SqlStorage, alert: string, young: number, messages: number): void {
  const { keep } = sql
    .exec<{ keep: number }>(
      `SELECT coalesce(min(sequence), (SELECT latest + 1 FROM alerts WHERE id = ?1)) AS keep FROM messages
       WHERE alert = ?1 AND sequence <> ?4 AND (status = 'pending'
         OR (notice >= ?2 AND sequence > (SELECT latest FROM alerts WHERE id = ?1) - ?3))`,
      ...[alert, young, messages, CONFIRMATION],
    )
    .one();
  for (const table of ["messages", "attempts", "gathered"]) {
    sql.exec(`DELETE FROM ${table} WHERE alert = ? AND sequence < ? AND sequence <> ?`, alert, keep, CONFIRMATION);
  }
  sql.exec("UPDATE alerts SET oldest = ? WHERE id = ?", keep, alert);
}

/** What a paused alert has held for so long is given up, visibly: nobody came back for it. */
function failHeld(sql: SqlStorage, young: number): void {
  const failed = sql
    .exec<{ alert: string; sequence: number; id: string }>(
      `UPDATE messages SET status = 'failed' WHERE status = 'pending' AND next_attempt_at IS NULL AND sequence <> ?
         AND notice IN (SELECT number FROM notices WHERE number < ?)
         AND alert IN (SELECT id FROM alerts WHERE status = 'paused') RETURNING alert, sequence, id`,
      ...[CONFIRMATION, young],
    )
    .toArray();
  for (const { id, alert, sequence } of failed) {
    report("message.failed", { message: id, alert, sequence, because: "held for 30 days while its alert was paused" });
  }
}
