/**
 * Follows the log. The messages that an entry causes and the step of the cursor are written in one transaction, so that each entry is answered
 * exactly once, whenever the process is killed. This class alone writes the table `state`.
 */
import { failpoint, failpointAfterWrites } from "../../platform/failpoint.ts";
import { report } from "../../platform/report.ts";
import { type LogEntry, readEntries, readHead } from "../../record/log.ts";
import { type Names, readNames } from "../../record/names/read-names.ts";
import type { ScheduledPart } from "../part.ts";
import type { Sql } from "../sql.ts";
import type { AlertMatcher } from "./alert-matcher.ts";
import type { FeedAudience } from "./feed-audience.ts";
import { FILED_BY, Queries } from "./queries.ts";
import { type RecordChange, readChange, Unreadable, unreadable } from "./record-change.ts";

/** What following needs of its shard. */
export interface FollowerHost {
  env: { DB: D1Database; FAILPOINT?: string };
  storage: Pick<DurableObjectStorage, "sync" | "transactionSync">;
  /** Returns true if the shard has no alert and no subscription. */
  isEmpty(): boolean;
}

/** Errors of an entry before it is skipped. */
const ERRORS = 5;
/**
 * Tries of an entry without an end before it is skipped. A process that is killed, or that the entry ends, leaves no error. Machines are restarted
 * often, so that each of these tries says little. At one a minute they take almost two hours.
 */
const TRIES = 100;
/** Entries that are read from the record at a time. */
const STEP = 8;
/** Maximum steps at a time: the platform bounds the queries of an invocation. */
const STEPS = 4;
/** Maximum runs before an alert is changed. */
const MOST_RUNS = 10;

export class Follower implements ScheduledPart {
  readonly retryAfter = 100;
  readonly #sql: Sql;
  readonly #host: FollowerHost;
  readonly #matcher: AlertMatcher;
  readonly #audience: FeedAudience;
  readonly #isAsked: (query: number) => boolean;
  #queries: Queries | undefined;
  #running: Promise<boolean> | undefined;
  #again = false;
  /** The log was left before its end. */
  #isBehind = false;
  /** True if an entry has been followed since this instance began, and none has failed since. */
  #sound = false;

  constructor(
    sql: Sql,
    host: FollowerHost,
    matcher: AlertMatcher,
    audience: FeedAudience,
    isAsked: (query: number) => boolean,
  ) {
    this.#sql = sql;
    this.#host = host;
    this.#matcher = matcher;
    this.#audience = audience;
    this.#isAsked = isAsked;
  }

  get cursor(): number {
    return this.#sql.one<{ cursor: number }>("SELECT cursor FROM state").cursor;
  }

  /** Returns now if the log goes on, since the rest of it follows soon. */
  nextWake(now: number): number | undefined {
    return this.#isBehind ? now : undefined;
  }

  /** Follows the log to its end, or as far as one run should. */
  async run(): Promise<void> {
    await this.ready();
    const { number } = await readHead(this.#host.env.DB);
    this.skipTo(number);
    this.#isBehind = false;
    this.#isBehind = !(await this.catchUp());
  }

  /** Moves the cursor of a shard that has nothing to catch up with, since nobody is told of anything. */
  skipTo(entry: number): void {
    if (this.#host.isEmpty()) this.#moveTo(entry);
  }

  #moveTo(entry: number): void {
    this.#sql.run("UPDATE state SET cursor = max(cursor, ?)", entry);
  }

  /** Returns the queries, filed by the names as they are now. */
  async ready(): Promise<Queries> {
    const names = await readNames(this.#host.env.DB, await readHead(this.#host.env.DB));
    this.#queries ??= new Queries(this.#sql, names, this.#isAsked);
    this.#useNames(names, this.#queries);
    return this.#queries;
  }

  /** Files the queries again if the names have changed, or the form of the postings. An older vocabulary changes nothing. */
  #useNames(names: Names, queries: Queries): void {
    const filed = this.#sql.one<{ names: number; filed_by: number }>("SELECT names, filed_by FROM state");
    const newest = names.version > queries.names.version ? names : queries.names;
    if (newest === queries.names && filed.names === newest.version && filed.filed_by === FILED_BY) return;
    this.#host.storage.transactionSync(() => {
      queries.reread(newest, (query, error) => this.#matcher.pauseAsking(query, error));
      this.#sql.run("UPDATE state SET names = ?, filed_by = ?", newest.version, FILED_BY);
    });
  }

  /** Follows the log to its end, as far as several runs get. Returns false if the log goes on. */
  async catchUpBefore(): Promise<boolean> {
    for (let runs = 0; runs < MOST_RUNS; runs++) if (await this.catchUp()) return true;
    return false;
  }

  /** Follows the log as far as one run should. Returns false if the log goes on. A call during a run makes it read on, and waits for its end. */
  catchUp(): Promise<boolean> {
    this.#again = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<boolean> {
    try {
      for (let steps = 0; this.#again && steps < STEPS; steps++) {
        this.#again = false;
        const entries = await readEntries(this.#host.env.DB, this.cursor, STEP);
        if (entries.length === STEP) this.#again = true;
        if (entries.length > 0) await this.#followAll(entries);
      }
      return !this.#again;
    } finally {
      // In the same turn, so that no call joins a run that no longer reads on.
      this.#running = undefined;
    }
  }

  async #followAll(entries: readonly LogEntry[]): Promise<void> {
    const queries = await this.ready();
    const { env, storage } = this.#host;
    for (const entry of entries) {
      const change = await readChange(env.DB, entry, !this.#audience.isEmpty()).catch(unreadable);
      if (change instanceof Unreadable) this.#sound = false;
      if (!this.#sound && !(await this.#mayTry(entry.number))) continue;
      try {
        if (change instanceof Unreadable) throw change;
        storage.transactionSync(() => this.#follow(entry.number, change, queries));
        this.#sound = true;
      } catch (error) {
        this.#noteError(entry.number);
        throw error;
      }
      await failpointAfterWrites("entry.committed", env, storage);
    }
  }

  #follow(entry: number, { told, feeds }: RecordChange, queries: Queries): void {
    const now = Date.now();
    if (told.kind === "article") this.#matcher.matchArticle(told.article, entry, queries, now);
    else if (told.kind !== "nothing") this.#matcher.followUp(told, entry, now);
    if (feeds !== undefined) this.#audience.announce(feeds, entry, queries, now);
    failpoint("entry.matched", this.#host.env);
    this.#moveTo(entry);
  }

  /**
   * Returns false if an entry is skipped: it has failed too often, and must not stop those after it. Each try is recorded before it begins, so that
   * an entry that ends the process counts as well.
   */
  async #mayTry(entry: number): Promise<boolean> {
    const { tries, errors } = this.#sql.one<{ tries: number; errors: number }>(
      `UPDATE state SET tries = iif(trying = ?1, tries, 0) + 1, errors = iif(trying = ?1, errors, 0), trying = ?1
       RETURNING tries, errors`,
      entry,
    );
    if (errors >= ERRORS || tries > TRIES) {
      report("entry.skipped", { entry, tries: tries - 1, errors });
      this.#moveTo(entry);
      return false;
    }
    await this.#host.storage.sync();
    return true;
  }

  #noteError(entry: number): void {
    this.#sound = false;
    this.#sql.run(
      "UPDATE state SET tries = iif(trying = ?1, tries, 0), errors = iif(trying = ?1, errors, 0) + 1, trying = ?1",
      entry,
    );
  }
}
