/**
 * WebSub (https://www.w3.org/TR/websub/): the subscriptions of a shard. This class alone writes the table `subscriptions`. Calls are synchronous.
 *
 * A subscription has at most two messages: number 0 asks its callback to confirm a request made in its name, and number 1 brings the topic as it
 * is when it is sent. Requests are verified one after the other, in their order: no request takes away, or changes, what somebody else asked.
 *
 * A callback cannot tell who asks in its name, since it sees neither the secret nor the caller. So a renewal only makes the lease longer: secret and
 * topic stay those that were confirmed first, until the subscription ends.
 */
import { randomText } from "../../alerts/alert.ts";
import { report } from "../../platform/report.ts";
import type { Refused } from "../../shard/calls.ts";
import type { Receivers } from "../../shard/deliver/receivers.ts";
import type { Queries } from "../../shard/follow/queries.ts";
import type { Notices } from "../../shard/outbox/notices.ts";
import type { Outbox } from "../../shard/outbox/outbox.ts";
import type { Sql } from "../../shard/sql.ts";
import type { HubAsking, HubSubscribing } from "../asking.ts";
import type { SubscriptionKey } from "../subscription-shards.ts";
import { type Intent, Intents } from "./intents.ts";

/** Number of the message that brings the topic. */
export const DISTRIBUTION = 1;
/** How long a callback's confirmation is waited for, and an end that it is told of is kept, in milliseconds. */
const CONFIRM_WITHIN = 24 * 60 * 60 * 1000;
/**
 * Verifications of a confirmed subscription: so many at once, then one more each interval, in milliseconds. However many ask in its name, its callback is
 * called no more often; later requests wait.
 */
const VERIFICATIONS = { burst: 10, interval: 5 * 60 * 1000 };
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

  /** Adds a subscription, and asks its callback to confirm it. Returns why there can be none, or undefined. */
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
    return this.ask(id, asking, now);
  }

  #countAt(host: string): number {
    return this.#sql.one<{ count: number }>("SELECT count(*) AS count FROM subscriptions WHERE host = ?", host).count;
  }

  /**
   * Asks a callback to confirm a request made in its name. Until it does, the subscription stays as it is. Returns why it cannot be asked now, or
   * undefined. A request that is repeated while it waits counts once.
   */
  ask(id: string, asking: HubAsking, now: number): Refused | undefined {
    const row = this.read(id);
    if (row === undefined) return undefined;
    if (asking.mode === "subscribe") {
      this.#sql.run("UPDATE subscriptions SET nonce = ? WHERE id = ?", asking.nonce, id);
    }
    const { mode, topic } = asking;
    const { lease = null, secret = null } = asking.mode === "subscribe" ? asking : {};
    const isOwn = (written: string) => written === row.topic || written === row.origin + row.address;
    const isAdded = this.intents.add(id, { mode, topic, lease, secret }, isOwn);
    // A verification that could not even be made has failed, and the requests after it would wait for ever.
    if (!this.#parts.outbox.isAskedToConfirm(id)) this.#verify(id, now);
    if (isAdded) return undefined;
    return { refused: "what was asked before waits for the callback's word", status: 429, retryAfter: 60 };
  }

  /** Calls the callback about the first intent, as soon as it may be called. */
  #verify(id: string, now: number): void {
    const row = this.read(id);
    const { at, until } = row?.established ? verifyAt(row.asked_until, now) : { at: now, until: 0 };
    this.#sql.run("UPDATE subscriptions SET asked_until = ? WHERE id = ?", until, id);
    const notice = this.#parts.notices.write({ type: "hub.verify", query: "", data: {} }, now);
    this.#parts.outbox.askToConfirm(id, notice, randomText(8), at);
  }

  /** An intent has been answered: `agrees` tells whether the callback wants it. The next one is verified. */
  settleIntent(row: Subscription, intent: Intent, agrees: boolean, now: number): void {
    this.intents.forget(row.id, intent);
    if (agrees && intent.mode === "subscribe") this.#confirm(row, intent, now);
    if (intent.mode === "denied") this.end(row.id, row.ended_because ?? "", now);
    else if (agrees && intent.mode === "unsubscribe") this.end(row.id, "its callback confirmed that", now);
    else this.#verifyNext(row.id, now);
  }

  /** Verifies the next intent. A subscription that never began, and that nobody asks for any more, ends. */
  #verifyNext(id: string, now: number): void {
    const isActive = this.read(id)?.status === "active";
    for (const intent of this.intents.list(id)) {
      if (isActive || intent.mode === "subscribe") {
        this.#verify(id, now);
        return;
      }
      // There is nothing to end.
      this.intents.forget(id, intent);
    }
    if (!isActive) this.end(id, "its callback did not confirm it", now);
  }

  /** A subscription begins, with the topic, the secret and the lease that were confirmed; or its lease becomes longer. */
  #confirm({ id, topic, secret, established, expires_at }: Subscription, intent: Intent, now: number): void {
    const confirmed = established ? { topic, secret } : intent;
    const before = established ? expires_at : 0;
    this.#sql.run(
      `UPDATE subscriptions SET status = 'active', topic = ?, secret = ?, confirmed_at = ?, established = 1, expires_at = ?
       WHERE id = ?`,
      ...[confirmed.topic, confirmed.secret, now, Math.max(before, now + (intent.lease ?? 0) * 1000), id],
    );
    this.#parts.outbox.release(id, now);
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

  /** Ends the subscriptions to the feeds of a query that can no longer be read. */
  endAsking(query: number, because: string, now: number): void {
    const asking = this.#sql.all<{ id: string }>(
      "SELECT id FROM subscriptions WHERE query = ? AND status <> 'ended'",
      query,
    );
    for (const { id } of asking) this.deny(id, because, now);
  }

  /** Ends a subscription that can no longer be served, and tells the callback so (section 5.2). */
  deny(id: string, because: string, now: number): void {
    const row = this.read(id);
    if (row === undefined) return;
    this.end(id, because, now + CONFIRM_WITHIN);
    this.intents.add(id, { mode: "denied", topic: row.topic, lease: null, secret: null }, () => true);
    this.#verify(id, now);
    report("subscription.ended", { subscription: id, because });
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

/**
 * Returns when a callback may be called next, and until when its verifications are paid for then (generic cell rate algorithm, ITU-T I.371). If
 * the clock was set back, the wait is at most one interval.
 */
function verifyAt(paidUntil: number, now: number): { at: number; until: number } {
  const { burst, interval } = VERIFICATIONS;
  const paid = Math.min(Math.max(paidUntil, now), now + burst * interval);
  return { at: Math.max(now, paid - (burst - 1) * interval), until: paid + interval };
}
