/**
 * What is asked in a subscriber's name, and what its callback says to it. Requests are verified one after the other, in their order: no request takes
 * away, or changes, what somebody else asked. Calls are synchronous.
 *
 * A callback cannot tell who asks in its name, since it sees neither the secret nor the caller. So a renewal only makes the lease longer: secret and
 * topic stay those that were confirmed first, until the subscription ends.
 */
import { randomText } from "../../alerts/alert.ts";
import { report } from "../../platform/report.ts";
import type { Refused } from "../../shard/calls.ts";
import type { Sql } from "../../shard/sql.ts";
import type { HubAsking } from "../asking.ts";
import type { Intent } from "./intents.ts";
import { CONFIRM_WITHIN, type Subscription, type SubscriptionParts, type Subscriptions } from "./subscriptions.ts";

/**
 * Verifications of a confirmed subscription: so many at once, then one more each interval, in milliseconds. However many ask in its name, its
 * callback is called no more often. Later requests wait.
 */
const VERIFICATIONS = { burst: 10, interval: 5 * 60 * 1000 };

export class Verifications {
  readonly #sql: Sql;
  readonly #subscriptions: Subscriptions;
  readonly #parts: SubscriptionParts;

  constructor(sql: Sql, subscriptions: Subscriptions, parts: SubscriptionParts) {
    this.#sql = sql;
    this.#subscriptions = subscriptions;
    this.#parts = parts;
  }

  /**
   * Asks a callback to confirm a request made in its name. Until it does, the subscription stays as it is. Returns why it cannot be asked now, or
   * undefined. A request that is repeated while it waits counts once.
   */
  ask(id: string, asking: HubAsking, now: number): Refused | undefined {
    const row = this.#subscriptions.read(id);
    if (row === undefined) return undefined;
    if (asking.mode === "subscribe") {
      this.#sql.run("UPDATE subscriptions SET nonce = ? WHERE id = ?", asking.nonce, id);
    }
    const { mode, topic } = asking;
    const { lease = null, secret = null } = asking.mode === "subscribe" ? asking : {};
    const isOwn = (written: string) => written === row.topic || written === row.origin + row.address;
    const isAdded = this.#subscriptions.intents.add(id, { mode, topic, lease, secret }, isOwn);
    // A verification that could not even be made has failed, and the requests after it would wait for ever.
    if (!this.#parts.outbox.isAskedToConfirm(id)) this.#verify(id, now);
    if (isAdded) return undefined;
    return { refused: "what was asked before waits for the callback's word", status: 429, retryAfter: 60 };
  }

  /** An intent has been answered: `agrees` tells whether the callback wants it. The next one is verified. */
  settleIntent(row: Subscription, intent: Intent, agrees: boolean, now: number): void {
    this.#subscriptions.intents.forget(row.id, intent);
    if (agrees && intent.mode === "subscribe") this.#confirm(row, intent, now);
    if (intent.mode === "denied") this.#subscriptions.end(row.id, row.ended_because ?? "", now);
    else if (agrees && intent.mode === "unsubscribe")
      this.#subscriptions.end(row.id, "its callback confirmed that", now);
    else this.#verifyNext(row.id, now);
  }

  /** Calls the callback about the first intent, as soon as it may be called. */
  #verify(id: string, now: number): void {
    const row = this.#subscriptions.read(id);
    const { at, until } = row?.established ? verifyAt(row.asked_until, now) : { at: now, until: 0 };
    this.#sql.run("UPDATE subscriptions SET asked_until = ? WHERE id = ?", until, id);
    const notice = this.#parts.notices.write({ type: "hub.verify", query: "", data: {} }, now);
    this.#parts.outbox.askToConfirm(id, notice, randomText(8), at);
  }

  /** Verifies the next intent. A subscription that never began, and that nobody asks for any more, ends. */
  #verifyNext(id: string, now: number): void {
    const isActive = this.#subscriptions.read(id)?.status === "active";
    for (const intent of this.#subscriptions.intents.list(id)) {
      if (isActive || intent.mode === "subscribe") {
        this.#verify(id, now);
        return;
      }
      // There is nothing to end.
      this.#subscriptions.intents.forget(id, intent);
    }
    if (!isActive) this.#subscriptions.end(id, "its callback did not confirm it", now);
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

  /** Ends a subscription that can no longer be served, and tells the callback so (section 5.2). */
  deny(id: string, because: string, now: number): void {
    const row = this.#subscriptions.read(id);
    if (row === undefined) return;
    this.#subscriptions.end(id, because, now + CONFIRM_WITHIN);
    this.#subscriptions.intents.add(id, { mode: "denied", topic: row.topic, lease: null, secret: null }, () => true);
    this.#verify(id, now);
    report("subscription.ended", { subscription: id, because });
  }

  /** Ends the subscriptions to the feeds of a query that can no longer be read. */
  endAsking(query: number, because: string, now: number): void {
    const asking = this.#sql.all<{ id: string }>(
      "SELECT id FROM subscriptions WHERE query = ? AND status <> 'ended'",
      query,
    );
    for (const { id } of asking) this.deny(id, because, now);
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

/** Returns the lease that a callback is told, in seconds; null if it is not asked to subscribe. It never ends before the present lease. */
export function grantedLease(
  { mode, lease }: Intent,
  { established, expires_at }: Subscription,
  now: number,
): number | null {
  if (mode !== "subscribe") return null;
  const left = established ? Math.floor((expires_at - now) / 1000) : 0;
  return Math.max(lease ?? 0, left);
}
