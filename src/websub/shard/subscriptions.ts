/**
 * WebSub (https://www.w3.org/TR/websub/): the subscriptions of a shard. Each has a row among the alerts, so that lanes, courier, retries
 * and rests are the ones there are, but no query there; what it is beside stands in a table of its own.
 *
 * Of a subscription at most two messages wait: number 0, which asks its callback whether it wants what was asked for in its name, and
 * number 1, the topic as it will be when it is sent. What is asked is verified in the order in which it was asked, each by itself: so nothing
 * that anyone asks takes away, or changes, what somebody else asked.
 *
 * A callback cannot tell who asks in its name, since it sees neither the secret nor the caller. So a renewal changes nothing but the lease, and
 * only makes it longer: secret and topic stay those that were confirmed first, until the subscription ends.
 *
 * Calls are synchronous, so that a caller can put several into one transaction, but for `compose`.
 */

import { randomText, type WebSubChannel } from "../../alerts/alert.ts";
import type { SubscriptionKey } from "../../alerts/shards.ts";
import type { Attempt, OutgoingRequest } from "../../delivery/attempt.ts";
import { type AttemptVerdict, isGivenUp } from "../../delivery/retry-schedule.ts";
import { renderTopic } from "../../feeds/topic.ts";
import { Problem } from "../../http/problem.ts";
import type { Env } from "../../platform/env.ts";
import { failpoint } from "../../platform/failpoint.ts";
import { inLog, report } from "../../platform/report.ts";
import { readSettings } from "../../platform/settings.ts";
import type { HubAsking, HubSubscribing, Refused } from "../../shard/calls.ts";
import type { Queries } from "../../shard/follow/queries.ts";
import { type AlertAfter, CONFIRMATION, type Outbox, type Waiting } from "../../shard/outbox/outbox.ts";
import { denial, distribution, verification } from "./callback-requests.ts";
import { type Intent, Intents } from "./intents.ts";

/** The number of the message that brings the topic. */
export const DISTRIBUTION = 1;
/** After a topic was taken, a callback is left alone for so long, in milliseconds: of a burst of changes it gets the first and the last. */
const GAP = 1_000;
/** What no callback has confirmed is forgotten after this long at the latest, in milliseconds. */
const CONFIRM_WITHIN = 24 * 60 * 60 * 1000;
/**
 * Verifications of a subscription that stands: so many at once, then one more each interval, in milliseconds. However many ask in its name, its
 * callback is called no more often; what is asked meanwhile waits.
 */
const VERIFICATIONS = { burst: 10, interval: 5 * 60 * 1000 };
/** Subscriptions of the callbacks of one host that a shard takes. */
export const HOST_CAPACITY = 1_000;
/** Where the record cannot be read, or lets this invocation read no more, the topic is made so much later, in milliseconds. */
const UNREADABLE = 5_000;

/** A request to a callback. `etag` is that of the topic that it brings. */
export interface HubRequest extends OutgoingRequest {
  etag?: string;
}

interface Row {
  [column: string]: SqlStorageValue;
  status: string;
  channel: string;
  origin: string;
  expires_at: number | null;
  /** 1 if its callback has confirmed it, now or before its lease ended. */
  established: number;
  paused_because: string | null;
  address: string;
  entry: number;
  delivered: string | null;
  asked_until: number;
}

export class Subscriptions {
  readonly #env: Env;
  readonly #sql: SqlStorage;
  readonly #outbox: Outbox;
  readonly #intents: Intents;

  constructor(env: Env, sql: SqlStorage, outbox: Outbox) {
    this.#env = env;
    this.#sql = sql;
    this.#outbox = outbox;
    this.#intents = new Intents(sql);
  }

  /** Whether it stands, or waits for its first verification. */
  has(id: string): boolean {
    const status = this.#read(id)?.status;
    return status !== undefined && status !== "paused";
  }

  /** Returns true if its callback has confirmed it, and its lease has not ended, or its renewal waits for the callback's word. */
  stands(id: string, now: number): boolean {
    const row = this.#read(id);
    return row?.established === 1 && row.status !== "paused" && (row.expires_at ?? 0) > now;
  }

  /** How many of them there are. */
  count(): number {
    return this.#sql
      .exec<{ count: number }>(
        "SELECT count(*) AS count FROM subscriptions s JOIN alerts a ON a.id = s.id WHERE a.status <> 'paused'",
      )
      .one().count;
  }

  /** A new subscription: its callback is asked whether it wants it. Why there can be none, or undefined. */
  begin(id: string, asking: HubSubscribing, queries: Queries, now: number): Refused | undefined {
    // One that has ended may not be taken away yet.
    this.#remove(id, queries);
    const { callback, topic, feed, origin, since, nonce } = asking;
    const { host } = new URL(callback);
    if (this.#countOf(host) >= HOST_CAPACITY) {
      return { refused: `callbacks of ${host} have ${HOST_CAPACITY} subscriptions, and may have no more`, status: 429 };
    }
    const channel: WebSubChannel = { type: "websub", url: callback, topic };
    this.#sql.exec(
      `INSERT INTO alerts (id, channel, host, status, token_hash, feed_key_hash, secret, origin, since, created_at, expires_at)
       VALUES (?, ?, ?, 'pending', '', '', '', ?, ?, ?, ?)`,
      ...[id, JSON.stringify(channel), host, origin, since, now, now + CONFIRM_WITHIN],
    );
    this.#sql.exec(
      "INSERT INTO subscriptions (id, address, listing, query, nonce) VALUES (?, ?, ?, ?, ?)",
      ...[id, feed.canonical, feed.listing, feed.query === undefined ? null : queries.file(feed.query), nonce],
    );
    return this.ask(id, asking, now);
  }

  #countOf(host: string): number {
    return this.#sql
      .exec<{ count: number }>("SELECT count(*) AS count FROM alerts WHERE host = ? AND query IS NULL", host)
      .one().count;
  }

  /**
   * Asks the callback of a subscription whether it wants what is asked for in its name. Until it says so, what stands stays as it is. Why that
   * cannot be asked now, or undefined. Asked the same once more while it waits, it is one asking.
   */
  ask(id: string, asking: HubAsking, now: number): Refused | undefined {
    const row = this.#read(id);
    if (row === undefined) return undefined;
    if (asking.mode === "subscribe") {
      this.#sql.exec("UPDATE subscriptions SET nonce = ? WHERE id = ?", asking.nonce, id);
    }
    const { mode, topic } = asking;
    const { lease = null, secret = null } = asking.mode === "subscribe" ? asking : {};
    const { topic: confirmed }: WebSubChannel = JSON.parse(row.channel);
    const isOwn = (written: string) => written === confirmed || written === row.origin + row.address;
    const added = this.#intents.add(id, { mode, topic, lease, secret }, isOwn);
    // A verification that could not even be made has ended as a fault: what waits for it would wait for ever.
    if (!this.#isVerifying(id)) this.#verify(id, now);
    if (added) return undefined;
    return { refused: "what was asked before waits for the callback's word", status: 429, retryAfter: 60 };
  }

  #isVerifying(id: string): boolean {
    const asks = "SELECT 1 FROM messages WHERE alert = ? AND sequence = ? AND status = 'pending'";
    return this.#sql.exec(asks, id, CONFIRMATION).toArray().length > 0;
  }

  /** Calls the callback about the first intent, as soon as it may be called. */
  #verify(id: string, now: number): void {
    const row = this.#read(id);
    const { at, until } = row?.established ? verifyAt(row.asked_until, now) : { at: now, until: 0 };
    this.#sql.exec("UPDATE subscriptions SET asked_until = ? WHERE id = ?", until, id);
    const notice = this.#outbox.writeNotice({ type: "hub.verify", query: "", data: {} }, now);
    this.#outbox.sendConfirmation(id, notice, randomText(8), at);
  }

  /** The request that a message is by now; undefined where there is none to make: then it waits no longer, or was replaced. */
  async compose(waiting: Waiting, channel: WebSubChannel): Promise<HubRequest | undefined> {
    if (waiting.sequence === CONFIRMATION) return this.#verification(waiting, channel);
    const now = Date.now();
    const row = this.#read(waiting.alert);
    if (row === undefined) return undefined;
    if (row.expires_at !== null && row.expires_at <= now) {
      this.#endLease(waiting.alert, row, now);
      return undefined;
    }
    const { address, origin, entry, delivered } = row;
    const context = { env: this.#env, settings: readSettings(this.#env), origin };
    const topic = await renderTopic(address, context, entry).catch((error: unknown) => {
      if (error instanceof Problem && error.status === 400) {
        this.#deny(waiting.alert, `its query can no longer be read: ${error.message}`, now);
        return;
      }
      // What the record does not tell is no fault of the subscription: no attempt is counted.
      report("topic.unreadable", { subscription: waiting.alert, error: inLog(error) });
      this.#outbox.postpone(waiting, now + UNREADABLE);
    });
    if (!topic) return undefined;
    const { body, type, etag } = topic;
    if (etag === delivered) {
      this.#outbox.withdraw(waiting);
      return undefined;
    }
    // The topic, by which the subscriber knows it; what the feed calls itself is canonical.
    const self = new URL(channel.topic).href;
    const request = await distribution(channel, { body, type, self, hub: `${origin}/hub` });
    // It may have ended meanwhile. One that was only replaced goes out: it is as new as what replaced it, or is sent again.
    return this.#read(waiting.alert)?.status === "active" ? { ...request, etag } : undefined;
  }

  #verification(waiting: Waiting, channel: WebSubChannel): OutgoingRequest | undefined {
    if (!this.#outbox.stillWaits(waiting)) return undefined;
    const row = this.#read(waiting.alert);
    const intent = this.#intents.first(waiting.alert);
    if (row === undefined || intent === undefined) throw new Error("a part of it is missing");
    if (intent.mode === "denied") return denial(channel, intent.topic, row.paused_because ?? "");
    const { mode, topic, challenge } = intent;
    return verification(channel, { mode, topic, challenge, lease: grantedLease(intent, row, Date.now()) });
  }

  /** What follows from a request. `verdict` is by the rules of messages. */
  settle(waiting: Waiting, attempt: Attempt, verdict: AttemptVerdict, etag: string | undefined): void {
    if (waiting.sequence === CONFIRMATION) this.#settleVerification(waiting, attempt, verdict);
    else this.#settleDistribution(waiting, attempt, verdict, etag);
  }

  /** An answer that is not the challenge is a refusal, and final (section 5.3.1); only where there was none it is asked again. */
  #settleVerification(waiting: Waiting, attempt: Attempt, judged: AttemptVerdict): void {
    const { alert } = waiting;
    const row = this.#read(alert);
    const intent = this.#intents.first(alert);
    const isDenial = intent?.mode === "denied";
    const agrees = !isDenial && judged.kind === "delivered" && attempt.body === intent?.challenge;
    const refused: AttemptVerdict = { kind: "failed", because: "the callback did not confirm it", gone: false };
    const verdict = isDenial || agrees || attempt.outcome !== "answered" ? judged : refused;
    if (agrees) failpoint("confirmation.answered", this.#env);
    // What it says to somebody's asking tells nothing of how it takes what is distributed.
    const tells = row?.status === "pending" ? "all" : "pace";
    const after = this.#outbox.settle(waiting, attempt, null, verdict, tells);
    if (after === undefined || row === undefined || intent === undefined || verdict.kind === "retry") return;
    this.#intents.forget(alert, intent);
    const now = Date.now();
    if (agrees && intent.mode === "subscribe") this.#confirm(alert, row, intent, now);
    if (isDenial) this.#end(alert, row.paused_because ?? "", now);
    else if (agrees && intent.mode === "unsubscribe") this.#end(alert, "its callback confirmed that", now);
    else this.#verifyNext(alert, now);
  }

  /** What was asked next is verified. What stands stands; what never began, and is not asked for any more, does not. */
  #verifyNext(id: string, now: number): void {
    const stands = this.#read(id)?.status === "active";
    for (const intent of this.#intents.list(id)) {
      if (stands || intent.mode === "subscribe") {
        this.#verify(id, now);
        return;
      }
      // There is nothing to end.
      this.#intents.forget(id, intent);
    }
    if (!stands) this.#end(id, "its callback did not confirm it", now);
  }

  /** A subscription begins, with the topic, the secret and the lease that were confirmed; or its lease becomes longer. */
  #confirm(id: string, row: Row, intent: Intent, now: number): void {
    const { topic, secret } = intent;
    const { url }: WebSubChannel = JSON.parse(row.channel);
    const first: WebSubChannel = { type: "websub", url, topic, ...(secret !== null && { secret }) };
    const [channel, before] = row.established ? [row.channel, row.expires_at ?? 0] : [JSON.stringify(first), 0];
    this.#sql.exec(
      `UPDATE alerts SET channel = ?, confirmed_at = ?, established = 1, expires_at = ?,
         failing_since = iif(status = 'active', failing_since, NULL), trouble = iif(status = 'active', trouble, NULL),
         status = 'active' WHERE id = ?`,
      ...[channel, now, Math.max(before, now + (intent.lease ?? 0) * 1000), id],
    );
    this.#outbox.release(id, now);
  }

  #settleDistribution(waiting: Waiting, attempt: Attempt, verdict: AttemptVerdict, etag: string | undefined): void {
    const { alert } = waiting;
    if (verdict.kind === "delivered") {
      failpoint("message.answered", this.#env);
      this.#sql.exec("UPDATE subscriptions SET delivered = ? WHERE id = ?", etag ?? null, alert);
    }
    const after =
      this.#outbox.settle(waiting, attempt, null, verdict) ?? this.#settleReplaced(waiting, attempt, verdict);
    if (verdict.kind === "delivered") this.#rest(alert, attempt.at + attempt.milliseconds + GAP);
    const failingSince = after?.failingSince ?? null;
    const gone = verdict.kind === "failed" && verdict.gone;
    if (!gone && !isGivenUp(failingSince, attempt)) return;
    const because = gone ? verdict.because : `nothing but failures since ${new Date(failingSince ?? 0).toISOString()}`;
    this.#end(alert, because, Date.now());
    report("subscription.ended", { subscription: alert, because });
  }

  /** The message was replaced meanwhile. Its receiver has answered all the same, and where it failed the schedule goes on with the new one. */
  #settleReplaced(waiting: Waiting, attempt: Attempt, verdict: AttemptVerdict): AlertAfter | undefined {
    if (verdict.kind !== "delivered") {
      this.#sql.exec(
        `UPDATE messages SET tries = ?, late = 1, next_attempt_at = max(next_attempt_at, ?)
         WHERE alert = ? AND sequence = ? AND next_attempt_at IS NOT NULL`,
        ...[waiting.tries + 1, verdict.kind === "retry" ? Math.round(verdict.at) : 0, waiting.alert, DISTRIBUTION],
      );
    }
    return this.#outbox.noteOutcome(waiting, attempt, verdict);
  }

  #rest(id: string, until: number): void {
    this.#sql.exec("UPDATE alerts SET rest_until = ?1, due_at = max(due_at, ?1) WHERE id = ?2", Math.round(until), id);
  }

  /** Nothing more leaves, and `removeEnded` takes it away at a time, in milliseconds of Unix time. */
  #end(id: string, because: string, at: number): void {
    this.#sql.exec(
      "UPDATE alerts SET status = 'paused', paused_because = ?, expires_at = ? WHERE id = ?",
      ...[because, at, id],
    );
    this.#intents.forgetAll(id);
    this.#outbox.hold(id);
  }

  /** Ends the subscriptions to the feeds of a query that can no longer be read. */
  denyAsking(query: number, because: string, now: number): void {
    const asking = this.#sql
      .exec<{ id: string }>("SELECT id FROM subscriptions WHERE query = ?", query)
      .toArray()
      .filter(({ id }) => this.has(id));
    for (const { id } of asking) this.#deny(id, because, now);
  }

  /** Ends a subscription that can no longer be served, and tells the callback so (section 5.2). */
  #deny(id: string, because: string, now: number): void {
    const row = this.#read(id);
    if (row === undefined) return;
    const { topic }: WebSubChannel = JSON.parse(row.channel);
    this.#end(id, because, now + CONFIRM_WITHIN);
    this.#intents.add(id, { mode: "denied", topic, lease: null, secret: null }, () => true);
    this.#verify(id, now);
    report("subscription.ended", { subscription: id, because });
  }

  /** Ends what has run out; whether there is anything to be taken away. */
  expire(now: number): boolean {
    const over = this.#sql
      .exec<{ id: string }>(
        "SELECT s.id FROM alerts a JOIN subscriptions s ON s.id = a.id WHERE a.expires_at <= ? AND a.status <> 'paused'",
        now,
      )
      .toArray();
    for (const { id } of over) {
      const row = this.#read(id);
      if (row) this.#endLease(id, row, now);
    }
    return this.#ended(now).length > 0;
  }

  /** A lease is over. Where its renewal waits for the callback's word, so does what there is to send. */
  #endLease(id: string, { status }: Row, now: number): void {
    if (status !== "active" || !this.#intents.list(id).some(({ mode }) => mode === "subscribe")) {
      this.#end(id, "its lease ended", now);
      return;
    }
    this.#sql.exec("UPDATE alerts SET status = 'pending', expires_at = ? WHERE id = ?", now + CONFIRM_WITHIN, id);
    this.#sql.exec(
      "UPDATE messages SET next_attempt_at = NULL WHERE alert = ? AND sequence = ? AND status = 'pending'",
      ...[id, DISTRIBUTION],
    );
    this.#outbox.schedule(id);
  }

  /** Takes away what has ended, and all that was kept for it; which it was. */
  removeEnded(queries: Queries, now: number): SubscriptionKey[] {
    const ended = this.#ended(now);
    for (const { id } of ended) this.#remove(id, queries);
    return ended;
  }

  /** By the index of what expires: what has ended expired then. */
  #ended(now: number): SubscriptionKey[] {
    return this.#sql
      .exec<{ id: string; nonce: string }>(
        `SELECT s.id, s.nonce FROM alerts a JOIN subscriptions s ON s.id = a.id
         WHERE a.expires_at <= ? AND a.status = 'paused'`,
        now,
      )
      .toArray();
  }

  #remove(id: string, queries: Queries): void {
    const [row] = this.#sql
      .exec<{ query: number | null }>("SELECT query FROM subscriptions WHERE id = ?", id)
      .toArray();
    if (row === undefined) return;
    this.#outbox.removeAll(id);
    this.#intents.forgetAll(id);
    this.#sql.exec("DELETE FROM subscriptions WHERE id = ?", id);
    this.#sql.exec("DELETE FROM alerts WHERE id = ?", id);
    if (row.query !== null) queries.removeUnused(row.query);
  }

  #read(id: string): Row | undefined {
    return this.#sql
      .exec<Row>(
        `SELECT a.status, a.channel, a.origin, a.expires_at, a.established, a.paused_because, s.address, s.entry, s.delivered, s.asked_until
         FROM subscriptions s JOIN alerts a ON a.id = s.id WHERE s.id = ?`,
        id,
      )
      .toArray()[0];
  }
}

/** Returns the lease that a callback is told, in seconds; null where it is not asked to subscribe. It never ends before the lease that stands. */
function grantedLease({ mode, lease }: Intent, { established, expires_at }: Row, now: number): number | null {
  if (mode !== "subscribe") return null;
  const left = established ? Math.floor(((expires_at ?? now) - now) / 1000) : 0;
  return Math.max(lease ?? 0, left);
}

/**
 * Returns when a callback may be asked next, and until when its verifications are then paid for (generic cell rate algorithm, ITU-T I.371). Where
 * the clock was set back, nobody waits for longer than an interval.
 */
function verifyAt(paidUntil: number, now: number): { at: number; until: number } {
  const { burst, interval } = VERIFICATIONS;
  const paid = Math.min(Math.max(paidUntil, now), now + burst * interval);
  return { at: Math.max(now, paid - (burst - 1) * interval), until: paid + interval };
}
