import type { ShardStatus } from "./calls.ts";
import type { Courier } from "./deliver/courier.ts";
import type { Latency } from "./deliver/latency.ts";
import type { Follower } from "./follow/follower.ts";
import type { MessageQueue } from "./outbox/queue.ts";
import type { Registry } from "./registry/registry.ts";

/** How long an answer is reused, in milliseconds: anyone may ask, and each answer reads all messages that wait. */
const FRESH = 500;

/** The parts that know how a shard is doing. */
interface StatusSources {
  registry: Registry;
  subscriptions: { count(): number; countTroubles(): Record<string, number> };
  queue: MessageQueue;
  follower: Follower;
  courier: Courier;
  latency: Latency;
}

/** How a shard is doing. */
export class StatusReport {
  readonly #sources: StatusSources;
  #last: { at: number; status: ShardStatus } | undefined;

  constructor(sources: StatusSources) {
    this.#sources = sources;
  }

  read(now: number): ShardStatus {
    if (this.#last && Math.abs(now - this.#last.at) < FRESH) return this.#last.status;
    const status = this.#compute(now);
    this.#last = { at: now, status };
    return status;
  }

  #compute(now: number): ShardStatus {
    const { registry, subscriptions, queue, follower, courier, latency } = this.#sources;
    const { oldest, ...waiting } = queue.countWaiting(now);
    const { active, pending: unconfirmed, paused } = registry.countByStatus();
    return {
      alerts: active + unconfirmed + paused,
      active,
      unconfirmed,
      paused,
      subscriptions: subscriptions.count(),
      cursor: follower.cursor,
      ...waiting,
      in_flight: courier.inFlight,
      oldest_pending_at: oldest === null ? null : new Date(oldest).toISOString(),
      failing: registry.countTroubles(),
      failing_subscriptions: subscriptions.countTroubles(),
      latency: latency.summary(),
    };
  }
}
