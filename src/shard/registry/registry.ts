/** The alerts of a shard: registration, confirmation, pause, removal. Calls are synchronous, so that a transaction can hold several. */
import { MAX_OLD_SECRETS, randomText } from "../../alerts/alert.ts";
import type { AlertStatus, AlertView } from "../../alerts/alert-answers.ts";
import type { Channel } from "../../channels/channel-kinds.ts";
import { sameHash } from "../../http/auth.ts";
import type { NewAlert, Outcome } from "../calls.ts";
import type { Receivers } from "../deliver/receivers.ts";
import type { Queries } from "../follow/queries.ts";
import type { Deliveries } from "../outbox/deliveries.ts";
import type { Gatherings } from "../outbox/gatherings.ts";
import type { Notices } from "../outbox/notices.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Quotas } from "../outbox/quotas.ts";
import type { Sql } from "../sql.ts";
import { type AlertRow, readAlert, viewOf } from "./alert-row.ts";
import { rotated, type SecretColumns } from "./secrets.ts";

/** How long an alert waits for its confirmation, in milliseconds. */
const CONFIRM_WITHIN = 24 * 60 * 60 * 1000;

/** The parts that keep something for each alert. */
export interface RegistryParts {
  receivers: Receivers;
  outbox: Outbox;
  notices: Notices;
  quotas: Quotas;
  gatherings: Gatherings;
  deliveries: Deliveries;
}

export class Registry {
  readonly #sql: Sql;
  readonly #parts: RegistryParts;

  constructor(sql: Sql, parts: RegistryParts) {
    this.#sql = sql;
    this.#parts = parts;
  }

  /** Registers an alert. A channel that is called is asked to confirm. */
  register(id: string, alert: NewAlert, queries: Queries, now: number): void {
    const active = alert.channel.type === "feed";
    this.#sql.run(
      `INSERT INTO alerts (id, query, channel, status, token_hash, feed_key_hash, secret, origin, since, created_at, confirmed_at, established)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, queries.file(alert.source), JSON.stringify(alert.channel), active ? "active" : "pending"],
      ...[alert.tokenHash, alert.feedKeyHash, alert.secret, alert.origin, alert.since],
      ...[now, active ? now : null, active ? 1 : 0],
    );
    const { receivers, outbox, quotas } = this.#parts;
    receivers.add(id, hostOf(alert.channel));
    outbox.add(id);
    quotas.add(id);
    if (!active) this.askToConfirm(id, now);
  }

  /** Makes an alert pending, and asks its channel to confirm. */
  askToConfirm(id: string, now: number): void {
    const challenge = randomText(32);
    this.#sql.run(
      `UPDATE alerts SET status = 'pending', paused_because = NULL, confirmed_at = NULL, challenge = ?, expires_at = ? WHERE id = ?`,
      ...[challenge, now + CONFIRM_WITHIN, id],
    );
    const { origin, query } = this.#sql.one<{ origin: string; query: string }>(
      "SELECT a.origin, n.canonical AS query FROM alerts a JOIN queries n ON n.number = a.query WHERE a.id = ?",
      id,
    );
    const data = { challenge, confirm_url: `${origin}/alerts/${id}/confirm?code=${challenge}` };
    const { outbox, notices } = this.#parts;
    outbox.hold(id);
    outbox.askToConfirm(id, notices.write({ type: "alert.confirm", query, data }, now), randomText(8), now);
  }

  /** Confirms a pending alert. */
  confirm(id: string, now: number): void {
    if (this.read(id)?.status !== "pending") return;
    this.#parts.outbox.endConfirmation(id);
    this.activate(id, now);
  }

  /** The present channel of an alert has confirmed, or need not: what was held is sent. */
  activate(id: string, now: number): void {
    this.#sql.run(
      `UPDATE alerts SET status = 'active', paused_because = NULL, confirmed_at = ?, established = 1, expires_at = NULL WHERE id = ?`,
      ...[now, id],
    );
    this.#parts.outbox.release(id, now);
  }

  /** Pauses an alert: nothing is sent, and what waits is held. */
  pause(id: string, because: string): void {
    this.#sql.run(
      "UPDATE alerts SET status = 'paused', paused_because = ?, expires_at = NULL WHERE id = ?",
      ...[because, id],
    );
    this.#parts.outbox.hold(id);
  }

  /** Removes an alert and all that is kept for it. */
  remove(id: string, queries: Queries): void {
    const row = this.#sql.first<{ query: number }>("SELECT query FROM alerts WHERE id = ?", id);
    if (row === undefined) return;
    const { receivers, outbox, notices, quotas, gatherings } = this.#parts;
    notices.removeUnused([...outbox.remove(id), ...gatherings.remove(id)]);
    quotas.remove(id);
    receivers.remove(id);
    this.#sql.run("DELETE FROM alerts WHERE id = ?", id);
    queries.removeUnused(row.query);
  }

  /** Gives an alert another secret; the one before signs beside it for a day. */
  rotate(id: string, tokenHash: string, secret: string, now: number): Outcome<{ secret: string }> {
    if (this.withToken(id, tokenHash) === undefined) return undefined;
    const before = this.#sql.one<SecretColumns>("SELECT secret, old_secrets FROM alerts WHERE id = ?", id);
    const after = rotated(before, secret, now);
    if (typeof after === "number") {
      const retryAfter = Math.ceil((after - now) / 1000);
      const refused = `${MAX_OLD_SECRETS} older secrets sign already, each for 24 hours; try again in ${retryAfter} seconds`;
      return { refused, status: 429, retryAfter };
    }
    this.#sql.run("UPDATE alerts SET secret = ?, old_secrets = ? WHERE id = ?", after.secret, after.old_secrets, id);
    return { secret };
  }

  read(id: string): AlertRow | undefined {
    return readAlert(this.#sql, id);
  }

  /** Returns the alert for the holder of its token; undefined for an unknown alert and for a wrong token alike. */
  withToken(id: string, tokenHash: string): AlertView | undefined {
    return this.held(id, tokenHash)?.view;
  }

  /** The same, with the number of its query. */
  held(id: string, tokenHash: string): { view: AlertView; query: number } | undefined {
    const row = this.read(id);
    return row && sameHash(row.token_hash, tokenHash) ? { view: this.#view(row), query: row.query } : undefined;
  }

  withFeedKey(id: string, feedKeyHash: string): AlertView | undefined {
    const row = this.read(id);
    return row && sameHash(row.feed_key_hash, feedKeyHash) ? this.#view(row) : undefined;
  }

  /** Returns the alert for whoever knows the challenge that its channel was sent. */
  withChallenge(id: string, challenge: string): AlertView | undefined {
    const row = this.read(id);
    return row?.challenge && sameHash(row.challenge, challenge) ? this.#view(row) : undefined;
  }

  #view(row: AlertRow): AlertView {
    return viewOf(row, row.status === "pending" ? this.#parts.deliveries.confirmationOf(row.id) : undefined);
  }

  /** Returns the alerts that ask a query and see a log entry. */
  listening(query: number, entry: number): string[] {
    return this.#sql
      .all<{ id: string }>("SELECT id FROM alerts WHERE query = ? AND since < ? AND status <> 'paused'", query, entry)
      .map(({ id }) => id);
  }

  /** Pauses the alerts that ask a query. */
  pauseAsking(query: number, because: string): void {
    const asking = this.#sql.all<{ id: string }>("SELECT id FROM alerts WHERE query = ? AND status <> 'paused'", query);
    for (const { id } of asking) this.pause(id, because);
  }

  /** Returns true if any alert asks a query. */
  asks(query: number): boolean {
    return this.#sql.exists("SELECT 1 FROM alerts WHERE query = ? LIMIT 1", query);
  }

  countByStatus(): Record<AlertStatus, number> {
    const counts = this.#sql.all<{ status: AlertStatus; count: number }>(
      "SELECT status, count(*) AS count FROM alerts GROUP BY status",
    );
    const of = (wanted: AlertStatus): number => counts.find(({ status }) => status === wanted)?.count ?? 0;
    return { active: of("active"), pending: of("pending"), paused: of("paused") };
  }

  /** Counts the alerts whose last attempt failed, by its outcome: `{"timeout": 2, "status 503": 1}`. */
  countTroubles(): Record<string, number> {
    const rows = this.#sql.all<{ trouble: string; count: number }>(
      `SELECT r.trouble, count(*) AS count FROM alerts a JOIN receivers r ON r.id = a.id
       WHERE r.trouble IS NOT NULL GROUP BY r.trouble`,
    );
    return Object.fromEntries(rows.map(({ trouble, count }) => [trouble, count]));
  }
}

/** The host that a channel calls, by which requests at a time are bounded; empty for a feed. */
export const hostOf = (channel: Channel): string => (channel.type === "feed" ? "" : new URL(channel.url).host);
