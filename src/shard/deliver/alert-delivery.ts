/** Deliveries to the channels of alerts: how a message is made, and what follows from the answer. */
import type { ChannelKind } from "../../channels/channel.ts";
import { type CalledChannel, type Channel, KINDS } from "../../channels/channel-kinds.ts";
import { answerOf, secretsOf } from "../../delivery/answer.ts";
import type { Attempt, OutgoingRequest } from "../../delivery/attempt.ts";
import { type AttemptVerdict, isGivenUp } from "../../delivery/retry-schedule.ts";
import { signatureHeaders } from "../../delivery/signature.ts";
import { makeMessage } from "../../messages/compose.ts";
import type { Env } from "../../platform/env.ts";
import { failpoint } from "../../platform/failpoint.ts";
import { report } from "../../platform/report.ts";
import { CONFIRMATION, partsOf, type QueuedMessage } from "../outbox/message.ts";
import type { MessageQueue } from "../outbox/queue.ts";
import type { Registry } from "../registry/registry.ts";
import { type SecretColumns, signingSecrets } from "../registry/secrets.ts";
import type { Sql } from "../sql.ts";
import type { Latency } from "./latency.ts";
import { judgeAttempt, type ReceiverKind, reportFailed, type Shipment } from "./shipment.ts";

interface AlertColumns extends SecretColumns {
  channel: string;
  origin: string;
  challenge: string | null;
}

/** A message on its way to a channel. */
interface Outgoing {
  message: QueuedMessage;
  channel: CalledChannel;
  kind: ChannelKind;
  origin: string;
  /** The present secret first, then those that still sign beside it. */
  secrets: string[];
  challenge: string | null;
}

export class AlertDelivery implements ReceiverKind {
  readonly #env: Env;
  readonly #sql: Sql;
  readonly #queue: MessageQueue;
  readonly #registry: Registry;
  readonly #latency: Latency;

  constructor(env: Env, sql: Sql, queue: MessageQueue, registry: Registry, latency: Latency) {
    this.#env = env;
    this.#sql = sql;
    this.#queue = queue;
    this.#registry = registry;
    this.#latency = latency;
  }

  ship(message: QueuedMessage, now: number): Shipment | undefined {
    const alert = this.#sql.first<AlertColumns>(
      "SELECT channel, secret, old_secrets, origin, challenge FROM alerts WHERE id = ?",
      message.receiver,
    );
    if (alert === undefined) return undefined;
    const channel: Channel = JSON.parse(alert.channel);
    // The messages of an alert that has become a feed have been delivered.
    if (channel.type === "feed") throw new Error("a feed has nothing to deliver");
    const { origin, challenge } = alert;
    const kind = KINDS[channel.type];
    const outgoing = { message, channel, kind, origin, secrets: signingSecrets(alert, now), challenge };
    return {
      url: channel.url,
      origin,
      compose: () => this.#compose(outgoing),
      settle: (attempt) => this.#settle(outgoing, attempt),
    };
  }

  /** Returns a message in its channel's form, or undefined if it no longer waits. */
  async #compose({ message, channel, kind, origin, secrets }: Outgoing): Promise<OutgoingRequest | undefined> {
    const { headers, body } = kind.compose(makeMessage(partsOf(message, origin)));
    const signature = kind.signed
      ? await signatureHeaders(secrets, message.id, Math.floor(Date.now() / 1000), body)
      : {};
    if (!this.#queue.stillWaits(message)) return undefined;
    return { method: "POST", url: channel.url, headers: { ...headers, ...signature }, body };
  }

  #settle(outgoing: Outgoing, answered: Attempt): void {
    const { message, channel, kind, challenge } = outgoing;
    const asked = answered.status === 429 ? kind.retryAfter(answered.body) : null;
    const attempt = { ...answered, retryAfter: asked ?? answered.retryAfter };
    const judged = judgeAttempt(this.#env, message, attempt, kind.gone);
    // The answer of a channel that has been replaced says nothing of the present one. If the schedule of the message has begun anew, this
    // attempt does not count in it.
    const isReplaced = !this.#calls(message.receiver, channel);
    const isAnew = judged.kind !== "delivered" && (isReplaced || this.#queue.hasBegunAnew(message));
    const verdict = isAnew ? ({ kind: "retry", at: attempt.at } as const) : judged;
    const confirms = message.sequence === CONFIRMATION && kind.echoes && holdsChallenge(attempt.body, challenge);
    if (verdict.kind === "delivered") failpoint(confirms ? "confirmation.answered" : "message.answered", this.#env);
    const tells = isReplaced ? "nothing" : "all";
    const after = this.#queue.settle(message, attempt, answerShown(attempt, outgoing), verdict, tells);
    // The message has been removed or replaced.
    if (after === undefined) return;
    if (verdict.kind === "delivered") this.#noteDelivered(message, attempt, confirms);
    if (verdict.kind === "failed") reportFailed(message, verdict.because, channel.url);
    if (verdict.kind !== "delivered" && message.sequence !== CONFIRMATION) {
      this.#pauseHopeless(message.receiver, attempt, verdict, after.failingSince);
    }
  }

  /** Returns true if a channel is the one that an alert has now. */
  #calls(alert: string, { type, url }: CalledChannel): boolean {
    return this.#sql.exists("SELECT 1 FROM alerts WHERE id = ? AND type = ? AND url = ?", alert, type, url);
  }

  #noteDelivered({ receiver, tries, late, at }: QueuedMessage, attempt: Attempt, confirms: boolean): void {
    if (tries === 0 && !late) this.#latency.add(attempt.at + attempt.milliseconds - at);
    if (confirms) this.#registry.confirm(receiver, Date.now());
  }

  /** Pauses an alert whose receiver is gone, or to which nothing has got through for days, until its owner comes back. */
  #pauseHopeless(alert: string, attempt: Attempt, verdict: AttemptVerdict, failingSince: number | null): void {
    const gone = verdict.kind === "failed" && verdict.gone;
    if (!gone && !isGivenUp(failingSince, attempt)) return;
    const last = attempt.status === null ? attempt.outcome : `status ${attempt.status}`;
    const because = gone
      ? verdict.because
      : `nothing but failures since ${new Date(failingSince ?? attempt.at).toISOString()}; the last one: ${last}`;
    this.#registry.pause(alert, because);
    report("alert.paused", { alert, because });
  }
}

/** What is kept of an answer: its beginning, without secrets. Most answers have no body. */
function answerShown(attempt: Attempt, { secrets, challenge, channel }: Outgoing): string | null {
  if (attempt.body === "") return null;
  return answerOf(attempt, [...secrets, ...(challenge === null ? [] : [challenge]), ...secretsOf(channel.url)]);
}

/** Returns true if an answer is the challenge, as text or as `{"challenge": …}`. An echo of the whole message is neither. */
function holdsChallenge(body: string, challenge: string | null): boolean {
  if (challenge === null) return false;
  if (body.trim() === challenge) return true;
  try {
    const answer: unknown = JSON.parse(body);
    if (answer === challenge) return true;
    return typeof answer === "object" && answer !== null && "challenge" in answer && answer.challenge === challenge;
  } catch {
    return false;
  }
}
