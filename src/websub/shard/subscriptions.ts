/**
 * The WebSub subscriptions of a shard (https://www.w3.org/TR/websub/), and when they end. A subscription has at most two messages: number 0 asks its
 * callback to confirm a request made in its name, and number 1 brings the topic as it is when it is sent. Calls are synchronous.
 */
import type { Refused } from "../../shard/calls.ts";
import type { Receivers } from "../../shard/deliver/receivers.ts";
import type { Queries } from "../../shard/follow/queries.ts";
import type { Notices } from "../../shard/outbox/notices.ts";
import type { Outbox } from "../../shard/outbox/outbox.ts";
import type { Sql } from "../../shard/sql.ts";
import type { HubSubscribing } from "../asking.ts";
import type { SubscriptionKey } from "../subscription-shards.ts";
import { Intents } from "./intents.ts";

/** Number of the message that brings the topic. */
export const DISTRIBUTION = 1;
/** How long a callback's confirmation is waited for, in milliseconds. */
export const CONFIRM_WITHIN = 24 * 60 * 60 * 1000;
/** Maximum subscriptions of the callbacks of one host in a shard. */
export const HOST_CAPACITY = 1_000;

export interface Subscription {
  id: string;
  status: "pending" | "active" | "ended";
  ended_because: string | null;
  callback: string;
  topic: string;
  secret: string | null;
  origin: string;
  address: string;
  entry: number;
  /** ETag of the last content that was delivered. */
  delivered: string | null;
  established: number;
  expires_at: number;
  asked_until: number;
}

/** The parts of the shard that keep something for each subscription. */
export interface SubscriptionParts {
  receivers: Receivers;
  outbox: Outbox;
  notices: Notices;
}

export class Subscriptions {
  readonly intents: Intents;
  readonly #sql: Sql;
  readonly #parts: SubscriptionParts;

  constructor(sql: Sql, parts: SubscriptionParts) {
    this.#sql = sql;
    this.#parts = parts;
    this.intents = new Intents(sql);
  }

  read(id: string): Subscription | undefined {
    return this.#sql.first<Subscription>(
      `SELECT id, status, ended_because, callback, topic, secret, origin, address, entry, delivered, established, expires_at, asked_until
       FROM subscriptions WHERE id = ?`,
      id,
    );
  }

  /** Returns true for a subscription that has not ended. */
  has(id: string): boolean {
    const status = this.read(id)?.status;
    return status !== undefined && status !== "ended";
  }

  /** Returns true for a subscription that its callback has confirmed, and whose lease has not ended, or is being renewed. */
  isConfirmed(id: string, now: number): boolean {
    const row = this.read(id);
    return row?.established === 1 && row.status !== "ended" && row.expires_at > now;
  }

  areNone(): boolean {
    return !this.#sql.exists("SELECT 1 FROM subscriptions LIMIT 1");
  }

  count(): number {
    return this.#sql.one<{ count: number }>("SELECT count(*) AS count FROM subscriptions WHERE status <> 'ended'")
      .count;
  }

  /** Counts the subscriptions whose last request failed, by its outcome: `{"timeout": 2, "status 503": 1}`. */
  countTroubles(): Record<string, number> {
    const rows = this.#sql.all<{ trouble: string; count: number }>(
      `SELECT r.trouble, count(*) AS count FROM subscriptions s JOIN receivers r ON r.id = s.id
       WHERE r.trouble IS NOT NULL AND s.status <> 'ended' GROUP BY r.trouble`,
    );
    return Object.fromEntries(rows.map(({ trouble, count }) => [trouble, count]));
  }

  asks(query: number): boolean {
    return this.#sql.exists("SELECT 1 FROM subscriptions WHERE query = ? LIMIT 1", query);
  }

  /** Adds a subscription that its callback has yet to confirm. Returns why there can be none, or undefined. */
  add(id: string, asking: HubSubscribing, queries: Queries, now: number): Refused | undefined {
    // One that has ended may not have been removed yet.
    this.remove(id, queries);
    const { callback, topic, feed, origin, since, nonce } = asking;
    const { host } = new URL(callback);
    if (this.#countAt(host) >= HOST_CAPACITY) {
      return { refused: `callbacks of ${host} have ${HOST_CAPACITY} subscriptions, and may have no more`, status: 429 };
    }
    this.#sql.run(
      `INSERT INTO subscriptions (id, status, callback, host, topic, origin, address, listing, query, since, expires_at, nonce)
       VALUES (?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, callback, host, topic, origin, feed.canonical, feed.listing],
      ...[feed.query === undefined ? null : queries.file(feed.query), since, now + CONFIRM_WITHIN, nonce],
    );
    this.#parts.receivers.add(id, host);
    return undefined;
  }

  #countAt(host: string): number {
    return this.#sql.one<{ count: number }>("SELECT count(*) AS count FROM subscriptions WHERE host = ?", host).count;
  }

  /** The callback has taken the content with an ETag. */
  noteDelivered(id: string, etag: string | null): void {
    this.#sql.run("UPDATE subscriptions SET delivered = ? WHERE id = ?", etag, id);
  }

  /** Gives subscriptions a message that brings their topic as it is at a log entry, or later. It is held while they are pending. */
  distribute(ids: readonly string[], entry: number, now: number): void {
    if (ids.length === 0) return;
    const notice = this.#parts.notices.write({ type: "hub.distribute", query: "", data: {} }, now);
    const rows = this.#sql.all<{ id: string; status: string }>(
      "UPDATE subscriptions SET entry = ?2 WHERE id IN (SELECT value FROM json_each(?1)) RETURNING id, status",
      ...[JSON.stringify(ids), entry],
    );
    const replacements = rows.map(({ id, status }) => ({
      receiver: id,
      id: `push_${id}_${entry}`,
      held: status === "pending",
    }));
    this.#parts.outbox.replace(replacements, DISTRIBUTION, notice, now);
  }

  /** Ends a subscription: nothing more is sent. It is removed at a time, in milliseconds of Unix time. */
  end(id: string, because: string, removedAt: number): void {
    this.#sql.run(
      "UPDATE subscriptions SET status = 'ended', ended_because = ?, expires_at = ? WHERE id = ?",
      ...[because, removedAt, id],
    );
    this.intents.forgetAll(id);
    this.#parts.outbox.hold(id);
  }

  /** Returns when the next lease ends, or the next subscription that has ended is to be removed. */
  nextExpiry(): number | undefined {
    return this.#sql.one<{ at: number | null }>("SELECT min(expires_at) AS at FROM subscriptions").at ?? undefined;
  }

  /** Ends the leases that are over. Returns true if there are subscriptions to be removed. */
  expire(now: number): boolean {
    const over = this.#sql.all<{ id: string }>(
      "SELECT id FROM subscriptions WHERE expires_at <= ? AND status <> 'ended'",
      now,
    );
    for (const { id } of over) this.endLease(id, now);
    return this.#removable(now).length > 0;
  }

  /** A lease is over. If its renewal waits for the callback's answer, the content that is to be sent waits as well. */
  endLease(id: string, now: number): void {
    const isActive = this.read(id)?.status === "active";
    if (!isActive || !this.intents.list(id).some(({ mode }) => mode === "subscribe")) {
      this.end(id, "its lease ended", now);
      return;
    }
    this.#sql.run("UPDATE subscriptions SET status = 'pending', expires_at = ? WHERE id = ?", now + CONFIRM_WITHIN, id);
    this.#parts.outbox.holdOne({ receiver: id, sequence: DISTRIBUTION });
  }

  /** Removes the subscriptions that have ended. Returns which. */
  removeEnded(queries: Queries, now: number): SubscriptionKey[] {
    const ended = this.#removable(now);
    for (const { id } of ended) this.remove(id, queries);
    return ended;
  }

  #removable(now: number): SubscriptionKey[] {
    return this.#sql.all("SELECT id, nonce FROM subscriptions WHERE expires_at <= ? AND status = 'ended'", now);
  }

  /** Removes a subscription and all that is kept for it. */
  remove(id: string, queries: Queries): void {
    const row = this.#sql.first<{ query: number | null }>("SELECT query FROM subscriptions WHERE id = ?", id);
    if (row === undefined) return;
    const { receivers, outbox, notices } = this.#parts;
    notices.removeUnused(outbox.remove(id));
    receivers.remove(id);
    this.intents.forgetAll(id);
    this.#sql.run("DELETE FROM subscriptions WHERE id = ?", id);
    if (row.query !== null) queries.removeUnused(row.query);
  }
}
