/** Carries one message to its receiver: address check, request, answer. */
import { type Attempt, OutOfRequests, send } from "../../delivery/attempt.ts";
import { judgeDestination } from "../../delivery/destination.ts";
import type { Env } from "../../platform/env.ts";
import { inLog, report } from "../../platform/report.ts";
import { readSettings } from "../../platform/settings.ts";
import type { QueuedMessage } from "../outbox/message.ts";
import type { MessageQueue } from "../outbox/queue.ts";
import { judgeAttempt, NO_ANSWER, type ReceiverKind, reportFailed, type Shipment } from "./shipment.ts";

/** What the carrier needs of its shard. */
export interface CarrierHost {
  env: Env;
  transaction(work: () => void): void;
}

/** A request on its way. */
export interface Passage {
  /** Ends the request. */
  signal: AbortSignal;
  /** The request leaves now. */
  leave(): void;
  /** The answer is there. Resolves when it is to be settled. */
  land(): Promise<void>;
}

export class Carrier {
  readonly #host: CarrierHost;
  readonly #queue: MessageQueue;
  readonly #kinds: readonly ReceiverKind[];

  constructor(host: CarrierHost, queue: MessageQueue, kinds: readonly ReceiverKind[]) {
    this.#host = host;
    this.#queue = queue;
    this.#kinds = kinds;
  }

  /** Makes one attempt at a message and settles it. Throws `OutOfRequests`, and errors that cannot be recorded. */
  async carry(message: QueuedMessage, passage: Passage): Promise<void> {
    const began = Date.now();
    try {
      const shipment = this.#ship(message, began);
      const attempt = await this.#attempt(shipment, passage);
      if (attempt === undefined) return;
      await passage.land();
      this.#host.transaction(() => shipment.settle(attempt));
    } catch (error) {
      if (error instanceof OutOfRequests) throw error;
      // The message cannot be made, or its answer cannot be written. The attempt counts, so that the message fails some day.
      report("delivery.fault", { message: message.id, error: inLog(error) });
      this.#host.transaction(() => this.#settleFault(message, began));
    }
  }

  #ship(message: QueuedMessage, now: number): Shipment {
    // A message whose notice is missing has no data.
    for (const kind of message.data === null ? [] : this.#kinds) {
      const shipment = kind.ship(message, now);
      if (shipment !== undefined) return shipment;
    }
    throw new Error("a part of the message is missing");
  }

  #settleFault(message: QueuedMessage, began: number): void {
    const fault: Attempt = { ...NO_ANSWER, at: began, milliseconds: Date.now() - began, outcome: "fault" };
    const verdict = judgeAttempt(this.#host.env, message, fault, []);
    const after = this.#queue.settle(message, fault, null, verdict);
    if (after !== undefined && verdict.kind === "failed") reportFailed(message, verdict.because);
  }

  /** Makes one request, unless its address may not be called. Returns undefined if there is none to make. */
  async #attempt({ url, origin, compose }: Shipment, { signal, leave }: Passage): Promise<Attempt | undefined> {
    const { allowPrivateTargets, publicUrl, dnsResolver } = readSettings(this.#host.env);
    const at = Date.now();
    const own = publicUrl === undefined ? [origin] : [origin, publicUrl];
    const refusal = await judgeDestination(url, { allowPrivate: allowPrivateTargets, own, resolver: dnsResolver });
    if (refusal) {
      const outcome = refusal.lasting ? "refused" : "unresolved";
      return { ...NO_ANSWER, at, milliseconds: Date.now() - at, outcome, body: refusal.because };
    }
    const request = await compose();
    if (request === undefined) return undefined;
    leave();
    return send({ ...request, headers: { "user-agent": "Parley", ...request.headers } }, signal);
  }
}
