/**
 * A shard of alerts: one SQLite-backed Durable Object. It holds the alerts, follows the log, and delivers.
 *
 * A wake-up makes it follow the log and send what is due; the alarm does the same, and stands for as long as anything
 * waits.
 */
import { DurableObject } from "cloudflare:workers";
import { type AlertChange, type AlertView, MAX_OLD_SECRETS, type ReplayRange } from "../alerts/alert.ts";
import { forgetSubscriptions } from "../alerts/shards.ts";
import type { Channel } from "../channels/channel-kinds.ts";
import { articleMatched } from "../messages/compose.ts";
import type { Env } from "../platform/env.ts";
import { failpoint } from "../platform/failpoint.ts";
import { inLog, report } from "../platform/report.ts";
import { readSettings } from "../platform/settings.ts";
import type { Article } from "../record/articles/article.ts";
import { readHead } from "../record/log.ts";
import { readNames } from "../record/names/read-names.ts";
import { asker } from "../record/search/asker.ts";
import { Subscriptions } from "../websub/shard/subscriptions.ts";
import { Topics } from "../websub/shard/topics.ts";
import type {
  HubAsking,
  HubSubscribing,
  NewAlert,
  Outcome,
  Refused,
  Replayed,
  Sent,
  ShardCalls,
  ShardStatus,
} from "./calls.ts";
import { Courier } from "./deliver/courier.ts";
import { Follower } from "./follow/follower.ts";
import { Queries } from "./follow/queries.ts";
import { Digests } from "./outbox/digests.ts";
import { Outbox } from "./outbox/outbox.ts";
import { findPast, type Past, refusalOf } from "./outbox/replay.ts";
import { forgetOld } from "./outbox/retention.ts";
import { Registry } from "./registry/registry.ts";
import { migrate } from "./tables.ts";

/** Alerts that one shard takes. More are only ever added: further alerts go to the next one. */
export const SHARD_CAPACITY = 10_000;

/** While anything is under way the alarm stands this far ahead, past the time limit of a request, in milliseconds. */
const WATCH = 15_000;
/** No run of the alarm waits longer than this for its requests, in milliseconds. */
const ALARM_RUN = 60_000;
/** When this invocation has made all the requests it may, the next one follows so soon, in milliseconds. */
const NEXT_INVOCATION = 1_000;
/** While requests are under way, a run of the alarm looks so often whether something else is to be done, in milliseconds. */
const LOOK_AGAIN = 1_000;
/** What is left of the log follows so soon, in milliseconds. */
const BEHIND = 100;
/** How often old messages are looked for, in milliseconds. */
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
/** The clock was set back if it shows so much less than before, in milliseconds. */
const SET_BACK = 60_000;
/** An alert that has so many messages waiting gets no test, no replay. */
const MOST_WAITING = 1000;
/** How long an answer of `status` is good for, in milliseconds: anyone may ask, and it looks at all that waits. */
const STATUS_GOOD = 500;
/** So often the log is followed before an alert is changed. */
const MOST_GOES = 10;

export class Shard extends DurableObject<Env> implements ShardCalls {
  readonly #outbox: Outbox;
  readonly #registry: Registry;
  readonly #subscriptions: Subscriptions;
  readonly #topics: Topics;
  readonly #follower: Follower;
  readonly #courier: Courier;
  readonly #digests: Digests;
  #queries: Queries | undefined;
  #forgotAt = 0;
  /** There is more in the log than one go follows. */
  #behind = false;
  /** When the alarm stands, or later, as far as this instance knows; 0: it knows of none. */
  #alarmAt = 0;
  #status: { at: number; told: ShardStatus } | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, env);
    this.#outbox = new Outbox(ctx.storage.sql, readSettings(env).dailyLimit);
    this.#registry = new Registry(ctx.storage.sql, this.#outbox);
    this.#subscriptions = new Subscriptions(env, ctx.storage.sql, this.#outbox);
    this.#topics = new Topics(ctx.storage.sql, this.#outbox);
    this.#digests = new Digests(ctx.storage.sql, this.#outbox);
    const parts = [this.#registry, this.#subscriptions, this.#topics, this.#outbox] as const;
    this.#follower = new Follower(env, ctx.storage, ...parts);
    this.#courier = new Courier(env, ctx, this.#outbox, this.#registry, this.#subscriptions, () => this.#setAlarm());
  }

  async register(id: string, alert: NewAlert): Promise<boolean> {
    const queries = await this.#ready();
    // A caller that did not get the answer asks again.
    if (this.#registry.withToken(id, alert.tokenHash)) return true;
    if (this.#registry.count() >= SHARD_CAPACITY) return false;
    this.ctx.storage.transactionSync(() => {
      if (this.#registry.isEmpty()) this.#follower.moveTo(alert.since);
      this.#registry.register(id, alert, queries, Date.now());
    });
    await this.#dispatch();
    return true;
  }

  async askSubscriber(id: string, asking: HubAsking): Promise<"asked" | "full" | Refused> {
    const queries = await this.#ready();
    const known = this.#subscriptions.has(id);
    if (!known && asking.mode === "subscribe") {
      if (this.#registry.count() >= SHARD_CAPACITY) return "full";
      const refused = this.ctx.storage.transactionSync(() => this.#beginSubscription(id, asking, queries));
      if (refused === undefined) await this.#dispatch();
      else await forgetSubscriptions(this.env.DB, [{ id, nonce: asking.nonce }]);
      return refused ?? "asked";
    }
    // Where there is nothing to end, nobody is asked.
    const refused = known && this.ctx.storage.transactionSync(() => this.#subscriptions.ask(id, asking, Date.now()));
    await this.#dispatch();
    return refused || "asked";
  }

  /** A new subscription, unless it is refused. What the shard has followed since it was asked for is owed to it. */
  #beginSubscription(id: string, asking: HubSubscribing, queries: Queries): Refused | undefined {
    const now = Date.now();
    if (this.#registry.isEmpty()) this.#follower.moveTo(asking.since);
    const refused = this.#subscriptions.begin(id, asking, queries, now);
    const { cursor } = this.#follower;
    if (refused === undefined && asking.since < cursor) this.#topics.distribute([id], cursor, now);
    return refused;
  }

  async isSubscribed(id: string): Promise<boolean> {
    return this.#subscriptions.stands(id, Date.now());
  }

  async view(id: string, tokenHash: string): Promise<AlertView | undefined> {
    return this.#registry.withToken(id, tokenHash);
  }

  async remove(id: string, tokenHash: string): Promise<boolean> {
    const queries = await this.#ready();
    const known = this.ctx.storage.transactionSync(() => {
      const known = this.#registry.withToken(id, tokenHash) !== undefined;
      if (known) this.#registry.remove(id, queries);
      return known;
    });
    if (known) this.#courier.recall(id);
    return known;
  }

  async change(id: string, tokenHash: string, change: AlertChange): Promise<Outcome<AlertView>> {
    const queries = await this.#ready();
    if (this.#registry.withToken(id, tokenHash) === undefined) return undefined;
    if (!(await this.#followFirst(change, queries))) {
      return {
        refused: "articles wait to be matched by what the alert asks now; try again",
        status: 503,
        retryAfter: 60,
      };
    }
    const refused = this.ctx.storage.transactionSync(() => this.#registry.change(id, change, queries, Date.now()));
    if (refused !== undefined) return { refused, status: 409 };
    await this.#dispatch();
    return this.#registry.withToken(id, tokenHash);
  }

  /** What was accepted before a change is matched as the alert was then. Whether that is done; a pause does not wait for it. */
  async #followFirst({ source, status }: AlertChange, queries: Queries): Promise<boolean> {
    if (source === undefined && status !== "paused") return true;
    let done = false;
    try {
      for (let goes = 0; goes < MOST_GOES && !done; goes++) done = await this.#follower.catchUp(queries);
    } catch (error) {
      if (source !== undefined) throw error;
    }
    return done || source === undefined;
  }

  async redeliver(id: string, tokenHash: string, sequence: number): Promise<Outcome<Sent>> {
    const refusal = this.#refuseToSend(id, tokenHash);
    if (refusal !== null) return refusal;
    if (this.#channelOf(id, tokenHash)?.type === "feed") {
      return { refused: "the alert is a feed: there is nowhere to deliver to", status: 409 };
    }
    const sent = this.ctx.storage.transactionSync(() => this.#outbox.redeliver({ alert: id, sequence }, Date.now()));
    if (sent === undefined) return { refused: `there is no message ${sequence}, or none any more`, status: 404 };
    await this.#dispatch();
    return { sequence, id: sent, status: "pending" };
  }

  async sendTest(id: string, tokenHash: string): Promise<Outcome<Sent>> {
    const alert = this.#registry.withToken(id, tokenHash);
    const refusal = this.#refuseToSend(id, tokenHash) ?? this.#refuseMore(id);
    if (refusal !== null || alert === undefined) return refusal ?? undefined;
    const now = Date.now();
    const sequence = this.ctx.storage.transactionSync(() => {
      this.#registry.countAsked(id, 1, now);
      const notice = this.#outbox.writeNotice({ type: "alert.test", query: alert.query, data: {} }, now);
      return this.#outbox.sendOne(id, notice, now, { late: false });
    });
    await this.#dispatch();
    const status = alert.channel.type === "feed" ? "delivered" : "pending";
    return { sequence, id: `msg_${id}_${sequence}`, status };
  }

  async replay(id: string, tokenHash: string, range: ReplayRange): Promise<Outcome<Replayed>> {
    const queries = await this.#ready();
    const refusal = this.#refuseToSend(id, tokenHash) ?? this.#refuseMore(id);
    const query = this.#registry.queryOf(id);
    if (refusal !== null || query === undefined) return refusal ?? undefined;
    const parsed = queries.parsed(query);
    const past = await asker.run(id, () => findPast(this.env.DB, queries.names, parsed, range)).catch(refusalOf);
    if ("refused" in past) return past;
    // While it was looked for, the alert may have been removed or paused.
    const later = this.#refuseToSend(id, tokenHash) ?? this.#refuseMore(id);
    if (later !== null) return later;
    const alert = this.#registry.withToken(id, tokenHash);
    if (alert === undefined) return undefined;
    this.ctx.storage.transactionSync(() => this.#writeReplay(alert, parsed.canonical, past.found));
    await this.#dispatch();
    return { count: past.found.length, complete: past.before === null, before: past.before };
  }

  #writeReplay({ id, channel }: AlertView, query: string, found: Past["found"]): void {
    const now = Date.now();
    this.#registry.countAsked(id, found.length, now);
    const notices = found.map(({ article, matches }) => {
      return this.#outbox.writeNotice({ ...articleMatched(article, matches), query, article: article.id }, now);
    });
    if (channel.digest) this.#digests.send(id, query, channel.digest, notices, now, { replay: true });
    else for (const notice of notices) this.#outbox.sendOne(id, notice, now, { late: true, replay: true });
    failpoint("replay.written", this.env);
  }

  async rotate(id: string, tokenHash: string, secret: string): Promise<Outcome<{ secret: string }>> {
    if (this.#registry.withToken(id, tokenHash) === undefined) return undefined;
    const now = Date.now();
    const until = this.#registry.rotate(id, secret, now);
    if (until === undefined) return { secret };
    const retryAfter = Math.ceil((until - now) / 1000);
    const refused = `${MAX_OLD_SECRETS} older secrets sign already, each for 24 hours; try again in ${retryAfter} seconds`;
    return { refused, status: 429, retryAfter };
  }

  #channelOf = (id: string, tokenHash: string): Channel | undefined => this.#registry.withToken(id, tokenHash)?.channel;

  /** Why nothing can be sent to an alert now: undefined for one that is not there, null where it can. */
  #refuseToSend(id: string, tokenHash: string): Refused | undefined | null {
    const alert = this.#registry.withToken(id, tokenHash);
    if (alert === undefined) return undefined;
    if (alert.status === "active") return null;
    const how = alert.status === "pending" ? "has not confirmed yet" : `is paused: ${alert.paused_because}`;
    return { refused: `the alert ${how}`, status: 409 };
  }

  #refuseMore(id: string): Refused | null {
    const now = Date.now();
    const { dailyLimit } = readSettings(this.env);
    if (dailyLimit > 0 && this.#registry.askedToday(id, now) >= dailyLimit) {
      const retryAfter = Math.ceil((DAY - (now % DAY)) / 1000);
      const refused = `${dailyLimit} messages were asked for today by tests and replays; try again in ${retryAfter} seconds`;
      return { refused, status: 429, retryAfter };
    }
    if (this.#outbox.pendingOf(id) < MOST_WAITING) return null;
    return {
      refused: `${MOST_WAITING} messages or more wait to be delivered; ask again when fewer do`,
      status: 429,
      retryAfter: 60,
    };
  }

  async deliveries(id: string, tokenHash: string, after: number, limit: number): ReturnType<ShardCalls["deliveries"]> {
    const alert = this.#registry.withToken(id, tokenHash);
    if (alert === undefined) return undefined;
    const { latest, oldest } = alert;
    return { latest, oldest, deliveries: this.#outbox.list(id, after, limit) };
  }

  async feed(id: string, feedKeyHash: string, limit: number): ReturnType<ShardCalls["feed"]> {
    const alert = this.#registry.withFeedKey(id, feedKeyHash);
    return alert && { alert, deliveries: this.#outbox.listLatest(id, limit) };
  }

  async challenged(id: string, challenge: string): Promise<AlertView | undefined> {
    return this.#registry.withChallenge(id, challenge);
  }

  async confirm(id: string, challenge: string): Promise<AlertView | undefined> {
    if (this.#registry.withChallenge(id, challenge) === undefined) return undefined;
    this.ctx.storage.transactionSync(() => this.#registry.confirm(id, Date.now()));
    await this.#dispatch();
    return this.#registry.withChallenge(id, challenge);
  }

  async status(): Promise<ShardStatus> {
    const now = Date.now();
    if (this.#status && Math.abs(now - this.#status.at) < STATUS_GOOD) return this.#status.told;
    const { oldest, ...waiting } = this.#outbox.waiting(now);
    const { active, pending: unconfirmed, paused } = this.#registry.countByStatus();
    const failing = this.#outbox.failing();
    const told: ShardStatus = {
      alerts: active + unconfirmed + paused,
      active,
      unconfirmed,
      paused,
      subscriptions: this.#subscriptions.count(),
      cursor: this.#follower.cursor,
      ...waiting,
      in_flight: this.#courier.inFlight,
      oldest_pending_at: oldest === null ? null : new Date(oldest).toISOString(),
      failing: failing.alerts,
      failing_subscriptions: failing.subscriptions,
      latency: this.#courier.latency.summary(),
    };
    this.#status = { at: now, told };
    return told;
  }

  async wouldTell(article: Article): Promise<number> {
    return this.#follower.wouldTell(article, await this.#ready());
  }

  async wake(): Promise<void> {
    this.#courier.beginInvocation();
    await this.#followAndDispatch();
    this.#forgetOld();
  }

  async #followAndDispatch(): Promise<void> {
    try {
      this.#keepTime();
      const queries = await this.#ready();
      const { number } = await readHead(this.env.DB);
      // Asked after the wait: an alert that was registered meanwhile sees what came since.
      if (this.#registry.isEmpty()) this.#follower.moveTo(number);
      this.#behind = false;
      this.#behind = !(await this.#follower.catchUp(queries));
    } finally {
      await this.#courier.dispatch();
    }
  }

  /** Never throws: an alarm that throws is given up after six times, and then nothing would ever wake what waits. */
  override async alarm(): Promise<void> {
    const end = Date.now() + ALARM_RUN;
    this.#alarmAt = 0;
    this.#courier.beginInvocation();
    // Each by itself: what is due leaves although the record cannot be read, and so on.
    const works = [
      async () => this.#keepTime(),
      () => this.#courier.dispatch(),
      () => this.#expire(),
      () => this.#sendDigests(),
      async () => this.#forgetOld(),
      () => this.#followAndDispatch(),
    ];
    for (const work of works) {
      await work().catch((error: unknown) => report("alarm.failed", { error: String(error) }));
    }
    while (this.#courier.inFlight > 0 && Date.now() < end && !this.#hasOtherWork()) {
      await Promise.race([this.#courier.nextLanding(), scheduler.wait(LOOK_AGAIN)]);
      await this.#dispatch();
    }
    await this.#setAlarm().catch(async (error: unknown) => {
      report("alarm.failed", { error: String(error) });
      // When the next one is needed cannot be read: soon, then.
      await this.ctx.storage.setAlarm(Date.now() + WATCH);
    });
  }

  /** Whether something waits for the next run of the alarm, which cannot begin before this one has ended. */
  #hasOtherWork(): boolean {
    const now = Date.now();
    try {
      const times = [this.#registry.nextExpiry(), this.#digests.next()];
      return this.#behind || times.some((at) => at !== undefined && at <= now);
    } catch (error) {
      // The next run will see whether that can be read again.
      report("alarm.failed", { error: String(error) });
      return true;
    }
  }

  /** The queries, filed by the names as they are now. */
  async #ready(): Promise<Queries> {
    const names = await readNames(this.env.DB, await readHead(this.env.DB));
    this.#queries ??= new Queries(this.ctx.storage.sql, names);
    this.#follower.useNames(names, this.#queries);
    return this.#queries;
  }

  /** What was accepted stands, whatever becomes of the requests that follow from it: the alarm sees to it that they leave. */
  async #dispatch(): Promise<void> {
    await this.#courier.dispatch().catch((error: unknown) => report("dispatch.failed", { error: String(error) }));
  }

  async #expire(): Promise<void> {
    const now = Date.now();
    const anyEnded = this.#subscriptions.expire(now);
    if (this.#registry.expired(now).length === 0 && !anyEnded) return;
    const queries = await this.#ready();
    const ended = this.ctx.storage.transactionSync(() => {
      // Read anew after the wait: an alert may have been confirmed meanwhile.
      for (const { id, established } of this.#registry.expired(now)) {
        if (established) this.#registry.pause(id, "its channel was not confirmed within 24 hours");
        else this.#registry.remove(id, queries);
      }
      return this.#subscriptions.removeEnded(queries, now);
    });
    for (const { id } of ended) this.#courier.recall(id);
    if (ended.length > 0) await forgetSubscriptions(this.env.DB, ended);
  }

  /** Sends all digests that are due, some at a time: their requests leave, and other calls have their turn, in between. */
  async #sendDigests(): Promise<void> {
    const now = Date.now();
    for (let due = this.#digests.due(now); due.length > 0; due = this.#digests.due(now)) {
      for (const alert of due) this.#sendDigest(alert, now);
      await this.#dispatch();
    }
  }

  #sendDigest(alert: string, now: number): void {
    try {
      this.ctx.storage.transactionSync(() => this.#digests.flush(alert, now));
    } catch (error) {
      report("delivery.fault", { alert, error: inLog(error) });
      this.#digests.postpone(alert, now);
    }
  }

  #forgetOld(): void {
    const now = Date.now();
    if (Math.abs(now - this.#forgotAt) < HOUR) return;
    const more = this.ctx.storage.transactionSync(() => forgetOld(this.ctx.storage.sql, now));
    if (!more) this.#forgotAt = now;
  }

  /** Where the clock was set back, what waits moves with it: otherwise it would wait for as long as the clock was set back. */
  #keepTime(): void {
    const { sql } = this.ctx.storage;
    const now = Date.now();
    const { clock } = sql.exec<{ clock: number }>("SELECT clock FROM state").one();
    if (clock - now > SET_BACK) {
      this.ctx.storage.transactionSync(() => {
        this.#outbox.moveBack(clock - now, now);
        sql.exec("UPDATE state SET clock = ?", now);
      });
      this.#courier.forgetTime();
      this.#forgotAt = 0;
      report("clock.set_back", { milliseconds: clock - now });
    } else if (now - clock > SET_BACK) sql.exec("UPDATE state SET clock = ?", now);
  }

  async #setAlarm(): Promise<void> {
    const now = Date.now();
    const { exhausted, inFlight } = this.#courier;
    const due = this.#outbox.nextDue(now);
    // Whoever lands looks again, and the alarm that stands comes soon enough for everything else.
    const soon = Math.min(due ?? Number.POSITIVE_INFINITY, now + WATCH);
    if (inFlight > 0 && !exhausted && !this.#behind && now < this.#alarmAt && this.#alarmAt <= soon) return;
    const waiting = inFlight > 0 || this.#outbox.hasDue(now);
    const expiry = this.#registry.nextExpiry();
    const digest = this.#digests.next();
    // What should have happened by now waits for what hinders it: it is tried again, but not at once.
    const times = [
      exhausted ? now + NEXT_INVOCATION : undefined,
      this.#behind ? now + BEHIND : undefined,
      waiting ? now + WATCH : undefined,
      due,
      expiry && Math.max(expiry, now + WATCH),
      digest && Math.max(digest, now + NEXT_INVOCATION),
    ];
    const next = Math.min(...times.filter((at) => at !== undefined));
    const current = (await this.ctx.storage.getAlarm()) ?? Number.POSITIVE_INFINITY;
    // An alarm that stands too early costs a look; only one that would come too late is moved. One in the past has been lost.
    const lost = current < now - WATCH && next < Number.POSITIVE_INFINITY;
    this.#alarmAt = next < current || lost ? next : current;
    if (this.#alarmAt !== current) await this.ctx.storage.setAlarm(next);
  }
}
