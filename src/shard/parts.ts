/** The parts of a shard, put together. This file alone of src/shard knows WebSub. */
import type { Env } from "../platform/env.ts";
import { readSettings } from "../platform/settings.ts";
import { WebSub } from "../websub/shard/websub.ts";
import { Alarm } from "./alarm.ts";
import { AlertDelivery } from "./deliver/alert-delivery.ts";
import { Carrier } from "./deliver/carrier.ts";
import { Courier } from "./deliver/courier.ts";
import { Latency } from "./deliver/latency.ts";
import { Receivers } from "./deliver/receivers.ts";
import { AlertMatcher } from "./follow/alert-matcher.ts";
import { Follower } from "./follow/follower.ts";
import type { Queries } from "./follow/queries.ts";
import { Deliveries } from "./outbox/deliveries.ts";
import { Digests } from "./outbox/digests.ts";
import { Gatherings } from "./outbox/gatherings.ts";
import { Notices } from "./outbox/notices.ts";
import { Outbox } from "./outbox/outbox.ts";
import { MessageQueue } from "./outbox/queue.ts";
import { Quotas } from "./outbox/quotas.ts";
import { RequestedMessages } from "./outbox/requested.ts";
import { Retention } from "./outbox/retention.ts";
import { Sender } from "./outbox/sender.ts";
import { Changes } from "./registry/changes.ts";
import { Expiry } from "./registry/expiry.ts";
import { Registry } from "./registry/registry.ts";
import { Sql } from "./sql.ts";
import { StatusReport } from "./status-report.ts";

export type { HubAsking } from "../websub/asking.ts";

/** Maximum alerts and subscriptions of a shard. Further ones go to the next shard. */
export const SHARD_CAPACITY = 10_000;

export type ShardParts = ReturnType<typeof makeParts>;

/** Makes the parts. Each gets the ones that it builds on, and asks the rest of the shard through its host interface. */
export function makeParts(ctx: DurableObjectState, env: Env) {
  const { storage } = ctx;
  const sql = new Sql(storage.sql);
  const receivers = new Receivers(sql);
  const outbox = new Outbox(sql, receivers);
  const queue = new MessageQueue(sql, receivers);
  const notices = new Notices(sql);
  const quotas = new Quotas(sql, readSettings(env).dailyLimit);
  const gatherings = new Gatherings(sql);
  const deliveries = new Deliveries(sql);
  const sender = new Sender(sql, receivers, outbox, quotas, gatherings);
  const registry = new Registry(sql, { receivers, outbox, notices, quotas, gatherings, deliveries });
  const hasRoom = () => receivers.count() < SHARD_CAPACITY;
  const isAsked = (query: number) => registry.asks(query) || webSub.audience.asks(query);
  const host = {
    env,
    storage,
    transaction: <T>(work: () => T): T => storage.transactionSync(work),
    waitUntil: (work: Promise<unknown>) => ctx.waitUntil(work),
    hasRoom,
    isEmpty: () => receivers.areNone(),
    alert: (id: string, tokenHash: string) => registry.held(id, tokenHash),
    queries: (): Promise<Queries> => follower.ready(),
    cursor: (): number => follower.cursor,
    skipTo: (entry: number): void => follower.skipTo(entry),
    recall: (receiver: string): void => courier.recall(receiver),
    dispatch: (): Promise<void> => courier.dispatchSafely(),
    setAlarm: (): Promise<void> => alarm.set(),
  };
  const webSub = new WebSub(sql, host, { receivers, outbox, queue, notices });
  const digests = new Digests(sql, host, { notices, gatherings, quotas, sender });
  const matcher = new AlertMatcher(registry, notices, sender, webSub.audience);
  const follower = new Follower(sql, host, matcher, webSub.audience, isAsked);
  const latency = new Latency();
  const kinds = [new AlertDelivery(env, sql, queue, registry, latency), webSub.delivery];
  const courier = new Courier(host, queue, receivers, new Carrier(host, queue, kinds));
  const retention = new Retention(sql, notices, host.transaction);
  const alarm = new Alarm(storage, courier, follower, [new Expiry(sql, registry, host), webSub, digests, retention]);
  const { subscriptions } = webSub;
  return {
    registry,
    changes: new Changes(sql, registry, receivers, outbox),
    requested: new RequestedMessages(host, { outbox, queue, notices, quotas, sender, digests }),
    deliveries,
    matcher,
    follower,
    webSub,
    courier,
    retention,
    alarm,
    status: new StatusReport({ registry, subscriptions, queue, follower, courier, latency }),
    hasRoom,
  };
}
