/**
 * A shard of alerts: one SQLite-backed Durable Object. It holds the alerts, follows the log, and delivers.
 *
 * A wake-up makes it follow the log and send what is due; the alarm does the same, and stands for as long as anything
 * waits.
 */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { readHead } from "../record/log.ts";
import { readNames } from "../record/names.ts";
import type { AlertView } from "./alert.ts";
import type { NewAlert, ShardCalls, ShardStatus } from "./calls.ts";
import { Courier } from "./courier.ts";
import { Follower } from "./follower.ts";
import { Outbox } from "./outbox.ts";
import { Queries } from "./queries.ts";
import { Registry } from "./registry.ts";
import { report } from "./report.ts";
import { migrate } from "./tables.ts";

/** Alerts that one shard takes. More are only ever added: further alerts go to the next one. */
export const SHARD_CAPACITY = 10_000;

/** While anything is under way the alarm stands this far ahead, past the time limit of a request, in milliseconds. */
const WATCH = 15_000;
/** No run of the alarm waits longer than this for its requests, in milliseconds. */
const ALARM_RUN = 60_000;

export class Shard extends DurableObject<Env> implements ShardCalls {
  readonly #outbox: Outbox;
  readonly #registry: Registry;
  readonly #follower: Follower;
  readonly #courier: Courier;
  #queries: Queries | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage);
    this.#outbox = new Outbox(ctx.storage.sql);
    this.#registry = new Registry(ctx.storage.sql, this.#outbox);
    this.#follower = new Follower(env.DB, ctx.storage, this.#registry, this.#outbox);
    this.#courier = new Courier(env, ctx, this.#outbox, this.#registry, () => this.#setAlarm());
  }

  async register(id: string, alert: NewAlert): Promise<boolean> {
    const queries = await this.#ready();
    // A caller that did not get the answer asks again.
    if (this.#registry.withToken(id, alert.tokenHash)) return true;
    if (this.#registry.count() >= SHARD_CAPACITY) return false;
    this.ctx.storage.transactionSync(() => {
      if (this.#registry.count() === 0) this.#follower.moveTo(alert.since);
      this.#registry.register(id, alert, queries, Date.now());
    });
    await this.#courier.dispatch().catch((error: unknown) => report("dispatch.failed", { error: String(error) }));
    return true;
  }

  async view(id: string, tokenHash: string): Promise<AlertView | undefined> {
    return this.#registry.withToken(id, tokenHash);
  }

  async remove(id: string, tokenHash: string): Promise<boolean> {
    const queries = await this.#ready();
    return this.ctx.storage.transactionSync(() => {
      const known = this.#registry.withToken(id, tokenHash) !== undefined;
      if (known) this.#registry.remove(id, queries);
      return known;
    });
  }

  async deliveries(id: string, tokenHash: string, after: number, limit: number): ReturnType<ShardCalls["deliveries"]> {
    const alert = this.#registry.withToken(id, tokenHash);
    return alert && { latest: alert.latest, deliveries: this.#outbox.list(id, after, limit) };
  }

  async feed(id: string, feedKeyHash: string, limit: number): ReturnType<ShardCalls["feed"]> {
    const alert = this.#registry.withFeedKey(id, feedKeyHash);
    return alert && { alert, deliveries: this.#outbox.listLatest(id, "article.matched", limit) };
  }

  async challenged(id: string, challenge: string): Promise<AlertView | undefined> {
    return this.#registry.withChallenge(id, challenge);
  }

  async confirm(id: string, challenge: string): Promise<AlertView | undefined> {
    if (this.#registry.withChallenge(id, challenge) === undefined) return undefined;
    this.ctx.storage.transactionSync(() => this.#registry.confirm(id, Date.now()));
    await this.#courier.dispatch();
    return this.#registry.withChallenge(id, challenge);
  }

  async status(): Promise<ShardStatus> {
    const { pending, oldest } = this.#outbox.waiting();
    return {
      alerts: this.#registry.count(),
      cursor: this.#follower.cursor,
      pending,
      oldest_pending_at: oldest === null ? null : new Date(oldest).toISOString(),
    };
  }

  async wake(): Promise<void> {
    try {
      const queries = await this.#ready();
      if (this.#registry.count() === 0) this.#follower.moveTo((await readHead(this.env.DB)).number);
      if (!(await this.#follower.catchUp(queries))) await this.ctx.storage.setAlarm(Date.now());
    } finally {
      await this.#courier.dispatch();
    }
  }

  /** Never throws: an alarm that throws is given up after six times, and then nothing would ever wake what waits. */
  override async alarm(): Promise<void> {
    const end = Date.now() + ALARM_RUN;
    // Each by itself: what is due leaves although the record cannot be read, and so on.
    for (const work of [() => this.#courier.dispatch(), () => this.#expire(), () => this.wake()]) {
      await work().catch((error: unknown) => report("alarm.failed", { error: String(error) }));
    }
    while (this.#courier.busy && Date.now() < end) await this.#courier.nextLanding();
    await this.#setAlarm().catch((error: unknown) => report("alarm.failed", { error: String(error) }));
  }

  /** The queries, filed by the names as they are now. */
  async #ready(): Promise<Queries> {
    const names = await readNames(this.env.DB, await readHead(this.env.DB));
    this.#queries ??= new Queries(this.ctx.storage.sql, names);
    this.#follower.useNames(names, this.#queries);
    return this.#queries;
  }

  async #expire(): Promise<void> {
    const expired = this.#registry.expired(Date.now());
    if (expired.length === 0) return;
    const queries = await this.#ready();
    this.ctx.storage.transactionSync(() => {
      for (const id of expired) this.#registry.remove(id, queries);
    });
  }

  async #setAlarm(): Promise<void> {
    const now = Date.now();
    const waiting = this.#courier.busy || this.#outbox.due(now, [], 1).length > 0;
    const expiry = this.#registry.nextExpiry();
    // What should have happened by now waits for what hinders it: it is tried again, but not at once.
    const times = [
      waiting ? now + WATCH : undefined,
      this.#outbox.nextDue(now),
      expiry && Math.max(expiry, now + WATCH),
    ];
    const next = Math.min(...times.filter((at) => at !== undefined));
    const current = (await this.ctx.storage.getAlarm()) ?? Number.POSITIVE_INFINITY;
    // An alarm that stands too early costs a look; only one that would come too late is moved.
    if (next < current) await this.ctx.storage.setAlarm(next);
  }
}
