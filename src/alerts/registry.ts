/** The alerts of a shard. All calls are synchronous, so that a caller can put several into one transaction. */
import { type AlertStatus, type AlertView, type Channel, type Delivery, randomText } from "./alert.ts";
import type { NewAlert } from "./calls.ts";
import { CONFIRMATION, type Outbox } from "./outbox.ts";
import type { Queries } from "./queries.ts";
import { sameHash } from "./secrets.ts";

interface AlertRow {
  [column: string]: SqlStorageValue;
  id: string;
  query: number;
  canonical: string;
  channel: string;
  status: AlertStatus;
  paused_because: string | null;
  token_hash: string;
  feed_key_hash: string;
  latest: number;
  challenge: string | null;
  created_at: number;
  confirmed_at: number | null;
  expires_at: number | null;
}

const SELECT = `
  SELECT a.id, a.query, q.canonical, a.channel, a.status, a.paused_because, a.token_hash, a.feed_key_hash, a.latest, a.challenge,
    a.created_at, a.confirmed_at, a.expires_at
  FROM alerts a JOIN queries q ON q.number = a.query`;

/** How long an alert waits for its confirmation. */
const CONFIRM_WITHIN = 24 * 60 * 60 * 1000;

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** The host that a channel calls, by which requests at a time are bounded. */
const hostOf = (channel: Channel): string => (channel.type === "feed" ? "" : new URL(channel.url).host);

export class Registry {
  readonly #sql: SqlStorage;
  readonly #outbox: Outbox;

  constructor(sql: SqlStorage, outbox: Outbox) {
    this.#sql = sql;
    this.#outbox = outbox;
  }

  count(): number {
    return this.#sql.exec<{ count: number }>("SELECT count(*) AS count FROM alerts").one().count;
  }

  /** Registers an alert; a channel that has to confirm is asked to. */
  register(id: string, alert: NewAlert, queries: Queries, now: number): void {
    const pending = alert.channel.type !== "feed";
    const challenge = pending ? randomText(32) : null;
    this.#sql.exec(
      `INSERT INTO alerts (id, query, channel, host, status, token_hash, feed_key_hash, secret, origin, since, challenge, created_at,
         confirmed_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[
        id,
        queries.file(alert.source),
        JSON.stringify(alert.channel),
        hostOf(alert.channel),
        pending ? "pending" : "active",
      ],
      ...[alert.tokenHash, alert.feedKeyHash, alert.secret, alert.origin, alert.since, challenge, now],
      ...(pending ? [null, now + CONFIRM_WITHIN] : [now, null]),
    );
    if (challenge !== null) {
      const data = { challenge, confirm_url: `${alert.origin}/alerts/${id}/confirm?code=${challenge}` };
      const notice = this.#outbox.writeNotice({ type: "alert.confirm", query: alert.query, data }, now);
      this.#outbox.sendConfirmation(id, notice, randomText(8), now);
    }
  }

  /** The alert, for whoever holds its token; undefined for an unknown alert and for a wrong token alike. */
  withToken(id: string, tokenHash: string): AlertView | undefined {
    const row = this.#read(id);
    return row && sameHash(row.token_hash, tokenHash) ? this.#view(row) : undefined;
  }

  withFeedKey(id: string, feedKeyHash: string): AlertView | undefined {
    const row = this.#read(id);
    return row && sameHash(row.feed_key_hash, feedKeyHash) ? this.#view(row) : undefined;
  }

  /** The alert, for whoever knows the challenge that it was sent. */
  withChallenge(id: string, challenge: string): AlertView | undefined {
    const row = this.#read(id);
    return row?.challenge && sameHash(row.challenge, challenge) ? this.#view(row) : undefined;
  }

  /** Makes a pending alert active; what was held for it goes out. */
  confirm(id: string, now: number): void {
    const confirmed = this.#sql.exec(
      "UPDATE alerts SET status = 'active', confirmed_at = ?, expires_at = NULL WHERE id = ? AND status = 'pending' RETURNING id",
      ...[now, id],
    );
    if (confirmed.toArray().length > 0) this.#outbox.release(id, now);
  }

  /** Nothing more leaves, what waits included. */
  pause(id: string, because: string): void {
    this.#sql.exec("UPDATE alerts SET status = 'paused', paused_because = ? WHERE id = ?", because, id);
    this.#outbox.hold(id);
  }

  /** Removes an alert and all that was kept for it. */
  remove(id: string, queries: Queries): void {
    const row = this.#read(id);
    if (row === undefined) return;
    this.#outbox.removeAll(id);
    this.#sql.exec("DELETE FROM alerts WHERE id = ?", id);
    queries.removeUnused(row.query);
  }

  /** The alerts that nobody confirmed in time. */
  expired(now: number): string[] {
    return this.#sql
      .exec<{ id: string }>("SELECT id FROM alerts WHERE expires_at <= ?", now)
      .toArray()
      .map(({ id }) => id);
  }

  nextExpiry(): number | undefined {
    return (
      this.#sql
        .exec<{ at: number | null }>("SELECT min(expires_at) AS at FROM alerts WHERE expires_at IS NOT NULL")
        .one().at ?? undefined
    );
  }

  /** The alerts that ask a query and see a log entry. */
  listening(query: number, entry: number): string[] {
    return this.#sql
      .exec<{ id: string }>("SELECT id FROM alerts WHERE query = ? AND since < ? AND status <> 'paused'", query, entry)
      .toArray()
      .map(({ id }) => id);
  }

  #read(id: string): AlertRow | undefined {
    return this.#sql.exec<AlertRow>(`${SELECT} WHERE a.id = ?`, id).toArray()[0];
  }

  #view(row: AlertRow): AlertView {
    const [asked]: Delivery[] = row.status === "pending" ? this.#outbox.list(row.id, CONFIRMATION - 1, 1) : [];
    const { message: _, ...confirmation } = asked ?? { message: null };
    return {
      id: row.id,
      query: row.canonical,
      channel: JSON.parse(row.channel),
      status: row.status,
      paused_because: row.paused_because,
      latest: row.latest,
      created_at: new Date(row.created_at).toISOString(),
      confirmed_at: iso(row.confirmed_at),
      expires_at: iso(row.expires_at),
      confirmation: "id" in confirmation ? confirmation : null,
    };
  }
}
