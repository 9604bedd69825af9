/**
 * A shard of alerts: one SQLite-backed Durable Object. It holds the alerts, follows the log, and delivers. This class is its face for calls from the
 * Worker (RPC), whose types are inferred from here. A new operation touches at most five files: this one, the part that does the work, its caller in
 * src/alerts, the handler, and src/routes.ts.
 *
 * Operations of an alert's owner return undefined for an unknown alert and for a wrong token alike.
 */
import { DurableObject } from "cloudflare:workers";
import type { AlertChange, ReplayRange } from "../alerts/alert.ts";
import type { AlertView, Delivery, Replayed, Sent } from "../alerts/alert-answers.ts";
import type { Env } from "../platform/env.ts";
import type { Article } from "../record/articles/article.ts";
import type { NewAlert, Outcome, Refused, ShardStatus } from "./calls.ts";
import { type HubAsking, makeParts, type ShardParts } from "./parts.ts";
import { migrate } from "./tables.ts";

export { SHARD_CAPACITY } from "./parts.ts";

export class Shard extends DurableObject<Env> {
  readonly #parts: ShardParts;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, env);
    this.#parts = makeParts(ctx, env);
  }

  /** Registers an alert under an id that names this shard. Returns false if the shard is full. A repeated call changes nothing more. */
  async register(id: string, alert: NewAlert): Promise<boolean> {
    const queries = await this.#parts.follower.ready();
    // A caller that did not get the answer calls again.
    if (this.#parts.registry.withToken(id, alert.tokenHash)) return true;
    if (!this.#parts.hasRoom()) return false;
    this.ctx.storage.transactionSync(() => {
      this.#parts.follower.skipTo(alert.since);
      this.#parts.registry.register(id, alert, queries, Date.now());
    });
    await this.#parts.courier.dispatchSafely();
    return true;
  }

  async view(id: string, tokenHash: string): Promise<AlertView | undefined> {
    return this.#parts.registry.withToken(id, tokenHash);
  }

  /** Removes an alert. Nothing is sent after that. Returns false if there is no such alert. */
  async remove(id: string, tokenHash: string): Promise<boolean> {
    const queries = await this.#parts.follower.ready();
    if (this.#parts.registry.withToken(id, tokenHash) === undefined) return false;
    this.ctx.storage.transactionSync(() => this.#parts.registry.remove(id, queries));
    this.#parts.courier.recall(id);
    return true;
  }

  async change(id: string, tokenHash: string, change: AlertChange): Promise<Outcome<AlertView>> {
    const queries = await this.#parts.follower.ready();
    if (this.#parts.registry.withToken(id, tokenHash) === undefined) return undefined;
    if (!(await this.#followFirst(change))) {
      const refused = "articles wait to be matched by what the alert asks now; try again";
      return { refused, status: 503, retryAfter: 60 };
    }
    const refused = this.ctx.storage.transactionSync(() => this.#parts.changes.apply(id, change, queries, Date.now()));
    if (refused !== undefined) return { refused, status: 409 };
    await this.#parts.courier.dispatchSafely();
    return this.#parts.registry.withToken(id, tokenHash);
  }

  /** Matches what was accepted before a change with the alert as it is. Returns false if the log is still ahead. Pausing does not wait. */
  async #followFirst({ source, status }: AlertChange): Promise<boolean> {
    if (source === undefined && status !== "paused") return true;
    try {
      return (await this.#parts.follower.catchUpBefore()) || source === undefined;
    } catch (error) {
      if (source !== undefined) throw error;
      return true;
    }
  }

  /** Sends a message again. */
  async redeliver(id: string, tokenHash: string, sequence: number): Promise<Outcome<Sent>> {
    const sent = this.#parts.requested.redeliver(id, tokenHash, sequence);
    await this.#parts.courier.dispatchSafely();
    return sent;
  }

  /** Sends a message of type `alert.test`. */
  async sendTest(id: string, tokenHash: string): Promise<Outcome<Sent>> {
    const sent = this.#parts.requested.sendTest(id, tokenHash);
    await this.#parts.courier.dispatchSafely();
    return sent;
  }

  /** Sends the articles that match among those that came onto the wire in a range of time. */
  async replay(id: string, tokenHash: string, range: ReplayRange): Promise<Outcome<Replayed>> {
    const replayed = await this.#parts.requested.replay(id, tokenHash, range, await this.#parts.follower.ready());
    await this.#parts.courier.dispatchSafely();
    return replayed;
  }

  /** Gives an alert another secret. */
  async rotate(id: string, tokenHash: string, secret: string): Promise<Outcome<{ secret: string }>> {
    return this.#parts.registry.rotate(id, tokenHash, secret, Date.now());
  }

  /** Returns the messages of an alert after a number. */
  async deliveries(
    id: string,
    tokenHash: string,
    after: number,
    limit: number,
  ): Promise<{ latest: number; oldest: number; deliveries: Delivery[] } | undefined> {
    const alert = this.#parts.registry.withToken(id, tokenHash);
    if (alert === undefined) return undefined;
    const { latest, oldest } = alert;
    return { latest, oldest, deliveries: this.#parts.deliveries.list(id, after, limit) };
  }

  /** Returns the alert and its last matches, newest first, for the holder of its feed's key. */
  async feed(
    id: string,
    feedKeyHash: string,
    limit: number,
  ): Promise<{ alert: AlertView; deliveries: Delivery[] } | undefined> {
    const alert = this.#parts.registry.withFeedKey(id, feedKeyHash);
    return alert && { alert, deliveries: this.#parts.deliveries.listLatest(id, limit) };
  }

  /** Returns the alert whose channel was sent a challenge. */
  async challenged(id: string, challenge: string): Promise<AlertView | undefined> {
    return this.#parts.registry.withChallenge(id, challenge);
  }

  /** Confirms an alert by its challenge. Returns the alert as it is then. */
  async confirm(id: string, challenge: string): Promise<AlertView | undefined> {
    if (this.#parts.registry.withChallenge(id, challenge) === undefined) return undefined;
    this.ctx.storage.transactionSync(() => this.#parts.registry.confirm(id, Date.now()));
    await this.#parts.courier.dispatchSafely();
    return this.#parts.registry.withChallenge(id, challenge);
  }

  /** Asks a subscriber's callback to confirm a request. `full`: the shard takes no new subscription. */
  async askSubscriber(id: string, asking: HubAsking): Promise<"asked" | "full" | Refused> {
    const answer = await this.#parts.webSub.ask(id, asking);
    await this.#parts.courier.dispatchSafely();
    return answer;
  }

  /** Returns true for a subscription that its callback has confirmed, and whose lease has not ended, or is being renewed. */
  async isSubscribed(id: string): Promise<boolean> {
    return this.#parts.webSub.subscriptions.isConfirmed(id, Date.now());
  }

  async status(): Promise<ShardStatus> {
    return this.#parts.status.read(Date.now());
  }

  /** Counts the alerts that an article would be sent to, were it added now. Sends nothing. */
  async wouldTell(article: Article): Promise<number> {
    return this.#parts.matcher.countAlertsFor(article, await this.#parts.follower.ready());
  }

  /** Follows the log to its end, and starts the requests of messages that are due. */
  async wake(): Promise<void> {
    this.#parts.courier.beginInvocation();
    try {
      await this.#parts.follower.run();
    } finally {
      await this.#parts.courier.dispatch();
    }
    this.#parts.retention.run();
  }

  override alarm(): Promise<void> {
    return this.#parts.alarm.run();
  }
}
