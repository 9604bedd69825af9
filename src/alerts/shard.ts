/**
 * A shard of alerts: one SQLite-backed Durable Object. It holds the alerts, follows the log, and delivers.
 *
 * A wake-up makes it follow the log and send what is due; the alarm does the same, and stands for as long as anything
 * waits. Which messages are in flight is known in memory alone: a Durable Object runs once, so what a new instance finds
 * pending is in nobody's hands, and goes out again under the same id.
 */
import { DurableObject } from "cloudflare:workers";
import { type Attempt, post } from "../delivery/attempt.ts";
import { refuseDestination } from "../delivery/destination.ts";
import { judge } from "../delivery/schedule.ts";
import { signatureHeaders } from "../delivery/signature.ts";
import { type Env, readSettings } from "../env.ts";
import { readHead } from "../record/log.ts";
import { readNames } from "../record/names.ts";
import type { AlertView } from "./alert.ts";
import type { NewAlert, ShardCalls, ShardStatus } from "./calls.ts";
import { Follower } from "./follower.ts";
import { makeMessage } from "./message.ts";
import { type Key, Outbox, type Outgoing } from "./outbox.ts";
import { Queries } from "./queries.ts";
import { Registry } from "./registry.ts";
import { migrate } from "./tables.ts";

/** Alerts that one shard takes. More are only ever added: further alerts go to the next one. */
export const SHARD_CAPACITY = 10_000;

/** Requests at a time: in all, and to one host. */
const IN_FLIGHT = 50;
const IN_FLIGHT_PER_HOST = 6;
/** While anything is under way the alarm stands this far ahead, past the time limit of a request, in milliseconds. */
const WATCH = 15_000;
/** After a fault of our own, the message rests this long, in milliseconds. */
const AFTER_FAULT = 5_000;
/** No run of the alarm waits longer than this for its requests, in milliseconds. */
const ALARM_RUN = 60_000;

export class Shard extends DurableObject<Env> implements ShardCalls {
  readonly #outbox: Outbox;
  readonly #registry: Registry;
  readonly #follower: Follower;
  #queries: Queries | undefined;
  readonly #inFlight = new Map<string, { host: string; done: Promise<void> }>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage);
    this.#outbox = new Outbox(ctx.storage.sql);
    this.#registry = new Registry(ctx.storage.sql, this.#outbox);
    this.#follower = new Follower(env.DB, ctx.storage, this.#registry, this.#outbox);
  }

  async register(shard: number, alert: NewAlert): Promise<string | undefined> {
    const queries = await this.#ready();
    if (this.#registry.count() >= SHARD_CAPACITY) return undefined;
    const id = this.ctx.storage.transactionSync(() => {
      if (this.#registry.count() === 0) this.#follower.skipTo(alert.since);
      return this.#registry.register(shard, alert, queries, Date.now());
    });
    await this.#pump();
    return id;
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
    await this.#pump();
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
      await this.#follower.catchUp(await this.#ready());
    } finally {
      await this.#pump();
    }
  }

  /** Never throws: an alarm that throws is given up after six times, and then nothing would ever wake what waits. */
  override async alarm(): Promise<void> {
    const end = Date.now() + ALARM_RUN;
    try {
      await this.#expire();
      await this.wake();
      while (this.#inFlight.size > 0 && Date.now() < end) {
        await Promise.race([...this.#inFlight.values()].map(({ done }) => done));
      }
    } catch (error) {
      log("error", "alarm.failed", { error: String(error) });
    } finally {
      await this.#setAlarm();
    }
  }

  /** The queries, filed by the names as they are now. */
  async #ready(): Promise<Queries> {
    const names = await readNames(this.env.DB, await readHead(this.env.DB));
    this.#queries ??= new Queries(this.ctx.storage.sql, names.vocabulary);
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

  /** Starts the messages that are due, as far as there is room. The alarm is set before the first request leaves. */
  async #pump(): Promise<void> {
    const hosts = new Map<string, number>();
    for (const { host } of this.#inFlight.values()) hosts.set(host, (hosts.get(host) ?? 0) + 1);
    const starting: { name: string; host: string; outgoing: Outgoing }[] = [];
    for (const key of this.#outbox.due(Date.now(), IN_FLIGHT * 4)) {
      if (this.#inFlight.size + starting.length >= IN_FLIGHT) break;
      const outgoing = this.#inFlight.has(nameOf(key)) ? undefined : this.#outbox.read(key);
      if (outgoing?.channel.type !== "webhook") continue;
      const { host } = new URL(outgoing.channel.url);
      if ((hosts.get(host) ?? 0) >= IN_FLIGHT_PER_HOST) continue;
      hosts.set(host, (hosts.get(host) ?? 0) + 1);
      starting.push({ name: nameOf(key), host, outgoing });
    }
    const ready = Promise.withResolvers<void>();
    for (const { name, host, outgoing } of starting) {
      const done = ready.promise.then(() => this.#deliver(outgoing)).finally(() => this.#inFlight.delete(name));
      this.#inFlight.set(name, { host, done });
      this.ctx.waitUntil(done.then(() => this.#pump()));
    }
    await this.#setAlarm();
    ready.resolve();
  }

  /** One attempt and what follows from it. Never throws: what is not settled is still due, and goes out again. */
  async #deliver(outgoing: Outgoing): Promise<void> {
    try {
      const attempt = await this.#attempt(outgoing);
      this.ctx.storage.transactionSync(() => this.#settle(outgoing, attempt));
    } catch (error) {
      log("error", "delivery.failed", { message: outgoing.id, error: String(error) });
      await scheduler.wait(AFTER_FAULT);
    }
  }

  async #attempt(outgoing: Outgoing): Promise<Attempt> {
    const { channel, id, secret, origin } = outgoing;
    if (channel.type !== "webhook") throw new Error("a feed has nothing to deliver");
    const allowPrivate = readSettings(this.env).allowPrivateTargets;
    if (refuseDestination(channel.url, { allowPrivate, own: [origin] }) !== undefined) {
      return { at: Date.now(), milliseconds: 0, outcome: "refused", status: null, body: "", retryAfter: null };
    }
    const body = JSON.stringify(makeMessage(outgoing));
    const signature = await signatureHeaders([secret], id, Math.floor(Date.now() / 1000), body);
    return post(channel.url, { "content-type": "application/json", "user-agent": "Parley", ...signature }, body);
  }

  #settle(outgoing: Outgoing, attempt: Attempt): void {
    const verdict = judge(attempt, outgoing.attempts + 1, readSettings(this.env).retrySeconds, Math.random());
    const settled = this.#outbox.settle(outgoing, attempt, verdict);
    if (!settled) return;
    if (verdict.kind === "failed") {
      log("error", "message.failed", { message: outgoing.id, because: verdict.because });
      if (verdict.gone && outgoing.type !== "alert.confirm") this.#registry.pause(outgoing.alert, verdict.because);
    }
    if (verdict.kind === "delivered" && outgoing.challenge !== null && outgoing.type === "alert.confirm") {
      if (holdsChallenge(attempt.body, outgoing.challenge)) this.#registry.confirm(outgoing.alert, Date.now());
    }
  }

  async #setAlarm(): Promise<void> {
    const now = Date.now();
    const waiting = this.#inFlight.size > 0 || this.#outbox.due(now, 1).length > 0;
    const times = [waiting ? now + WATCH : undefined, this.#outbox.nextDue(now), this.#registry.nextExpiry()];
    const next = Math.min(...times.filter((at) => at !== undefined));
    const current = (await this.ctx.storage.getAlarm()) ?? Number.POSITIVE_INFINITY;
    // An alarm that stands too early costs a look; only one that would come too late is moved.
    if (next < current) await this.ctx.storage.setAlarm(next);
  }
}

const nameOf = ({ alert, sequence }: Key): string => `${alert}/${sequence}`;

/** Whether an answer is the challenge, as text or as `{"challenge": …}`. An echo of the whole message is neither. */
function holdsChallenge(body: string, challenge: string): boolean {
  if (body.trim() === challenge) return true;
  try {
    const answer: unknown = JSON.parse(body);
    if (answer === challenge) return true;
    return typeof answer === "object" && answer !== null && "challenge" in answer && answer.challenge === challenge;
  } catch {
    return false;
  }
}

function log(level: "error", event: string, details: Record<string, unknown>): void {
  console.error(JSON.stringify({ level, event, ...details }));
}
