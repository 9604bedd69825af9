/**
 * Decides which messages leave next, and when their answers are settled. Which messages are in flight is known in memory alone: a Durable Object
 * runs once, so a message that a new instance finds pending is in nobody's hands, and is sent again under the same id.
 */
import { OutOfRequests } from "../../delivery/attempt.ts";
import { inLog, report } from "../../platform/report.ts";
import type { QueuedMessage } from "../outbox/message.ts";
import type { MessageQueue } from "../outbox/queue.ts";
import type { ScheduledPart } from "../part.ts";
import type { Carrier } from "./carrier.ts";
import { type Lane, Lanes } from "./lanes.ts";
import type { Receivers } from "./receivers.ts";

/** What the courier needs of its shard. */
export interface CourierHost {
  waitUntil(work: Promise<unknown>): void;
  /** Sets the alarm. The courier calls this before a request leaves, so that the shard is woken whatever becomes of the process. */
  setAlarm(): Promise<void>;
}

/** Interval at which requests that keep others waiting are looked for, in milliseconds. */
const LOOK = 100;
/** Rest of a receiver after a fault of our own that cannot even be recorded, in milliseconds. */
const AFTER_FAULT = 5_000;
/** One in so many messages of a receiver is one that was tried before, so that these move on however many new ones come. */
const LATE_TURN = 4;
/** Window for settling answers in one write, in milliseconds. */
const GATHER = 10;
/** While anything is in flight, the alarm is set this far ahead: more than the time limit of a request, in milliseconds. */
const WATCH = 15_000;
/** Wait for another invocation, once this one has made all the requests that the platform allows, in milliseconds. */
const NEXT_INVOCATION = 1_000;

interface Flight {
  lane: Lane;
  abort: AbortController;
  done: Promise<void>;
}

export class Courier implements ScheduledPart {
  readonly retryAfter = 0;
  readonly #host: CourierHost;
  readonly #queue: MessageQueue;
  readonly #receivers: Receivers;
  readonly #carrier: Carrier;
  readonly #lanes = new Lanes();
  readonly #flights = new Map<string, Flight>();
  /** The lanes hold every receiver that was due by this time. */
  #filledUntil = 0;
  /** Turns of each receiver since nothing of it was due. */
  readonly #turns = new Map<string, number>();
  /** The platform allows no more requests in this invocation. */
  #isExhausted = false;
  /** Resolves when the answers that wait are settled: see `#gather`. */
  #gathering: Promise<void> | undefined;
  #isWatching = false;
  /** A dispatch that is about to begin. */
  #dispatching: Promise<void> | undefined;

  constructor(host: CourierHost, queue: MessageQueue, receivers: Receivers, carrier: Carrier) {
    this.#host = host;
    this.#queue = queue;
    this.#receivers = receivers;
    this.#carrier = carrier;
  }

  get inFlight(): number {
    return this.#flights.size;
  }

  /** Returns when the alarm has to go off for what waits or is in flight. */
  nextWake(now: number): number | undefined {
    const isWaiting = this.#flights.size > 0 || this.#receivers.areAnyDue(now);
    const times = [
      this.#isExhausted ? now + NEXT_INVOCATION : undefined,
      isWaiting ? now + WATCH : undefined,
      this.#receivers.nextDue(now),
    ].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** A new invocation may make as many requests again. */
  beginInvocation(): void {
    this.#isExhausted = false;
  }

  /** Resolves when the next request that is in flight has ended. */
  async nextLanding(): Promise<void> {
    await Promise.race([...this.#flights.values()].map(({ done }) => done));
  }

  /** Ends the request to a receiver that is removed. */
  recall(receiver: string): void {
    this.#flights.get(receiver)?.abort.abort();
  }

  run(): Promise<void> {
    return this.dispatch();
  }

  /** Starts the requests of messages that are due, as far as there is room, and sets the alarm. */
  async dispatch(): Promise<void> {
    const armed = Promise.withResolvers<void>();
    if (!this.#isExhausted) {
      this.#fillLanes();
      this.#launchAll(armed.promise);
      this.#hurry();
    }
    try {
      await this.#host.setAlarm();
    } finally {
      armed.resolve();
    }
  }

  /** The same, and never throws. What was accepted stays accepted, whatever becomes of the requests: the alarm makes sure that they leave. */
  async dispatchSafely(): Promise<void> {
    await this.dispatch().catch((error: unknown) => report("dispatch.failed", { error: String(error) }));
  }

  #fillLanes(): void {
    const now = Date.now();
    // The clock was set back: fill the lanes again, or a receiver that became due since then is missed. A message that is to be tried at a time
    // keeps that time, and so waits longer by as much as the clock was set back.
    if (now < this.#filledUntil) this.#filledUntil = 0;
    for (const lane of this.#receivers.lanes(this.#filledUntil, now)) {
      // A receiver whose answer waits to be settled gets its lane when it lands.
      if (!this.#flights.has(lane.receiver)) this.#lanes.add(lane);
    }
    this.#filledUntil = now;
  }

  /** Ends requests that take too long while others wait for their places. */
  #hurry(): void {
    for (const receiver of this.#lanes.overdue(Date.now())) this.#flights.get(receiver)?.abort.abort();
  }

  /** Looks for such requests as long as anything is in flight. */
  async #watch(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    while (this.#flights.size > 0) {
      await scheduler.wait(LOOK);
      this.#hurry();
    }
    this.#isWatching = false;
  }

  #launchAll(armed: Promise<void>): void {
    for (let lane = this.#lanes.take(); lane; lane = this.#lanes.take()) this.#launch(lane, armed);
  }

  #launch(lane: Lane, armed: Promise<void>): void {
    const flight: Flight = { lane, abort: new AbortController(), done: Promise.resolve() };
    flight.done = armed.then(() => this.#deliver(flight)).finally(() => this.#land(lane.receiver));
    this.#flights.set(lane.receiver, flight);
    this.#host.waitUntil(flight.done.then(() => this.#dispatchOnce()));
    this.#host.waitUntil(this.#watch());
  }

  /** Requests that land together are followed by one dispatch. */
  #dispatchOnce(): Promise<void> {
    this.#dispatching ??= Promise.resolve().then(() => {
      this.#dispatching = undefined;
      return this.dispatch();
    });
    return this.#dispatching;
  }

  /**
   * An answer is there. The next receiver gets the place of a prompt one immediately; the promise resolves when the answer is to be settled. Answers
   * that come within a few milliseconds are settled in one turn of the event loop. The platform writes that turn to the disk as one transaction, for
   * which each following request waits. `transactionSync` is a savepoint within it, so that an answer which cannot be written takes no other with it.
   */
  #gather({ lane: { receiver, pace } }: Flight): Promise<void> {
    // Slow receivers keep their place until they are settled: else others would take it before their own next message.
    if (pace === "quick" || pace === "new") {
      this.#lanes.land(receiver, Date.now());
      // The alarm is already set while this request is in flight.
      if (!this.#isExhausted) this.#launchAll(Promise.resolve());
    }
    // If nothing else is in flight, no other answer comes.
    this.#gathering ??= scheduler.wait(this.#lanes.flying > 0 ? GATHER : 0).then(() => {
      this.#gathering = undefined;
    });
    return this.#gathering;
  }

  #land(receiver: string): void {
    this.#flights.delete(receiver);
    this.#lanes.land(receiver, Date.now());
    try {
      const next = this.#receivers.lane(receiver, Date.now());
      if (next) this.#lanes.add(next);
      else this.#turns.delete(receiver);
    } catch (error) {
      // It cannot be read just now whether more is due. The next dispatch fills the lanes with everything that is.
      this.#filledUntil = 0;
      report("delivery.failed", { alert: receiver, error: String(error) });
    }
  }

  /** Makes one attempt and settles it. Never throws: a message that is not settled is still due, and is sent again. */
  async #deliver(flight: Flight): Promise<void> {
    const { receiver } = flight.lane;
    try {
      const turn = (this.#turns.get(receiver) ?? 0) + 1;
      this.#turns.set(receiver, turn);
      const message = this.#queue.next(receiver, Date.now(), turn % LATE_TURN === 0);
      if (message) await this.#carry(message, flight);
      // The receiver was wrongly marked as due, and would get turn after turn.
      else this.#receivers.schedule(receiver);
    } catch (error) {
      if (error instanceof OutOfRequests) {
        this.#isExhausted = true;
        return;
      }
      report("delivery.failed", { alert: receiver, error: inLog(error) });
      await scheduler.wait(AFTER_FAULT);
    }
  }

  #carry(message: QueuedMessage, flight: Flight): Promise<void> {
    return this.#carrier.carry(message, {
      signal: flight.abort.signal,
      leave: () => this.#lanes.begin(flight.lane.receiver, Date.now()),
      land: () => this.#gather(flight),
    });
  }
}
