/**
 * Carries the messages of a shard to their receivers. Which of them are in flight is known in memory alone: a Durable Object
 * runs once, so what a new instance finds pending is in nobody's hands, and goes out again under the same id.
 */

import type { WebSubChannel } from "../../alerts/alert.ts";
import type { ChannelKind } from "../../channels/channel.ts";
import { type CalledChannel, KINDS } from "../../channels/channel-kinds.ts";
import { answerOf, secretsOf } from "../../delivery/answer.ts";
import { type Attempt, type OutgoingRequest, OutOfRequests, send } from "../../delivery/attempt.ts";
import { judgeDestination } from "../../delivery/destination.ts";
import { isGivenUp, judge } from "../../delivery/retry-schedule.ts";
import { signatureHeaders } from "../../delivery/signature.ts";
import { makeMessage } from "../../messages/compose.ts";
import type { Env } from "../../platform/env.ts";
import { failpoint } from "../../platform/failpoint.ts";
import { inLog, report } from "../../platform/report.ts";
import { readSettings } from "../../platform/settings.ts";
import { websub } from "../../websub/shard/callback-requests.ts";
import type { Subscriptions } from "../../websub/shard/subscriptions.ts";
import { CONFIRMATION, type MessageRow, type Outbox, type Outgoing, type Waiting } from "../outbox/outbox.ts";
import type { Registry } from "../registry/registry.ts";
import { type Lane, Lanes } from "./lanes.ts";
import { Latency } from "./latency.ts";

/** How often requests are looked at that keep others waiting, in milliseconds. */
const LOOK = 100;
/** After a fault of our own that cannot even be recorded, the alert rests this long, in milliseconds. */
const AFTER_FAULT = 5_000;
/** Of so many messages of an alert, one is of those that were tried before, so that they move on however many new ones come. */
const LATE_TURN = 4;
/** An address that never confirmed is not asked for days: so many attempts, and that is all. */
const CONFIRMATION_ATTEMPTS = 4;
/** So long an answer waits for others that are settled with it, in milliseconds. */
const GATHER = 10;

interface Flight {
  lane: Lane;
  abort: AbortController;
  done: Promise<void>;
}

export class Courier {
  readonly latency = new Latency();
  readonly #env: Env;
  readonly #ctx: DurableObjectState;
  readonly #outbox: Outbox;
  readonly #registry: Registry;
  readonly #subscriptions: Subscriptions;
  readonly #arm: () => Promise<void>;
  readonly #lanes = new Lanes();
  readonly #flights = new Map<string, Flight>();
  /** What was due by then stands in its lane. */
  #filledUntil = 0;
  /** How many turns each alert has had since it was last done with. */
  readonly #turns = new Map<string, number>();
  /** The platform lets no more requests leave in this invocation. */
  #exhausted = false;
  /** Resolves when the answers that wait are settled: see `#gather`. */
  #gathering: Promise<void> | undefined;
  #watching = false;
  /** A look at what is next that is about to begin. */
  #dispatching: Promise<void> | undefined;

  /** `arm` sets the alarm; it is called before the first request leaves, so that whatever happens then, someone looks again. */
  constructor(
    env: Env,
    ctx: DurableObjectState,
    outbox: Outbox,
    registry: Registry,
    subscriptions: Subscriptions,
    arm: () => Promise<void>,
  ) {
    this.#env = env;
    this.#ctx = ctx;
    this.#outbox = outbox;
    this.#registry = registry;
    this.#subscriptions = subscriptions;
    this.#arm = arm;
  }

  get inFlight(): number {
    return this.#flights.size;
  }

  /** Whether what is due has to wait for another invocation. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** A new invocation may make as many requests again. */
  beginInvocation(): void {
    this.#exhausted = false;
  }

  /** The clock was set back: what stands in the lanes is looked for anew. */
  forgetTime(): void {
    this.#filledUntil = 0;
  }

  /** Resolves when the next request that is under way has ended. */
  async nextLanding(): Promise<void> {
    await Promise.race([...this.#flights.values()].map(({ done }) => done));
  }

  /** Ends the request of an alert that is removed: nothing is sent to it any more. */
  recall(alert: string): void {
    this.#flights.get(alert)?.abort.abort();
  }

  /** Starts the messages that are due, as far as there is room. */
  async dispatch(): Promise<void> {
    const armed = Promise.withResolvers<void>();
    if (!this.#exhausted) {
      this.#fillLanes();
      this.#launchAll(armed.promise);
      this.#hurry();
    }
    try {
      await this.#arm();
    } finally {
      armed.resolve();
    }
  }

  #fillLanes(): void {
    const now = Date.now();
    // The clock was set back, if only by a little: what is due since then would never be seen.
    if (now < this.#filledUntil) this.#filledUntil = 0;
    for (const lane of this.#outbox.lanes(this.#filledUntil, now)) {
      // One whose answer waits to be settled has its place in no lane: it is looked up when it lands.
      if (!this.#flights.has(lane.alert)) this.#lanes.add(lane);
    }
    this.#filledUntil = now;
  }

  /** A receiver must not hold up others for as long as a request may take. */
  #hurry(): void {
    for (const alert of this.#lanes.overdue(Date.now())) this.#flights.get(alert)?.abort.abort();
  }

  /** Looks at what is under way as long as anything is. */
  async #watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    while (this.#flights.size > 0) {
      await scheduler.wait(LOOK);
      this.#hurry();
    }
    this.#watching = false;
  }

  #launchAll(armed: Promise<void>): void {
    for (let lane = this.#lanes.take(); lane; lane = this.#lanes.take()) this.#launch(lane, armed);
  }

  #launch(lane: Lane, armed: Promise<void>): void {
    const flight: Flight = { lane, abort: new AbortController(), done: Promise.resolve() };
    flight.done = armed.then(() => this.#deliver(flight)).finally(() => this.#land(lane.alert));
    this.#flights.set(lane.alert, flight);
    this.#ctx.waitUntil(flight.done.then(() => this.#dispatchOnce()));
    this.#ctx.waitUntil(this.#watch());
  }

  /** Those that land together are followed by one look at what is next. */
  #dispatchOnce(): Promise<void> {
    this.#dispatching ??= Promise.resolve().then(() => {
      this.#dispatching = undefined;
      return this.dispatch();
    });
    return this.#dispatching;
  }

  /**
   * An answer is there: the next alert gets the place of a prompt receiver at once, and it resolves when the answer is to be settled. Those that come within a
   * few milliseconds are settled in one turn of the event loop. The platform writes that to the disk as one transaction, for which each request
   * that follows waits; `transactionSync` is a savepoint within, so that an answer which cannot be written takes no other with it.
   */
  #gather({ lane: { alert, pace } }: Flight): Promise<void> {
    // Others keep their place until they are settled: their own next message must not wait for whoever would take it meanwhile.
    if (pace === "quick" || pace === "new") {
      this.#lanes.land(alert, Date.now());
      // The alarm is set as long as this flight has not landed.
      if (!this.#exhausted) this.#launchAll(Promise.resolve());
    }
    // Where nothing else is under way, no other answer comes.
    this.#gathering ??= scheduler.wait(this.#lanes.flying > 0 ? GATHER : 0).then(() => {
      this.#gathering = undefined;
    });
    return this.#gathering;
  }

  #land(alert: string): void {
    this.#flights.delete(alert);
    this.#lanes.land(alert, Date.now());
    try {
      const next = this.#outbox.lane(alert, Date.now());
      if (next) this.#lanes.add(next);
      else this.#turns.delete(alert);
    } catch (error) {
      // Whether more is due cannot be read just now: the next look is for all that is, not for what became due since the last.
      this.#filledUntil = 0;
      report("delivery.failed", { alert, error: String(error) });
    }
  }

  /** One attempt and what follows from it. Never throws: what is not settled is still due, and goes out again. */
  async #deliver(flight: Flight): Promise<void> {
    const { alert } = flight.lane;
    try {
      const turn = (this.#turns.get(alert) ?? 0) + 1;
      this.#turns.set(alert, turn);
      const next = this.#outbox.next(alert, Date.now(), turn % LATE_TURN === 0);
      if (next) await this.#carry(next.waiting, next.row, flight);
      // Its place among those that wait was a wrong one: left so, it would be its turn for ever.
      else this.#outbox.schedule(alert);
    } catch (error) {
      if (error instanceof OutOfRequests) {
        this.#exhausted = true;
        return;
      }
      report("delivery.failed", { alert, error: inLog(error) });
      await scheduler.wait(AFTER_FAULT);
    }
  }

  async #carry(waiting: Waiting, row: MessageRow, flight: Flight): Promise<void> {
    const began = Date.now();
    try {
      const outgoing = this.#outbox.open(row, began);
      const { channel } = outgoing;
      // What waited for a channel that is a feed now has been delivered; there is nothing to call.
      if (channel.type === "feed") throw new Error("a feed has nothing to deliver");
      if (channel.type === "websub") await this.#carryToCallback(waiting, outgoing, channel, flight);
      else await this.#carryToChannel(waiting, outgoing, channel, flight);
    } catch (error) {
      if (error instanceof OutOfRequests) throw error;
      // A message that cannot be made, or whose answer cannot be written: it counts, so that it ends some day.
      report("delivery.fault", { message: waiting.id, error: inLog(error) });
      const fault: Attempt = { ...NO_ANSWER, at: began, milliseconds: Date.now() - began, outcome: "fault" };
      const verdict = this.#verdict(waiting, fault, []);
      const after = this.#ctx.storage.transactionSync(() => this.#outbox.settle(waiting, fault, null, verdict));
      if (after !== undefined && verdict.kind === "failed") reportFailed(waiting, verdict.because, {});
    }
  }

  async #carryToChannel(waiting: Waiting, outgoing: Outgoing, channel: CalledChannel, flight: Flight): Promise<void> {
    const kind = KINDS[channel.type];
    const compose = () => this.#compose(waiting, outgoing, channel, kind);
    const sent = await this.#attempt(outgoing.origin, channel.url, compose, flight);
    if (sent === undefined) return;
    await this.#gather(flight);
    this.#ctx.storage.transactionSync(() => this.#settle(waiting, outgoing, channel, kind, sent.attempt));
  }

  async #carryToCallback(
    waiting: Waiting,
    { origin, type }: Outgoing,
    channel: WebSubChannel,
    flight: Flight,
  ): Promise<void> {
    const compose = () => this.#subscriptions.compose(waiting, channel);
    const sent = await this.#attempt(origin, channel.url, compose, flight);
    if (sent === undefined) return;
    await this.#gather(flight);
    const { attempt, request } = sent;
    const verdict = this.#verdict(waiting, attempt, websub.gone);
    this.#ctx.storage.transactionSync(() => this.#subscriptions.settle(waiting, attempt, verdict, request?.etag));
    if (verdict.kind === "failed") {
      reportFailed(waiting, verdict.because, { type, host: hostOf(channel.url) });
    }
  }

  /** A message in its channel's form. */
  async #compose(
    waiting: Waiting,
    outgoing: Outgoing,
    channel: CalledChannel,
    kind: ChannelKind,
  ): Promise<OutgoingRequest | undefined> {
    const { headers, body } = kind.compose(makeMessage(outgoing));
    const signature = kind.signed
      ? await signatureHeaders(outgoing.secrets, outgoing.id, Math.floor(Date.now() / 1000), body)
      : {};
    if (!this.#outbox.stillWaits(waiting)) return undefined;
    return { method: "POST", url: channel.url, headers: { ...headers, ...signature }, body };
  }

  /** One request, unless its address may not be called. Undefined where there is none to make: `compose` says so. */
  async #attempt<R extends OutgoingRequest>(
    origin: string,
    url: string,
    compose: () => Promise<R | undefined>,
    flight: Flight,
  ): Promise<{ attempt: Attempt; request?: R } | undefined> {
    const { allowPrivateTargets, publicUrl, dnsResolver } = readSettings(this.#env);
    const at = Date.now();
    const own = publicUrl === undefined ? [origin] : [origin, publicUrl];
    const refusal = await judgeDestination(url, { allowPrivate: allowPrivateTargets, own, resolver: dnsResolver });
    if (refusal) {
      const outcome = refusal.lasting ? "refused" : "unresolved";
      return { attempt: { ...NO_ANSWER, at, milliseconds: Date.now() - at, outcome, body: refusal.because } };
    }
    const request = await compose();
    if (request === undefined) return undefined;
    this.#lanes.begin(flight.lane.alert, Date.now());
    const { method, body } = request;
    const headers = { "user-agent": "Parley", ...request.headers };
    const outgoing = { method, url: request.url, headers, ...(body !== undefined && { body }) };
    const attempt = await send(outgoing, flight.abort.signal);
    return { attempt, request };
  }

  #verdict({ sequence, tries }: Waiting, attempt: Attempt, gone: readonly number[]) {
    const { retrySeconds } = readSettings(this.#env);
    const waits = sequence === CONFIRMATION ? retrySeconds.slice(0, CONFIRMATION_ATTEMPTS - 1) : retrySeconds;
    return judge(attempt, tries + 1, { waits, gone, random: Math.random() });
  }

  #settle(waiting: Waiting, outgoing: Outgoing, channel: CalledChannel, kind: ChannelKind, answered: Attempt): void {
    const asked = answered.status === 429 ? kind.retryAfter(answered.body) : null;
    const attempt = { ...answered, retryAfter: asked ?? answered.retryAfter };
    const judged = this.#verdict(waiting, attempt, kind.gone);
    // What a channel answers that has been replaced meanwhile says nothing of the present one; and where the message's schedule was begun
    // anew meanwhile, it has just begun.
    const replaced = !this.#outbox.calls(waiting.alert, channel);
    const tells = replaced ? "nothing" : "all";
    const anew = judged.kind !== "delivered" && (replaced || this.#outbox.begunAnew(waiting));
    const verdict = anew ? ({ kind: "retry", at: attempt.at } as const) : judged;
    const confirms =
      waiting.sequence === CONFIRMATION && kind.echoes && holdsChallenge(attempt.body, outgoing.challenge);
    if (verdict.kind === "delivered") failpoint(confirms ? "confirmation.answered" : "message.answered", this.#env);
    const after = this.#outbox.settle(waiting, attempt, answerShown(attempt, outgoing, channel), verdict, tells);
    // It was removed or replaced meanwhile.
    if (after === undefined) return;
    const { alert, sequence, tries } = waiting;
    if (verdict.kind === "delivered") {
      if (tries === 0 && !waiting.late) this.latency.add(attempt.at + attempt.milliseconds - outgoing.at);
      if (confirms) this.#registry.confirm(alert, Date.now());
      return;
    }
    if (verdict.kind === "failed") {
      reportFailed(waiting, verdict.because, { type: outgoing.type, host: hostOf(channel.url) });
    }
    if (sequence !== CONFIRMATION) this.#pauseHopeless(alert, attempt, verdict, after.failingSince);
  }

  /** An alert whose receiver is gone, or of whose messages nothing has arrived for days, sends nothing more until its owner comes back. */
  #pauseHopeless(
    alert: string,
    attempt: Attempt,
    verdict: ReturnType<typeof judge>,
    failingSince: number | null,
  ): void {
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

/** What is kept of an answer. Most have no body. */
function answerShown(attempt: Attempt, { secrets, challenge }: Outgoing, { url }: CalledChannel): string | null {
  if (attempt.body === "") return null;
  return answerOf(attempt, [...secrets, ...(challenge === null ? [] : [challenge]), ...secretsOf(url)]);
}

/** The one line of a message that is given up. */
const reportFailed = (
  { id, alert, sequence }: Waiting,
  because: string,
  more: { type?: string; host?: string },
): void => report("message.failed", { message: id, alert, sequence, ...more, because });

const NO_ANSWER = { status: null, body: "", retryAfter: null, cut: false } as const;

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : "");

/** Whether an answer is the challenge, as text or as `{"challenge": …}`. An echo of the whole message is neither. */
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
