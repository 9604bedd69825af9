/**
 * The crash suite: the Worker is killed with SIGKILL over and over while articles are posted, alerts come, change and go, and the receiver is
 * not at its best; then all comes to rest, and the judge looks.
 */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { bundle } from "../../src/cli/bundle.ts";
import { ROOT } from "../../src/cli/paths.ts";
import type { Failpoint } from "../../src/platform/failpoint.ts";
import { summary } from "../bench/clock.ts";
import { random as generator } from "../bench/random.ts";
import { temporaryState } from "../cli/programs.ts";
import { Callers, ERRANDS } from "./callers.ts";
import { type Journal, startJournal } from "./journal.ts";
import { countRepeats, judge, type Listed, type Listing, type Status, type Violation } from "./judge.ts";
import { Line } from "./line.ts";
import { pick, QUERIES } from "./model.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { schedule, type Target } from "./schedule.ts";
import {
  countMigrations,
  migrating,
  type Start,
  type Stop,
  startProgram,
  startWorkerd,
  type Victim,
} from "./victim.ts";

export interface Plan {
  kills: number;
  /** At least so many. */
  messages: number;
  seed: number;
  onKill: (count: number, kind: string) => void;
  onLog: (line: string) => void;
}

export interface Outcome {
  /** By failpoint, or by what was killed at a random moment. */
  kills: Record<string, number>;
  articles: number;
  alerts: number;
  /** Messages that are listed or arrived; requests that came to the receiver; those after a 2xx to the same message. */
  messages: number;
  requests: number;
  repeats: number;
  /** Questions that got no answer and were asked again. */
  asked_again: number;
  /** How many migrations the record had seen at each kill of the first start. */
  migrations_when_killed: number[];
  restart_ms: { median: number; p99: number };
  seconds: number;
  violations: Violation[];
}

/** A kill at a random moment comes within so many milliseconds. */
const MOMENT = 1_500;
/** A failpoint that is not reached within this, in milliseconds, is killed where it stands. */
const PATIENCE = 10_000;
/** What leads to it is repeated after so many milliseconds. */
const AGAIN = 500;
/** Nothing may take longer to come to rest, in milliseconds. */
const REST = 180_000;
const ALERTS = 30;
const OPEN_CALLS = 8;

export async function crash(plan: Plan): Promise<Outcome> {
  const state = temporaryState();
  const journal = startJournal();
  const receiver = await startReceiver(generator(plan.seed + 1), () => journal.next());
  const suite = new Suite(plan, state.path, journal, receiver);
  try {
    return await suite.run();
  } finally {
    await suite.stop();
    receiver.stop();
    state.remove();
  }
}

class Suite {
  readonly #plan: Plan;
  readonly #random: () => number;
  readonly #journal: Journal;
  readonly #receiver: Receiver;
  readonly #line = new Line();
  readonly #callers: Callers;
  readonly #start: Omit<Start, "failpoint">;
  readonly #restarts: number[] = [];
  readonly #migrations: number[] = [];
  /** Messages that the articles so far should make. */
  #expected = 0;
  /** The one that runs. */
  #victim: Victim | undefined;

  constructor(plan: Plan, stateDir: string, journal: Journal, receiver: Receiver) {
    this.#plan = plan;
    this.#random = generator(plan.seed);
    this.#journal = journal;
    this.#receiver = receiver;
    this.#callers = new Callers(journal, this.#line, receiver, this.#random);
    this.#start = { stateDir, modules: bundle(join(ROOT, "wrangler.toml")), onLog: plan.onLog };
  }

  async run(): Promise<Outcome> {
    const began = performance.now();
    const targets = schedule(this.#plan.kills, this.#random);
    for (let n = 1; n <= targets.first; n++) await this.#killFirstStart(n);
    // The record is migrated from here on.
    await this.#end(await this.#up(), "workerd");
    for (let n = 0; n < targets.migrations; n++) await this.#killMigration();
    await this.#calm();
    for (const [n, target] of targets.rest.entries()) {
      await this.#kill(target, Math.ceil((this.#plan.messages - this.#expected) / (targets.rest.length - n)));
      this.#callers.check();
    }
    const victim = await this.#up();
    const { status, listings } = await this.#settle(victim);
    const { arrivals } = this.#receiver;
    const violations = judge({ journal: this.#journal, arrivals, listings, status });
    return this.#outcome(violations, this.#messageIds(listings).size, began);
  }

  async stop(): Promise<void> {
    await this.#victim?.kill();
  }

  /** Lets everything come to rest, and posts more until there are as many messages as there should be. */
  async #settle(victim: Victim): Promise<{ status: Status; listings: Map<string, Listing> }> {
    while (this.#expected < this.#plan.messages) await this.#traffic(20);
    await this.#callers.done();
    const status = await this.#rest(victim);
    const listings = await this.#listings();
    // What was expected did not know of the changes that came meanwhile.
    this.#expected = this.#messageIds(listings).size;
    return this.#expected < this.#plan.messages ? this.#settle(victim) : { status, listings };
  }

  /** The numbered messages that are listed, or have arrived. */
  #messageIds(listings: Map<string, Listing>): Set<string> {
    const listed = [...listings.values()].flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
    const arrived = this.#receiver.arrivals.filter(({ type }) => type !== "alert.confirm").map(({ id }) => id);
    return new Set([...listed, ...arrived]);
  }

  /** The whole program is killed while it migrates the record. */
  async #killFirstStart(writes: number): Promise<void> {
    const victim = this.#program(true);
    await migrating(this.#start.stateDir, victim, writes);
    await this.#end(victim, "first start");
    this.#migrations.push(countMigrations(this.#start.stateDir));
  }

  /** Until the first alert is registered its shard has no tables. */
  async #killMigration(): Promise<void> {
    const victim = await this.#up({ name: "shard.migrating", times: 1 + Math.floor(this.#random() * 2) });
    await this.#atFailpoint(victim, "shard.migrating");
  }

  /** The first alerts are registered in peace. */
  async #calm(): Promise<void> {
    const victim = await this.#up();
    for (let n = 0; n < ALERTS; n++)
      await this.#callers.register(Object.keys(QUERIES)[n % Object.keys(QUERIES).length] ?? "");
    await this.#end(victim, "workerd");
  }

  async #kill(target: Target, messages: number): Promise<void> {
    if (target === "program" || target === "program and workerd") {
      const victim = this.#program(target === "program and workerd");
      victim.url.then((url) => this.#line.up(url)).catch(() => {});
      await Promise.all([this.#traffic(messages), wait(this.#random() * 2 * MOMENT)]);
      await this.#end(victim, target);
      return;
    }
    if (target === "workerd") {
      const victim = await this.#up();
      await Promise.all([this.#traffic(messages), wait(this.#random() * MOMENT)]);
      await this.#end(victim, target);
      return;
    }
    if (target === "workerd after a 201") {
      const victim = await this.#up();
      const posted = this.#traffic(messages);
      await Promise.race([this.#callers.accepted, wait(PATIENCE)]);
      await this.#end(victim, target);
      await posted;
      return;
    }
    const victim = await this.#up(target);
    await this.#traffic(messages, target.times);
    await this.#atFailpoint(victim, target.name);
  }

  /** Does what leads to a failpoint. */
  #provoke(target: Failpoint): void {
    if (target === "confirmation.answered") this.#callers.begin(this.#callers.register(this.#query()));
    else if (target === "replay.written") this.#callers.run("replay");
    else if (target !== "shard.migrating") this.#expected += this.#callers.post();
    else if (this.#callers.open === 0) this.#callers.begin(this.#callers.register(this.#query()));
  }

  #query(): string {
    return pick(this.#random, Object.keys(QUERIES));
  }

  /** Posts articles that make so many messages, at least so many articles, and lets someone run an errand. */
  async #traffic(messages: number, articles = 1): Promise<void> {
    if (this.#callers.open < OPEN_CALLS) this.#callers.run(pick(this.#random, ERRANDS));
    // Some changes come while the shard is still behind the log.
    await wait(this.#random() * 50);
    const until = this.#expected + messages;
    for (let n = 0; n < articles || this.#expected < until; n++) {
      this.#expected += this.#callers.post();
      await wait(this.#random() * 20);
    }
  }

  /** Starts workerd again, and measures it. What was left is begun by the cron's tick, or by what happens next. */
  async #up(failpoint?: Stop): Promise<Victim> {
    const began = performance.now();
    const victim = startWorkerd({ ...this.#start, ...(failpoint && { failpoint }) });
    this.#victim = victim;
    const url = await Promise.race([victim.url, victim.reached]);
    if (url === undefined) return victim;
    this.#restarts.push(performance.now() - began);
    this.#line.up(url);
    if (failpoint === undefined && this.#random() < 0.5) victim.tick();
    return victim;
  }

  #program(withWorkerd: boolean): Victim {
    this.#victim = startProgram(this.#start, withWorkerd);
    return this.#victim;
  }

  async #atFailpoint(victim: Victim, name: Failpoint): Promise<void> {
    let reached = false;
    const noted = victim.reached.then(() => {
      reached = true;
    });
    for (const end = Date.now() + PATIENCE; !reached && Date.now() < end; ) {
      this.#provoke(name);
      await Promise.race([noted, wait(AGAIN)]);
    }
    await this.#end(victim, reached ? name : `${name} (not reached)`);
  }

  async #end(victim: Victim, kind: string): Promise<void> {
    this.#line.down();
    const count = this.#journal.kills.push({ at: this.#journal.next(), kind });
    this.#plan.onKill(count, kind);
    this.#victim = undefined;
    await victim.kill();
  }

  /** Waits until nothing waits any more; the cron ticks meanwhile, only more often than each minute. */
  async #rest(victim: Victim): Promise<Status> {
    const end = Date.now() + REST;
    for (let n = 0; ; n++) {
      if (n % 10 === 0) victim.tick();
      const status = (await this.#line.ask("GET", "/api/status")).body as unknown as Status;
      if (Date.now() > end || (await this.#isDone(status))) return status;
      await wait(500);
    }
  }

  async #isDone({ shards }: Status): Promise<boolean> {
    if (!shards.every(({ lag, pending }) => lag === 0 && pending === 0)) return false;
    return [...(await this.#listings()).values()].every(({ status }) => status === "active");
  }

  async #listings(): Promise<Map<string, Listing>> {
    const listings = new Map<string, Listing>();
    for (const { id, token } of this.#callers.living()) {
      const { body: alert } = await this.#line.ask("GET", `/api/alerts/${id}`, { token });
      const deliveries: Listed[] = [];
      for (let more = true; more; ) {
        const path = `/api/alerts/${id}/deliveries?limit=200&after=${deliveries.at(-1)?.sequence ?? 0}`;
        const page = (await this.#line.ask("GET", path, { token })).body["deliveries"] as Listed[];
        deliveries.push(...page);
        more = page.length > 0;
      }
      listings.set(id, { status: String(alert["status"]), latest: Number(alert["latest"]), deliveries });
    }
    return listings;
  }

  #outcome(violations: Violation[], messages: number, began: number): Outcome {
    const { arrivals } = this.#receiver;
    const kinds = Map.groupBy(this.#journal.kills, ({ kind }) => kind);
    return {
      kills: Object.fromEntries([...kinds].sort().map(([kind, kills]) => [kind, kills.length])),
      articles: this.#journal.articles.length,
      alerts: this.#journal.alerts.length,
      messages,
      requests: arrivals.length,
      repeats: countRepeats(arrivals),
      asked_again: this.#line.askedAgain,
      migrations_when_killed: this.#migrations,
      restart_ms: summary(this.#restarts.map(Math.round)),
      seconds: Math.round((performance.now() - began) / 1000),
      violations,
    };
  }
}
