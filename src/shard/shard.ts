/**
 * A shard of alerts: one SQLite-backed Durable Object. It holds the alerts, follows the log, and delivers. This class puts the parts together and is
 * their face for calls from the Worker (RPC): each operation is a few lines, and its type is inferred from here. A new operation touches at most
 * five files: this one, the part that does the work, the caller in src/alerts, the handler, and src/routes.ts.
 *
 * Operations of an alert's owner return undefined for an unknown alert and for a wrong token alike.
 */
import { DurableObject } from "cloudflare:workers";
import type { AlertChange, AlertView, Delivery, ReplayRange } from "../alerts/alert.ts";
import type { Env } from "../platform/env.ts";
import { report } from "../platform/report.ts";
import { readSettings } from "../platform/settings.ts";
import type { Article } from "../record/articles/article.ts";
import type { HubAsking } from "../websub/asking.ts";
import { WebSub } from "../websub/shard/websub.ts";
import { Alarm } from "./alarm.ts";
import type { NewAlert, Outcome, Refused, Replayed, Sent, ShardStatus } from "./calls.ts";
import { AlertDelivery } from "./deliver/alert-delivery.ts";
import { Courier } from "./deliver/courier.ts";
import { Latency } from "./deliver/latency.ts";
import { Receivers } from "./deliver/receivers.ts";
import { AlertMatcher } from "./follow/alert-matcher.ts";
import { Follower } from "./follow/follower.ts";
import { Deliveries } from "./outbox/deliveries.ts";
import { Digests } from "./outbox/digests.ts";
import { Gatherings } from "./outbox/gatherings.ts";
import { Notices } from "./outbox/notices.ts";
import { Outbox } from "./outbox/outbox.ts";
import { Quotas } from "./outbox/quotas.ts";
import { RequestedMessages } from "./outbox/requested.ts";
import { Retention } from "./outbox/retention.ts";
import { Sender } from "./outbox/sender.ts";
import { Changes } from "./registry/changes.ts";
import { Expiry } from "./registry/expiry.ts";
import { Registry } from "./registry/registry.ts";
import { Sql } from "./sql.ts";
import { StatusReport } from "./status-report.ts";
import { migrate } from "./tables.ts";

/** Maximum alerts and subscriptions of a shard. Further ones go to the next shard. */
export const SHARD_CAPACITY = 10_000;

export class Shard extends DurableObject<Env> {
  readonly #receivers: Receivers;
  readonly #registry: Registry;
  readonly #changes: Changes;
  readonly #requested: RequestedMessages;
  readonly #deliveries: Deliveries;
  readonly #retention: Retention;
  readonly #matcher: AlertMatcher;
  readonly #follower: Follower;
  readonly #webSub: WebSub;
  readonly #courier: Courier;
  readonly #alarm: Alarm;
  readonly #status: StatusReport;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, env);
    const { storage } = ctx;
    const sql = new Sql(storage.sql);
    const host = {
      env,
      storage,
      transaction: <T>(work: () => T): T => storage.transactionSync(work),
      waitUntil: (work: Promise<unknown>) => ctx.waitUntil(work),
      queries: () => this.#follower.ready(),
      cursor: () => this.#follower.cursor,
      skipTo: (entry: number) => this.#follower.skipTo(entry),
      isEmpty: () => this.#receivers.areNone(),
      hasRoom: () => this.#hasRoom(),
      alert: (id: string, tokenHash: string) => this.#registry.held(id, tokenHash),
      recall: (receiver: string) => this.#courier.recall(receiver),
      dispatch: () => this.#dispatch(),
      setAlarm: () => this.#alarm.set(),
    };
    const receivers = new Receivers(sql);
    const outbox = new Outbox(sql, receivers);
    const notices = new Notices(sql);
    const quotas = new Quotas(sql, readSettings(env).dailyLimit);
    const gatherings = new Gatherings(sql);
    const deliveries = new Deliveries(sql);
    const sender = new Sender(sql, receivers, outbox, quotas, gatherings);
    const registry = new Registry(sql, { receivers, outbox, notices, quotas, gatherings, deliveries });
    const webSub = new WebSub(sql, host, { receivers, outbox, notices });
    const digests = new Digests(sql, host, { notices, gatherings, quotas, sender });
    const latency = new Latency();
    this.#receivers = receivers;
    this.#registry = registry;
    this.#deliveries = deliveries;
    this.#webSub = webSub;
    this.#changes = new Changes(sql, registry, receivers, outbox);
    this.#requested = new RequestedMessages(host, { outbox, notices, quotas, sender, digests });
    this.#retention = new Retention(sql, notices, host.transaction);
    this.#matcher = new AlertMatcher(registry, notices, sender, webSub.audience);
    this.#follower = new Follower(
      sql,
      host,
      this.#matcher,
      webSub.audience,
      (query) => registry.asks(query) || webSub.audience.asks(query),
    );
    const kinds = [new AlertDelivery(env, sql, outbox, registry, latency), webSub.delivery];
    this.#courier = new Courier(host, outbox, receivers, kinds);
    const others = [new Expiry(sql, registry, host), webSub, digests, this.#retention];
    this.#alarm = new Alarm(storage, this.#courier, this.#follower, others);
    this.#status = new StatusReport({
      registry,
      subscriptions: webSub.subscriptions,
      outbox,
      follower: this.#follower,
      courier: this.#courier,
      latency,
    });
  }

  /** Registers an alert under an id that names this shard. Returns false if the shard is full. A repeated call changes nothing more. */
  async register(id: string, alert: NewAlert): Promise<boolean> {
    const queries = await this.#follower.ready();
    // A caller that did not get the answer calls again.
    if (this.#registry.withToken(id, alert.tokenHash)) return true;
    if (!this.#hasRoom()) return false;
    this.ctx.storage.transactionSync(() => {
      this.#follower.skipTo(alert.since);
      this.#registry.register(id, alert, queries, Date.now());
    });
    await this.#dispatch();
    return true;
  }

  async view(id: string, tokenHash: string): Promise<AlertView | undefined> {
    return this.#registry.withToken(id, tokenHash);
  }

  /** Removes an alert. Nothing is sent after that. Returns false if there is no such alert. */
  async remove(id: string, tokenHash: string): Promise<boolean> {
    const queries = await this.#follower.ready();
    if (this.#registry.withToken(id, tokenHash) === undefined) return false;
    this.ctx.storage.transactionSync(() => this.#registry.remove(id, queries));
    this.#courier.recall(id);
    return true;
  }

  async change(id: string, tokenHash: string, change: AlertChange): Promise<Outcome<AlertView>> {
    const queries = await this.#follower.ready();
    if (this.#registry.withToken(id, tokenHash) === undefined) return undefined;
    if (!(await this.#followFirst(change))) {
      const refused = "articles wait to be matched by what the alert asks now; try again";
      return { refused, status: 503, retryAfter: 60 };
    }
    const refused = this.ctx.storage.transactionSync(() => this.#changes.apply(id, change, queries, Date.now()));
    if (refused !== undefined) return { refused, status: 409 };
    await this.#dispatch();
    return this.#registry.withToken(id, tokenHash);
  }

  /** Matches what was accepted before a change with the alert as it is. Returns false if the log is still ahead. Pausing does not wait. */
  async #followFirst({ source, status }: AlertChange): Promise<boolean> {
    if (source === undefined && status !== "paused") return true;
    try {
      return (await this.#follower.catchUpBefore()) || source === undefined;
    } catch (error) {
      if (source !== undefined) throw error;
      return true;
    }
  }

  /** Sends a message again. */
  async redeliver(id: string, tokenHash: string, sequence: number): Promise<Outcome<Sent>> {
    const sent = this.#requested.redeliver(id, tokenHash, sequence);
    await this.#dispatch();
    return sent;
  }

  /** Sends a message of type `alert.test`. */
  async sendTest(id: string, tokenHash: string): Promise<Outcome<Sent>> {
    const sent = this.#requested.sendTest(id, tokenHash);
    await this.#dispatch();
    return sent;
  }

  /** Sends the articles that match among those that came onto the wire in a range of time. */
  async replay(id: string, tokenHash: string, range: ReplayRange): Promise<Outcome<Replayed>> {
    const replayed = await this.#requested.replay(id, tokenHash, range, await this.#follower.ready());
    await this.#dispatch();
    return replayed;
  }

  /** Gives an alert another secret. */
  async rotate(id: string, tokenHash: string, secret: string): Promise<Outcome<{ secret: string }>> {
    return this.#registry.rotate(id, tokenHash, secret, Date.now());
  }

  /** Returns the messages of an alert after a number. */
  async deliveries(
    id: string,
    tokenHash: string,
    after: number,
    limit: number,
  ): Promise<{ latest: number; oldest: number; deliveries: Delivery[] } | undefined> {
    const alert = this.#registry.withToken(id, tokenHash);
    if (alert === undefined) return undefined;
    const { latest, oldest } = alert;
    return { latest, oldest, deliveries: this.#deliveries.list(id, after, limit) };
  }

  /** Returns the alert and its last matches, newest first, for the holder of its feed's key. */
  async feed(
    id: string,
    feedKeyHash: string,
    limit: number,
  ): Promise<{ alert: AlertView; deliveries: Delivery[] } | undefined> {
    const alert = this.#registry.withFeedKey(id, feedKeyHash);
    return alert && { alert, deliveries: this.#deliveries.listLatest(id, limit) };
  }

  /** Returns the alert whose channel was sent a challenge. */
  async challenged(id: string, challenge: string): Promise<AlertView | undefined> {
    return this.#registry.withChallenge(id, challenge);
  }

  /** Confirms an alert by its challenge. Returns the alert as it is then. */
  async confirm(id: string, challenge: string): Promise<AlertView | undefined> {
    if (this.#registry.withChallenge(id, challenge) === undefined) return undefined;
    this.ctx.storage.transactionSync(() => this.#registry.confirm(id, Date.now()));
    await this.#dispatch();
    return this.#registry.withChallenge(id, challenge);
  }

  /** Asks a subscriber's callback to confirm a request. `full`: the shard takes no new subscription. */
  async askSubscriber(id: string, asking: HubAsking): Promise<"asked" | "full" | Refused> {
    const answer = await this.#webSub.ask(id, asking);
    await this.#dispatch();
    return answer;
  }

  /** Returns true for a subscription that its callback has confirmed, and whose lease has not ended, or is being renewed. */
  async isSubscribed(id: string): Promise<boolean> {
    return this.#webSub.subscriptions.isConfirmed(id, Date.now());
  }

  async status(): Promise<ShardStatus> {
    return this.#status.read(Date.now());
  }

  /** Counts the alerts that an article would be sent to, were it added now. Sends nothing. */
  async wouldTell(article: Article): Promise<number> {
    return this.#matcher.countAlertsFor(article, await this.#follower.ready());
  }

  /** Follows the log to its end, and starts the requests of messages that are due. */
  async wake(): Promise<void> {
    this.#courier.beginInvocation();
    try {
      await this.#follower.run();
    } finally {
      await this.#courier.dispatch();
    }
    this.#retention.run();
  }

  override alarm(): Promise<void> {
    return this.#alarm.run();
  }

  #hasRoom(): boolean {
    return this.#receivers.count() < SHARD_CAPACITY;
  }

  /** Starts what is due. What was accepted stays accepted, whatever becomes of the requests: the alarm makes sure that they leave. */
  async #dispatch(): Promise<void> {
    await this.#courier.dispatch().catch((error: unknown) => report("dispatch.failed", { error: String(error) }));
  }
}
