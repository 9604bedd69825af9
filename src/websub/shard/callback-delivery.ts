/** Requests to the callbacks of subscriptions: how each is made, and what follows from the answer. */
import type { Attempt, OutgoingRequest } from "../../delivery/attempt.ts";
import { type AttemptVerdict, isGivenUp } from "../../delivery/retry-schedule.ts";
import { renderTopic } from "../../feeds/feed-topic.ts";
import { Problem } from "../../http/problem.ts";
import type { Env } from "../../platform/env.ts";
import { failpoint } from "../../platform/failpoint.ts";
import { inLog, report } from "../../platform/report.ts";
import { readSettings } from "../../platform/settings.ts";
import type { Receivers } from "../../shard/deliver/receivers.ts";
import { judgeAttempt, type ReceiverKind, reportFailed, type Shipment } from "../../shard/deliver/shipment.ts";
import { CONFIRMATION, type QueuedMessage } from "../../shard/outbox/message.ts";
import type { MessageQueue } from "../../shard/outbox/queue.ts";
import { denial, distribution, GONE, verification } from "./callback-requests.ts";
import type { Subscription, Subscriptions } from "./subscriptions.ts";
import { grantedLease, type Verifications } from "./verifications.ts";

/** Rest of a callback after it has taken a topic, in milliseconds: of a burst of changes it gets the first and the last. */
const GAP = 1_000;
/** Wait if the record cannot be read, or allows this invocation no more reads, in milliseconds. */
const UNREADABLE = 5_000;

export class CallbackDelivery implements ReceiverKind {
  readonly #env: Env;
  readonly #queue: MessageQueue;
  readonly #receivers: Receivers;
  readonly #subscriptions: Subscriptions;
  readonly #verifications: Verifications;

  constructor(
    env: Env,
    queue: MessageQueue,
    receivers: Receivers,
    subscriptions: Subscriptions,
    verifications: Verifications,
  ) {
    this.#env = env;
    this.#queue = queue;
    this.#receivers = receivers;
    this.#subscriptions = subscriptions;
    this.#verifications = verifications;
  }

  ship(message: QueuedMessage): Shipment | undefined {
    const subscription = this.#subscriptions.read(message.receiver);
    if (subscription === undefined) return undefined;
    const { callback: url, origin } = subscription;
    if (message.sequence === CONFIRMATION) {
      const compose = async () => this.#verification(message);
      return { url, origin, compose, settle: (attempt) => this.#settleVerification(message, url, attempt) };
    }
    let etag: string | null = null;
    const compose = async (): Promise<OutgoingRequest | undefined> => {
      const made = await this.#distribution(message);
      etag = made?.etag ?? null;
      return made?.request;
    };
    return { url, origin, compose, settle: (attempt) => this.#settleDistribution(message, url, attempt, etag) };
  }

  /** Asks the callback about the first intent, or tells it that its subscription is denied. */
  #verification(message: QueuedMessage): OutgoingRequest | undefined {
    if (!this.#queue.stillWaits(message)) return undefined;
    const row = this.#subscriptions.read(message.receiver);
    const intent = this.#subscriptions.intents.first(message.receiver);
    if (row === undefined || intent === undefined) throw new Error("a part of the message is missing");
    if (intent.mode === "denied") return denial(row.callback, intent.topic, row.ended_because ?? "");
    const { mode, topic, challenge } = intent;
    return verification(row.callback, { mode, topic, challenge, lease: grantedLease(intent, row, Date.now()) });
  }

  /** Returns the topic as it is now. Undefined if it is not to be sent: then the message no longer waits, or waits longer. */
  async #distribution(message: QueuedMessage): Promise<{ request: OutgoingRequest; etag: string } | undefined> {
    const now = Date.now();
    const row = this.#subscriptions.read(message.receiver);
    if (row === undefined) return undefined;
    if (row.expires_at <= now) {
      this.#subscriptions.endLease(row.id, now);
      return undefined;
    }
    const content = await this.#render(message, row, now);
    if (content === undefined) return undefined;
    const { body, type, etag } = content;
    if (etag === row.delivered) {
      this.#queue.withdraw(message);
      return undefined;
    }
    // The address that the subscriber asked for. The feed itself names its canonical address.
    const self = new URL(row.topic).href;
    const request = await distribution(row, { body, type, self, hub: `${row.origin}/hub` });
    // A message that was replaced meanwhile is sent: it is as new as the one that replaced it, or that one is sent as well.
    return this.#subscriptions.read(row.id)?.status === "active" ? { request, etag } : undefined;
  }

  async #render(message: QueuedMessage, { id, address, origin, entry }: Subscription, now: number) {
    const context = { env: this.#env, settings: readSettings(this.#env), origin };
    try {
      return await renderTopic(address, context, entry);
    } catch (error) {
      if (error instanceof Problem && error.status === 400) {
        this.#verifications.deny(id, `its query can no longer be read: ${error.message}`, now);
        return undefined;
      }
      // A record that does not answer is no fault of the subscription: no attempt is counted.
      report("topic.unreadable", { subscription: id, error: inLog(error) });
      this.#queue.postpone(message, now + UNREADABLE);
      return undefined;
    }
  }

  /** An answer other than the challenge is a refusal, and final (section 5.3.1). Without an answer, the callback is asked again. */
  #settleVerification(message: QueuedMessage, callback: string, attempt: Attempt): void {
    const { receiver } = message;
    const judged = judgeAttempt(this.#env, message, attempt, GONE);
    const row = this.#subscriptions.read(receiver);
    const intent = this.#subscriptions.intents.first(receiver);
    const isDenial = intent?.mode === "denied";
    const agrees = !isDenial && judged.kind === "delivered" && attempt.body === intent?.challenge;
    const refused: AttemptVerdict = { kind: "failed", because: "the callback did not confirm it", gone: false };
    const verdict = isDenial || agrees || attempt.outcome !== "answered" ? judged : refused;
    if (agrees) failpoint("confirmation.answered", this.#env);
    // The answer to a stranger's request says nothing of how the callback takes content.
    const tells = row?.status === "pending" ? "all" : "pace";
    const after = this.#queue.settle(message, attempt, null, verdict, tells);
    if (verdict.kind === "failed") reportFailed(message, verdict.because, callback);
    if (after === undefined || row === undefined || intent === undefined || verdict.kind === "retry") return;
    this.#verifications.settleIntent(row, intent, agrees, Date.now());
  }

  #settleDistribution(message: QueuedMessage, callback: string, attempt: Attempt, etag: string | null): void {
    const { receiver } = message;
    const verdict = judgeAttempt(this.#env, message, attempt, GONE);
    if (verdict.kind === "delivered") {
      failpoint("message.answered", this.#env);
      this.#subscriptions.noteDelivered(receiver, etag);
    }
    const after =
      this.#queue.settle(message, attempt, null, verdict) ?? this.#settleReplaced(message, attempt, verdict);
    if (verdict.kind === "failed") reportFailed(message, verdict.because, callback);
    if (verdict.kind === "delivered") this.#receivers.rest(receiver, attempt.at + attempt.milliseconds + GAP);
    this.#endHopeless(receiver, attempt, verdict, after?.failingSince ?? null);
  }

  /** The message was replaced meanwhile. The answer counts for its receiver all the same. */
  #settleReplaced(message: QueuedMessage, attempt: Attempt, verdict: AttemptVerdict) {
    if (verdict.kind !== "delivered") this.#queue.continueSchedule(message, verdict);
    return this.#receivers.noteOutcome(message.receiver, attempt, verdict, { question: false, tells: "all" });
  }

  /** Ends a subscription whose callback is gone, or to which nothing has got through for days. */
  #endHopeless(id: string, attempt: Attempt, verdict: AttemptVerdict, failingSince: number | null): void {
    const gone = verdict.kind === "failed" && verdict.gone;
    if (!gone && !isGivenUp(failingSince, attempt)) return;
    const because = gone ? verdict.because : `nothing but failures since ${new Date(failingSince ?? 0).toISOString()}`;
    this.#subscriptions.end(id, because, Date.now());
    report("subscription.ended", { subscription: id, because });
  }
}
