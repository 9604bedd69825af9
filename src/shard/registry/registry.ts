/**
 * The alerts of a shard. All calls are synchronous, so that a caller can put several into one transaction. Rows without a query are
 * subscriptions (subscriptions.ts), of which nothing is told here.
 */
import {
  type AlertChange,
  type AlertStatus,
  type AlertView,
  type Delivery,
  MAX_OLD_SECRETS,
  randomText,
} from "../../alerts/alert.ts";
import type { Channel } from "../../channels/channel-kinds.ts";
import { sameHash } from "../../http/auth.ts";
import type { NewAlert } from "../calls.ts";
import type { Queries } from "../follow/queries.ts";
import { CONFIRMATION, type OldSecret, type Outbox } from "../outbox/outbox.ts";

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
  oldest: number;
  challenge: string | null;
  origin: string;
  established: number;
  failing_since: number | null;
  trouble: string | null;
  omitted: number;
  digest_at: number | null;
  created_at: number;
  confirmed_at: number | null;
  expires_at: number | null;
}

const SELECT = `
  SELECT a.id, a.query, q.canonical, a.channel, a.status, a.paused_because, a.token_hash, a.feed_key_hash, a.latest, a.oldest, a.challenge,
    a.origin, a.established, a.failing_since, a.trouble, a.omitted, a.digest_at, a.created_at, a.confirmed_at, a.expires_at
  FROM alerts a JOIN queries q ON q.number = a.query`;

const DAY = 24 * 60 * 60 * 1000;
/** How long an alert waits for its confirmation. */
const CONFIRM_WITHIN = DAY;
/** How long a secret that was replaced goes on signing. */
const OLD_SECRET_SIGNS = DAY;

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const hrefOf = (channel: Channel): string | undefined => (channel.type === "feed" ? undefined : channel.url);

/** Why an alert cannot have a status. */
function refuseStatus({ status: present }: AlertRow, wanted: "active" | "paused"): string | undefined {
  if (present !== "pending") return undefined;
  return wanted === "active"
    ? "the alert is pending: it becomes active when its channel confirms"
    : "the alert is pending: there is nothing to pause";
}

/** The host that a channel calls, by which requests at a time are bounded. */
const hostOf = (channel: Channel): string => (channel.type === "feed" ? "" : new URL(channel.url).host);

export class Registry {
  readonly #sql: SqlStorage;
  readonly #outbox: Outbox;

  constructor(sql: SqlStorage, outbox: Outbox) {
    this.#sql = sql;
    this.#outbox = outbox;
  }

  isEmpty(): boolean {
    return this.#sql.exec("SELECT 1 FROM alerts LIMIT 1").toArray().length === 0;
  }

  /** How many messages its owner has asked for today (UTC) by tests and replays. */
  askedToday(id: string, now: number): number {
    const [row] = this.#sql
      .exec<{ asked: number }>("SELECT asked FROM alerts WHERE id = ? AND asked_day = ?", id, Math.floor(now / DAY))
      .toArray();
    return row?.asked ?? 0;
  }

  countAsked(id: string, count: number, now: number): void {
    this.#sql.exec(
      "UPDATE alerts SET asked = iif(asked_day = ?1, asked, 0) + ?2, asked_day = ?1 WHERE id = ?3",
      ...[Math.floor(now / DAY), count, id],
    );
  }

  /** How many there are, subscriptions included. */
  count(): number {
    return this.#sql.exec<{ count: number }>("SELECT count(*) AS count FROM alerts").one().count;
  }

  /** Registers an alert; a channel that has to confirm is asked to. */
  register(id: string, alert: NewAlert, queries: Queries, now: number): void {
    const active = alert.channel.type === "feed";
    this.#sql.exec(
      `INSERT INTO alerts (id, query, channel, host, status, token_hash, feed_key_hash, secret, origin, since, created_at, confirmed_at,
         established) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, queries.file(alert.source), JSON.stringify(alert.channel), hostOf(alert.channel)],
      ...[active ? "active" : "pending", alert.tokenHash, alert.feedKeyHash, alert.secret, alert.origin, alert.since],
      ...[now, active ? now : null, active ? 1 : 0],
    );
    if (!active) this.#ask(id, alert.origin, alert.query, now);
  }

  /** Asks the channel of an alert to confirm. */
  #ask(id: string, origin: string, query: string, now: number): void {
    const challenge = randomText(32);
    this.#sql.exec(
      `UPDATE alerts SET status = 'pending', paused_because = NULL, confirmed_at = NULL, challenge = ?, expires_at = ?
       WHERE id = ?`,
      ...[challenge, now + CONFIRM_WITHIN, id],
    );
    const data = { challenge, confirm_url: `${origin}/alerts/${id}/confirm?code=${challenge}` };
    const notice = this.#outbox.writeNotice({ type: "alert.confirm", query, data }, now);
    this.#outbox.hold(id);
    this.#outbox.sendConfirmation(id, notice, randomText(8), now);
  }

  /**
   * Changes an alert; why it cannot be changed so, or undefined. A new channel has to confirm: until then the alert is pending, and what
   * waits is held for it.
   */
  change(id: string, change: AlertChange, queries: Queries, now: number): string | undefined {
    const before = this.#read(id);
    if (before === undefined) return undefined;
    const { source, channel, status, origin = before.origin } = change;
    const refusal = status && channel === undefined ? refuseStatus(before, status) : undefined;
    if (refusal) return refusal;
    this.#sql.exec("UPDATE alerts SET origin = ? WHERE id = ? AND origin <> ?", origin, id, origin);
    const row = { ...before, origin };
    if (source !== undefined) {
      this.#sql.exec("UPDATE alerts SET query = ? WHERE id = ?", queries.file(source), id);
      queries.removeUnused(row.query);
    }
    if (channel) this.#changeChannel(row, channel, now);
    else if (status === "paused" && row.status === "active") this.pause(id, "its owner paused it");
    else if (status === "active" && row.status === "paused") this.#resume(row, now);
    return undefined;
  }

  #changeChannel(row: AlertRow, channel: Channel, now: number): void {
    const before: Channel = JSON.parse(row.channel);
    this.#sql.exec(
      `UPDATE alerts SET channel = ?, host = ?, rest_until = 0, timeouts = 0, failing_since = NULL, trouble = NULL
       WHERE id = ?`,
      ...[JSON.stringify(channel), hostOf(channel), row.id],
    );
    // Another address on the same host does not make a receiver forget how it answers.
    if (hostOf(channel) !== hostOf(before)) {
      this.#sql.exec("UPDATE alerts SET took = 0, proven = 0, doubted_until = 0 WHERE id = ?", row.id);
    }
    const sameReceiver = channel.type === before.type && hrefOf(channel) === hrefOf(before);
    // Only how often: there is nobody new to ask.
    if (sameReceiver && row.confirmed_at !== null) return;
    const { canonical, origin } = this.#read(row.id) ?? row;
    if (channel.type === "feed") {
      this.#outbox.endAll(row.id);
      this.#activate(row.id, now);
    } else this.#ask(row.id, origin, canonical, now);
  }

  /** What a paused alert held goes out; one whose channel has never confirmed is asked again. */
  #resume(row: AlertRow, now: number): void {
    if (row.confirmed_at === null) {
      this.#ask(row.id, row.origin, this.#read(row.id)?.canonical ?? row.canonical, now);
      return;
    }
    this.#sql.exec(
      "UPDATE alerts SET status = 'active', paused_because = NULL, failing_since = NULL, trouble = NULL, rest_until = 0 WHERE id = ?",
      row.id,
    );
    this.#outbox.release(row.id, now);
  }

  /** Gives an alert another secret; the one before signs beside it for a day. Where too many do so already: until when. */
  rotate(id: string, secret: string, now: number): number | undefined {
    const { before, old } = this.#sql
      .exec<{ before: string; old: string }>("SELECT secret AS before, old_secrets AS old FROM alerts WHERE id = ?", id)
      .one();
    const signing = (JSON.parse(old) as OldSecret[]).filter(({ until }) => until > now);
    if (signing.length >= MAX_OLD_SECRETS) return Math.min(...signing.map(({ until }) => until));
    const secrets: OldSecret[] = [{ secret: before, until: now + OLD_SECRET_SIGNS }, ...signing];
    this.#sql.exec("UPDATE alerts SET secret = ?, old_secrets = ? WHERE id = ?", secret, JSON.stringify(secrets), id);
    return undefined;
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
    if (this.#read(id)?.status !== "pending") return;
    this.#outbox.endConfirmation(id);
    this.#activate(id, now);
  }

  #activate(id: string, now: number): void {
    this.#sql.exec(
      `UPDATE alerts SET status = 'active', paused_because = NULL, confirmed_at = ?, established = 1, expires_at = NULL WHERE id = ?`,
      ...[now, id],
    );
    this.#outbox.release(id, now);
  }

  /** Nothing more leaves, what waits included. */
  pause(id: string, because: string): void {
    this.#sql.exec(
      "UPDATE alerts SET status = 'paused', paused_because = ?, expires_at = NULL WHERE id = ?",
      ...[because, id],
    );
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

  /** The alerts that nobody confirmed in time. `established`: one that had another channel before. */
  expired(now: number): { id: string; established: boolean }[] {
    return this.#sql
      .exec<{ id: string; established: number }>(
        "SELECT id, established FROM alerts WHERE expires_at <= ? AND query IS NOT NULL",
        now,
      )
      .toArray()
      .map(({ id, established }) => ({ id, established: established === 1 }));
  }

  /** When the first one expires, subscriptions included. */
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

  /** The alerts that ask a query. */
  asking(query: number): string[] {
    return this.#sql
      .exec<{ id: string }>("SELECT id FROM alerts WHERE query = ? AND status <> 'paused'", query)
      .toArray()
      .map(({ id }) => id);
  }

  /** The number of the query that an alert asks. */
  queryOf(id: string): number | undefined {
    return this.#read(id)?.query;
  }

  /** How many alerts there are of each status. */
  countByStatus(): Record<AlertStatus, number> {
    const counts = this.#sql
      .exec<{ status: AlertStatus; count: number }>(
        "SELECT status, count(*) AS count FROM alerts WHERE query IS NOT NULL GROUP BY status",
      )
      .toArray();
    const of = (wanted: AlertStatus): number => counts.find(({ status }) => status === wanted)?.count ?? 0;
    return { active: of("active"), pending: of("pending"), paused: of("paused") };
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
      oldest: row.oldest,
      failing_since: iso(row.failing_since),
      trouble: row.trouble,
      omitted: row.omitted,
      digest_at: iso(row.digest_at),
      created_at: new Date(row.created_at).toISOString(),
      confirmed_at: iso(row.confirmed_at),
      expires_at: iso(row.expires_at),
      confirmation: "id" in confirmation ? confirmation : null,
    };
  }
}
