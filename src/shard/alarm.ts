/** The alarm of a shard. It is set for as long as any part has work to do. This class alone reads and sets it. */
import { report } from "../platform/report.ts";
import type { Courier } from "./deliver/courier.ts";
import type { ScheduledPart } from "./part.ts";

/** What the alarm needs of its shard. */
export type AlarmStorage = Pick<DurableObjectStorage, "getAlarm" | "setAlarm">;

/** Maximum time that a run of the alarm waits for its requests, in milliseconds. */
const ALARM_RUN = 60_000;
/** Interval at which a run that waits for requests looks for other work, in milliseconds. */
const LOOK = 1_000;
/** The next alarm if it cannot be read when it is needed, in milliseconds. An alarm that is later than this has been lost. */
const LATE = 15_000;

export class Alarm {
  readonly #storage: AlarmStorage;
  readonly #courier: Courier;
  readonly #follower: ScheduledPart;
  readonly #others: readonly ScheduledPart[];
  /** The alarm is set for this time or later, as far as this instance knows; 0: not known. */
  #alarmAt = 0;

  constructor(storage: AlarmStorage, courier: Courier, follower: ScheduledPart, others: readonly ScheduledPart[]) {
    this.#storage = storage;
    this.#courier = courier;
    this.#follower = follower;
    this.#others = others;
  }

  /** Runs all parts. Never throws: the platform gives up an alarm that has thrown six times, and then nothing would wake the shard. */
  async run(): Promise<void> {
    const end = Date.now() + ALARM_RUN;
    this.#alarmAt = 0;
    this.#courier.beginInvocation();
    // One part that fails does not keep the others from their work: messages are sent although the record cannot be read.
    const parts = [this.#courier, ...this.#others, this.#follower, this.#courier];
    for (const part of parts) await attempt(async () => part.run());
    while (this.#courier.inFlight > 0 && Date.now() < end && !this.#hasOtherWork()) {
      await Promise.race([this.#courier.nextLanding(), scheduler.wait(LOOK)]);
      await attempt(() => this.#courier.dispatch());
    }
    if (!(await attempt(() => this.set()))) await this.#storage.setAlarm(Date.now() + LATE);
  }

  /** Returns true if a part waits for the next run, which cannot begin before this one has ended. */
  #hasOtherWork(): boolean {
    const now = Date.now();
    try {
      return [this.#follower, ...this.#others].some((part) => (part.nextWake(now) ?? Number.POSITIVE_INFINITY) <= now);
    } catch (error) {
      // The next run finds out whether it can be read again.
      reportFailure(error);
      return true;
    }
  }

  /** Sets the alarm for the first work of any part. An alarm that is set too early costs a run; only one that is too late is moved. */
  async set(): Promise<void> {
    const now = Date.now();
    const soon = Math.min(wakeOf(this.#courier, now), wakeOf(this.#follower, now));
    // Every request that lands is followed by a dispatch, which sets the alarm for the other parts.
    if (this.#courier.inFlight > 0 && now < this.#alarmAt && this.#alarmAt <= soon) return;
    const next = Math.min(soon, ...this.#others.map((part) => wakeOf(part, now)));
    const current = (await this.#storage.getAlarm()) ?? Number.POSITIVE_INFINITY;
    const isLost = current < now - LATE && next < Number.POSITIVE_INFINITY;
    this.#alarmAt = next < current || isLost ? next : current;
    if (this.#alarmAt !== current) await this.#storage.setAlarm(next);
  }
}

/** Returns when a part is to be woken. Overdue work waits for whatever hinders it. */
const wakeOf = (part: ScheduledPart, now: number): number =>
  Math.max(part.nextWake(now) ?? Number.POSITIVE_INFINITY, now + part.retryAfter);

/** Does some work and reports its error. Returns false if there was one. */
async function attempt(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    reportFailure(error);
    return false;
  }
}

const reportFailure = (error: unknown): void => report("alarm.failed", { error: String(error) });
