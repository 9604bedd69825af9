/**
 * WebSub (https://www.w3.org/TR/websub/): the subscriptions of a shard. Each has a row among the alerts, so that lanes, courier, retries
 * and rests are the ones there are, but no query there; what it is beside stands in a table of its own.
 *
 * Of a subscription at most two messages wait: number 0, which asks its callback whether it wants what was asked for in its name, and
 * number 1, the topic as it will be when it is sent.
 *
 * Calls are synchronous, so that a caller can put several into one transaction, but for `compose`.
 */
import type { Attempt, OutgoingRequest } from "../delivery/attempt.ts";
import type { Verdict } from "../delivery/schedule.ts";
import { type Env, readSettings } from "../env.ts";
import { failpoint } from "../failpoint.ts";
import { renderTopic } from "../feeds/topic.ts";
import { randomText, type WebSubChannel } from "./alert.ts";
import type { HubAsking } from "./calls.ts";
import { distribution, verification } from "./channels/websub.ts";
import type { SubscriptionKey } from "./directory.ts";
import { CONFIRMATION, type Outbox, type Waiting } from "./outbox.ts";
import type { Queries } from "./queries.ts";
import { report } from "./report.ts";

/** The number of the message that brings the topic. */
export const DISTRIBUTION = 1;
/** After a topic was taken, a callback is left alone for so long, in milliseconds: of a burst of changes it gets the first and the last. */
const GAP = 1_000;
/** What no callback has confirmed is forgotten after this long at the latest, in milliseconds. */
const CONFIRM_WITHIN = 24 * 60 * 60 * 1000;
/** A subscription to whose callback nothing gets through for this long is removed, in milliseconds. */
const GIVE_UP_AFTER = 5 * 24 * 60 * 60 * 1000;

/** A request to a callback. `etag` is that of the topic that it brings. */
export interface HubRequest extends OutgoingRequest {
  etag?: string;
}

interface Row {
  [column: string]: SqlStorageValue;
  status: string;
  channel: string;
  origin: string;
  challenge: string | null;
  expires_at: number | null;
  address: string;
  entry: number;
  delivered: string | null;
  mode: "subscribe" | "unsubscribe" | null;
  lease: number | null;
  secret: string | null;
}

export class Subscriptions {
  readonly #env: Env;
  readonly #sql: SqlStorage;
  readonly #outbox: Outbox;

  constructor(env: Env, sql: SqlStorage, outbox: Outbox) {
    this.#env = env;
    this.#sql = sql;
    this.#outbox = outbox;
  }

  /** Whether it stands, or waits for its first verification. */
  has(id: string): boolean {
    const status = this.#read(id)?.status;
    return status !== undefined && status !== "paused";
  }

  /** How many of them there are. */
  count(): number {
    return this.#sql
      .exec<{ count: number }>(
        "SELECT count(*) AS count FROM subscriptions s JOIN alerts a ON a.id = s.id WHERE a.status <> 'paused'",
      )
      .one().count;
  }

  /** Asks a callback whether it wants what was asked for in its name. Until it says so, a subscription that stands stays as it is. */
  ask(id: string, asking: HubAsking, queries: Queries, now: number): void {
    if (!this.has(id)) this.#create(id, asking, queries, now);
    this.#sql.exec(
      "UPDATE subscriptions SET mode = ?, lease = ?, secret = ?, nonce = ? WHERE id = ?",
      ...[asking.mode, asking.mode === "subscribe" ? asking.lease : null, asking.secret ?? null, asking.nonce, id],
    );
    this.#sql.exec("UPDATE alerts SET challenge = ? WHERE id = ?", randomText(32), id);
    const notice = this.#outbox.writeNotice({ type: "hub.verify", query: "", data: {} }, now);
    this.#outbox.sendConfirmation(id, notice, randomText(8), now);
  }

  #create(id: string, asking: HubAsking, queries: Queries, now: number): void {
    const channel: WebSubChannel = { type: "websub", url: asking.callback, topic: asking.topic };
    // One that has ended may not be taken away yet.
    this.#remove(id, queries);
    this.#sql.exec(
      `INSERT INTO alerts (id, channel, host, status, token_hash, feed_key_hash, secret, origin, since, created_at, expires_at)
       VALUES (?, ?, ?, 'pending', '', '', '', ?, ?, ?, ?)`,
      ...[id, JSON.stringify(channel), new URL(asking.callback).host, asking.origin, asking.since],
      ...[now, now + CONFIRM_WITHIN],
    );
    this.#sql.exec(
      "INSERT INTO subscriptions (id, address, listing, query, nonce) VALUES (?, ?, ?, ?, ?)",
      ...[id, asking.address, asking.listing],
      ...[asking.query === undefined ? null : queries.file(asking.query), asking.nonce],
    );
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
    const { body, type, etag } = await renderTopic(address, context, entry);
    if (etag === delivered) {
      this.#outbox.withdraw(waiting);
      return undefined;
    }
    const request = await distribution(channel, { body, type, self: origin + address, hub: `${origin}/hub` });
    // It may have ended meanwhile. One that was only replaced goes out: it is as new as what replaced it, or is sent again.
    return this.#read(waiting.alert)?.status === "active" ? { ...request, etag } : undefined;
  }

  #verification(waiting: Waiting, channel: WebSubChannel): OutgoingRequest | undefined {
    const { mode, lease, challenge } = this.#read(waiting.alert) ?? { mode: null, challenge: null };
    if (!this.#outbox.stillWaits(waiting)) return undefined;
    if (mode === null || challenge === null) throw new Error("a part of it is missing");
    return verification(channel, { mode, topic: channel.topic, challenge, lease: lease ?? null });
  }

  /** What follows from a request. `verdict` is by the rules of messages. */
  settle(waiting: Waiting, attempt: Attempt, verdict: Verdict, etag: string | undefined): void {
    if (waiting.sequence === CONFIRMATION) this.#settleVerification(waiting, attempt, verdict);
    else this.#settleDistribution(waiting, attempt, verdict, etag);
  }

  /** An answer that is not the challenge is a refusal, and final (section 5.3.1); only where there was none it is asked again. */
  #settleVerification(waiting: Waiting, attempt: Attempt, judged: Verdict): void {
    const { alert } = waiting;
    const row = this.#read(alert);
    const agrees = judged.kind === "delivered" && row?.challenge !== null && attempt.body === row?.challenge;
    const refused: Verdict = { kind: "failed", because: "the callback did not confirm it", gone: false };
    const verdict = agrees || attempt.outcome !== "answered" ? judged : refused;
    if (agrees) failpoint("confirmation.answered", this.#env);
    // What it says to somebody's asking tells nothing of how it takes what is distributed.
    const after = this.#outbox.settle(waiting, attempt, null, verdict, row?.status === "active");
    if (after === undefined || row === undefined || verdict.kind === "retry") return;
    if (!agrees) this.#refuse(alert, row);
    else if (row.mode === "unsubscribe") this.#end(alert, "its callback confirmed that");
    else this.#begin(alert, row, Date.now());
  }

  /** The intent is void. What stood before stands; what was to begin does not. */
  #refuse(id: string, { status }: Row): void {
    if (status === "active") this.#forgetIntent(id);
    else this.#end(id, "its callback did not confirm it");
  }

  /** A subscription begins, or begins anew, with the secret and the lease that were confirmed. */
  #begin(id: string, { channel, secret, lease }: Row, now: number): void {
    const { url, topic }: WebSubChannel = JSON.parse(channel);
    const confirmed: WebSubChannel = { type: "websub", url, topic, ...(secret !== null && { secret }) };
    this.#sql.exec(
      `UPDATE alerts SET status = 'active', channel = ?, confirmed_at = ?, established = 1, expires_at = ?,
         failing_since = NULL, trouble = NULL WHERE id = ?`,
      ...[JSON.stringify(confirmed), now, now + (lease ?? 0) * 1000, id],
    );
    this.#forgetIntent(id);
    this.#outbox.release(id, now);
  }

  #forgetIntent(id: string): void {
    this.#sql.exec("UPDATE subscriptions SET mode = NULL, lease = NULL, secret = NULL WHERE id = ?", id);
    this.#sql.exec("UPDATE alerts SET challenge = NULL WHERE id = ?", id);
  }

  #settleDistribution(waiting: Waiting, attempt: Attempt, verdict: Verdict, etag: string | undefined): void {
    const { alert } = waiting;
    if (verdict.kind === "delivered") {
      failpoint("message.answered", this.#env);
      this.#sql.exec("UPDATE subscriptions SET delivered = ? WHERE id = ?", etag ?? null, alert);
    }
    // Where the message was replaced meanwhile, its receiver has answered all the same.
    const after =
      this.#outbox.settle(waiting, attempt, null, verdict) ?? this.#outbox.noteOutcome(alert, attempt, verdict);
    if (verdict.kind === "delivered") this.#rest(alert, attempt.at + attempt.milliseconds + GAP);
    const failingSince = after?.failingSince ?? null;
    const gone = verdict.kind === "failed" && verdict.gone;
    const hopeless = failingSince !== null && attempt.at - failingSince >= GIVE_UP_AFTER;
    if (!gone && !hopeless) return;
    const because = gone ? verdict.because : `nothing but failures since ${new Date(failingSince ?? 0).toISOString()}`;
    this.#end(alert, because);
    report("subscription.ended", { subscription: alert, because });
  }

  #rest(id: string, until: number): void {
    this.#sql.exec("UPDATE alerts SET rest_until = ?1, due_at = max(due_at, ?1) WHERE id = ?2", Math.round(until), id);
  }

  /** Nothing more leaves, and `removeEnded` takes it away. */
  #end(id: string, because: string): void {
    this.#sql.exec(
      "UPDATE alerts SET status = 'paused', paused_because = ?, expires_at = ?, challenge = NULL WHERE id = ?",
      ...[because, Date.now(), id],
    );
    this.#outbox.hold(id);
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
    return this.#ended().length > 0;
  }

  /** A lease is over. Where its renewal waits for the callback's word, so does what there is to send. */
  #endLease(id: string, { status, mode }: Row, now: number): void {
    if (status !== "active" || mode !== "subscribe") {
      this.#end(id, "its lease ended");
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
  removeEnded(queries: Queries): SubscriptionKey[] {
    const ended = this.#ended();
    for (const { id } of ended) this.#remove(id, queries);
    return ended;
  }

  #ended(): SubscriptionKey[] {
    const ended = this.#sql.exec<{ id: string; nonce: string }>(
      "SELECT s.id, s.nonce FROM subscriptions s JOIN alerts a ON a.id = s.id WHERE a.status = 'paused'",
    );
    return ended.toArray();
  }

  #remove(id: string, queries: Queries): void {
    const [row] = this.#sql
      .exec<{ query: number | null }>("SELECT query FROM subscriptions WHERE id = ?", id)
      .toArray();
    if (row === undefined) return;
    this.#outbox.removeAll(id);
    this.#sql.exec("DELETE FROM subscriptions WHERE id = ?", id);
    this.#sql.exec("DELETE FROM alerts WHERE id = ?", id);
    if (row.query !== null) queries.removeUnused(row.query);
  }

  #read(id: string): Row | undefined {
    return this.#sql
      .exec<Row>(
        `SELECT a.status, a.channel, a.origin, a.challenge, a.expires_at, s.address, s.entry, s.delivered, s.mode, s.lease, s.secret
         FROM subscriptions s JOIN alerts a ON a.id = s.id WHERE s.id = ?`,
        id,
      )
      .toArray()[0];
  }
}
