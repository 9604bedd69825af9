/** WebSub's part of a shard, put together. A shard without it needs only another audience and one kind of receiver less. */
import type { Env } from "../../platform/env.ts";
import type { Refused } from "../../shard/calls.ts";
import type { Queries } from "../../shard/follow/queries.ts";
import type { MessageQueue } from "../../shard/outbox/queue.ts";
import type { ScheduledPart } from "../../shard/part.ts";
import type { Sql } from "../../shard/sql.ts";
import type { HubAsking, HubSubscribing } from "../asking.ts";
import { forgetSubscriptions } from "../subscription-shards.ts";
import { CallbackDelivery } from "./callback-delivery.ts";
import { type SubscriptionParts, Subscriptions } from "./subscriptions.ts";
import { Topics } from "./topics.ts";
import { Verifications } from "./verifications.ts";

/** What WebSub needs of its shard. */
export interface WebSubHost {
  env: Env;
  transaction<T>(work: () => T): T;
  /** The queries, filed by the names as they are now. */
  queries(): Promise<Queries>;
  /** The last log entry that the shard has followed. */
  cursor(): number;
  /** Returns false if the shard takes no more subscriptions. */
  hasRoom(): boolean;
  /** Moves the cursor of a shard that has nothing to catch up with. */
  skipTo(entry: number): void;
  /** Ends the request to a receiver that is removed. */
  recall(receiver: string): void;
}

/** Leases end in runs of the alarm. */
export class WebSub implements ScheduledPart {
  readonly retryAfter = 15_000;
  readonly subscriptions: Subscriptions;
  readonly audience: Topics;
  readonly delivery: CallbackDelivery;
  readonly #host: WebSubHost;
  readonly #verifications: Verifications;

  constructor(sql: Sql, host: WebSubHost, parts: SubscriptionParts & { queue: MessageQueue }) {
    this.#host = host;
    this.subscriptions = new Subscriptions(sql, parts);
    this.#verifications = new Verifications(sql, this.subscriptions, parts);
    this.audience = new Topics(sql, this.subscriptions, this.#verifications);
    this.delivery = new CallbackDelivery(
      host.env,
      parts.queue,
      parts.receivers,
      this.subscriptions,
      this.#verifications,
    );
  }

  /** Asks a subscriber's callback to confirm a request. `full`: the shard takes no new subscription. */
  async ask(id: string, asking: HubAsking): Promise<"asked" | "full" | Refused> {
    const queries = await this.#host.queries();
    const isKnown = this.subscriptions.has(id);
    if (isKnown) {
      return this.#host.transaction(() => this.#verifications.ask(id, asking, Date.now())) ?? "asked";
    }
    // There is nothing to end.
    if (asking.mode === "unsubscribe") return "asked";
    if (!this.#host.hasRoom()) return "full";
    const refused = this.#host.transaction(() => this.#add(id, asking, queries));
    if (refused) await forgetSubscriptions(this.#host.env.DB, [{ id, nonce: asking.nonce }]);
    return refused ?? "asked";
  }

  /** Adds a subscription. It gets the changes that the shard has followed since it was asked for. */
  #add(id: string, asking: HubSubscribing, queries: Queries): Refused | undefined {
    const now = Date.now();
    this.#host.skipTo(asking.since);
    const refused = this.subscriptions.add(id, asking, queries, now) ?? this.#verifications.ask(id, asking, now);
    const cursor = this.#host.cursor();
    if (refused === undefined && asking.since < cursor) this.subscriptions.distribute([id], cursor, now);
    return refused;
  }

  nextWake(): number | undefined {
    return this.subscriptions.nextExpiry();
  }

  /** Ends the leases that are over, and removes the subscriptions that have ended. */
  async run(): Promise<void> {
    const now = Date.now();
    if (!this.#host.transaction(() => this.subscriptions.expire(now))) return;
    const queries = await this.#host.queries();
    const ended = this.#host.transaction(() => this.subscriptions.removeEnded(queries, now));
    for (const { id } of ended) this.#host.recall(id);
    await forgetSubscriptions(this.#host.env.DB, ended);
  }
}
