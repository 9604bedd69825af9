/**
 * A shard follows the log: what an entry means for its alerts and its subscriptions. The messages that an entry causes and the step of the cursor are
 * written in one transaction, so that each entry is answered exactly once, whenever the process is killed.
 */

import { articleMatched, eventCorrected, eventRetracted } from "../../messages/compose.ts";
import type { Env } from "../../platform/env.ts";
import { failpoint, failpointAfterWrites } from "../../platform/failpoint.ts";
import { report } from "../../platform/report.ts";
import { explain } from "../../query/explain.ts";
import { QueryError } from "../../query/grammar.ts";
import { type AnalysedText, analyse } from "../../query/text.ts";
import { type Article, articleMatchable } from "../../record/articles/article.ts";
import { readArticle } from "../../record/articles/read-articles.ts";
import { changedFields, type Event } from "../../record/events/event.ts";
import { type Revision, readArticleIds, readDocuments, readEvent, readRevision } from "../../record/events/events.ts";
import { type LogEntry, NEWEST, readEntries, readHead } from "../../record/log.ts";
import { type Names, readNames } from "../../record/names/read-names.ts";
import type { Subscriptions } from "../../websub/shard/subscriptions.ts";
import type { Change, Topics } from "../../websub/shard/topics.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Registry } from "../registry/registry.ts";
import { FILED_BY, type Queries } from "./queries.ts";

/** What a log entry is to a shard, read from the record before the transaction begins. */
interface Read {
  told: Told;
  /** What it changes in the feeds, where anybody subscribed to one. */
  change?: Change;
}

/** What it tells the alerts. */
type Told =
  | { kind: "article"; article: Article }
  | {
      kind: "corrected" | "retracted";
      event: string;
      revision: Revision;
      changed: string[];
      articles: string[];
    }
  | { kind: "nothing" };

/** So often an entry may fail. */
const ERRORS = 5;
/**
 * And so often it may be begun without an end: a process that is killed, or ends at this entry, leaves no error. Machines are restarted
 * often, so that this says little; at one try a minute it is the better part of two hours.
 */
const TRIES = 100;
/** Entries read from the record in one go. */
const STEP = 8;
/** And how often in one go: an invocation has a bounded number of queries. */
const STEPS = 4;

export class Follower {
  readonly #env: Env;
  readonly #db: D1Database;
  readonly #storage: DurableObjectStorage;
  readonly #registry: Registry;
  readonly #subscriptions: Subscriptions;
  readonly #topics: Topics;
  readonly #outbox: Outbox;
  #running: Promise<boolean> | undefined;
  #again = false;
  /** Whether an entry has been followed since this instance began, and none has failed since. */
  #sound = false;

  constructor(
    env: Env,
    storage: DurableObjectStorage,
    registry: Registry,
    subscriptions: Subscriptions,
    topics: Topics,
    outbox: Outbox,
  ) {
    this.#env = env;
    this.#db = env.DB;
    this.#storage = storage;
    this.#registry = registry;
    this.#subscriptions = subscriptions;
    this.#topics = topics;
    this.#outbox = outbox;
  }

  get cursor(): number {
    return this.#storage.sql.exec<{ cursor: number }>("SELECT cursor FROM state").one().cursor;
  }

  /** Moves the cursor on, never back. A shard without alerts has nothing to catch up with, so that it may skip. */
  moveTo(entry: number): void {
    this.#storage.sql.exec("UPDATE state SET cursor = max(cursor, ?)", entry);
  }

  /**
   * Follows the log, to its end or as far as one go should; whether it got there. Calls while it runs make it look once more; all
   * wait for the end.
   */
  catchUp(queries: Queries): Promise<boolean> {
    this.#again = true;
    this.#running ??= this.#run(queries);
    return this.#running;
  }

  async #run(queries: Queries): Promise<boolean> {
    try {
      for (let steps = 0; this.#again && steps < STEPS; steps++) {
        this.#again = false;
        const entries = await readEntries(this.#db, this.cursor, STEP);
        if (entries.length === STEP) this.#again = true;
        if (entries.length > 0) await this.#followAll(entries, queries);
      }
      return !this.#again;
    } finally {
      // At once, before any other call can find a run that no longer looks.
      this.#running = undefined;
    }
  }

  async #followAll(entries: readonly LogEntry[], queries: Queries): Promise<void> {
    this.useNames(await readNames(this.#db, await readHead(this.#db)), queries);
    for (const entry of entries) {
      const read = await this.#read(entry).catch((error: unknown) => unreadable(error));
      if (read instanceof Unreadable) this.#sound = false;
      if (!this.#sound && !(await this.#mayTry(entry.number))) continue;
      try {
        if (read instanceof Unreadable) throw read;
        this.#storage.transactionSync(() => this.#step(entry.number, read, queries));
        this.#sound = true;
      } catch (error) {
        this.#noteError(entry.number);
        throw error;
      }
      await failpointAfterWrites("entry.committed", this.#env, this.#storage);
    }
  }

  /**
   * An entry that fails here however often it is tried is passed over, and told of: it must not stop all that come after it. Each
   * try is noted before it begins, so that an entry counts as well that ends the process.
   */
  async #mayTry(entry: number): Promise<boolean> {
    const { tries, errors } = this.#storage.sql
      .exec<{ tries: number; errors: number }>(
        `UPDATE state SET tries = iif(trying = ?1, tries, 0) + 1, errors = iif(trying = ?1, errors, 0), trying = ?1
         RETURNING tries, errors`,
        entry,
      )
      .one();
    if (errors >= ERRORS || tries > TRIES) {
      report("entry.skipped", { entry, tries: tries - 1, errors });
      this.moveTo(entry);
      return false;
    }
    await this.#storage.sync();
    return true;
  }

  #noteError(entry: number): void {
    this.#sound = false;
    this.#storage.sql.exec(
      "UPDATE state SET tries = iif(trying = ?1, tries, 0), errors = iif(trying = ?1, errors, 0) + 1, trying = ?1",
      entry,
    );
  }

  #step(entry: number, { told, change }: Read, queries: Queries): void {
    if (told.kind === "article") this.#matchArticle(told.article, entry, queries);
    else if (told.kind !== "nothing") this.#followUp(told, entry);
    if (change !== undefined) this.#topics.touch(change, entry, queries, Date.now());
    failpoint("entry.matched", this.#env);
    this.moveTo(entry);
  }

  /** Files the queries anew where names have changed since, or their form. A vocabulary that is older than theirs changes nothing. */
  useNames(names: Names, queries: Queries): void {
    const filed = this.#storage.sql
      .exec<{ names: number; filed_by: number }>("SELECT names, filed_by FROM state")
      .one();
    const newest = names.version > queries.names.version ? names : queries.names;
    if (newest === queries.names && filed.names === newest.version && filed.filed_by === FILED_BY) return;
    this.#storage.transactionSync(() => {
      queries.reread(newest, (query, error) => this.#pauseAsking(query, error));
      this.#storage.sql.exec("UPDATE state SET names = ?, filed_by = ?", newest.version, FILED_BY);
    });
  }

  /** Who asks a query that can no longer be read is told so, rather than left to wait. */
  #pauseAsking(query: number, error: unknown): void {
    reportBroken(query, error);
    const because = `its query can no longer be read: ${error instanceof Error ? error.message : error}`;
    for (const alert of this.#registry.asking(query)) this.#registry.pause(alert, because);
    this.#subscriptions.denyAsking(query, because, Date.now());
  }

  async #read({ number, kind, subject, revision }: LogEntry): Promise<Read> {
    if (kind === "name.changed") return NOTHING;
    // Without subscriptions the rest of the record is of no interest.
    const alone = this.#topics.areEmpty();
    if (kind === "article.added" || kind === "article.corrected") {
      const article = await readArticle(this.#db, subject);
      if (article === undefined) return NOTHING;
      const setsOff = article.set_off === number && article.mode === "new";
      const told: Told = setsOff ? { kind: "article", article } : { kind: "nothing" };
      return alone ? { told } : { told, change: await this.#changeByArticle(article, kind) };
    }
    if ((alone && kind === "event.added") || revision === null) return NOTHING;
    return this.#readEvent(kind, subject, revision, alone);
  }

  /** An article stands in the feed of its listing, and as a source in those of its events. */
  async #changeByArticle(article: Article, kind: "article.added" | "article.corrected"): Promise<Change> {
    const ids = article.events.map(({ id }) => id);
    return {
      events: ids.length === 0 ? [] : await readDocuments(this.#db, ids),
      articles: article.mode === "silent" ? [] : [article],
      // Of an article it is not kept what it said before.
      ...(kind === "article.corrected" && { unsure: "articles" }),
    };
  }

  async #readEvent(
    kind: "event.added" | "event.corrected" | "event.retracted",
    id: string,
    revision: number,
    alone: boolean,
  ): Promise<Read> {
    const event = await readEvent(this.#db, id);
    const after = await readRevision(this.#db, id, revision);
    if (event === undefined || after === undefined) return NOTHING;
    const before = revision > 1 ? await readRevision(this.#db, id, revision - 1) : undefined;
    const shown = event.mode !== "silent";
    const change: Change = {
      events: shown ? [after.document, ...(before ? [before.document] : [])] : [],
      articles: [],
      // One that is silent now may have stood in the feeds before.
      ...(!shown && before && { unsure: "events" }),
    };
    const told: Told = kind === "event.added" ? { kind: "nothing" } : await this.#tellEvent(kind, event, after, before);
    return alone ? { told } : { told, change };
  }

  async #tellEvent(
    kind: "event.corrected" | "event.retracted",
    event: Event,
    after: Revision,
    before: Revision | undefined,
  ): Promise<Told> {
    const changed: string[] = before ? changedFields(before.document, after.document) : [];
    if (before?.retracted) changed.push("retracted");
    // What is put on record quietly is corrected quietly; another mode alone is no correction.
    if (kind === "event.corrected" && (event.mode !== "new" || changed.length === 0)) return { kind: "nothing" };
    // Those that this correction takes away as well: who got one of them needs it most.
    const listed = [...(before?.document.articles ?? []), ...after.document.articles];
    const articles = [...new Set([...listed, ...(await readArticleIds(this.#db, event.id))])];
    const told = { event: event.id, revision: after, articles };
    return kind === "event.retracted"
      ? { ...told, kind: "retracted", changed: [] }
      : { ...told, kind: "corrected", changed };
  }

  /** How many alerts an article would be sent to if its entry were the next one. Writes nothing: a query that cannot be run is left for that entry. */
  wouldTell(article: Article, queries: Queries): number {
    const matching = queries.matching(textOf(article, queries), () => {});
    return matching.reduce((sum, { query }) => sum + this.#listening(query, article, NEWEST).length, 0);
  }

  /** The alerts of a query that an article is sent to. One that became new again is not sent to those that have it, by a replay or from before. */
  #listening(query: number, article: Article, entry: number): string[] {
    const alerts = this.#registry.listening(query, entry);
    if (!article.corrected || alerts.length === 0) return alerts;
    const told = new Set(this.#outbox.recipients([article.id], entry).flatMap((group) => group.alerts));
    return alerts.filter((alert) => !told.has(alert));
  }

  #matchArticle(article: Article, entry: number, queries: Queries): void {
    const text = textOf(article, queries);
    const now = Date.now();
    const matching = queries.matching(text, (query, error) => {
      if (error instanceof QueryError) this.#pauseAsking(query, error);
      else reportBroken(query, error);
    });
    for (const { query, found } of matching) {
      const alerts = this.#listening(query, article, entry);
      if (alerts.length === 0) continue;
      const content = articleMatched(article, explain(found, text));
      const notice = this.#outbox.writeNotice(
        { ...content, query: queries.canonical(query), article: article.id },
        now,
      );
      this.#outbox.send(alerts, notice, now);
    }
  }

  /** Corrections and retractions reach whoever got an article of the event. */
  #followUp(
    { kind, event, revision, changed, articles }: Exclude<Told, { kind: "article" | "nothing" }>,
    entry: number,
  ): void {
    const now = Date.now();
    const content =
      kind === "corrected"
        ? eventCorrected(event, revision.document, changed)
        : eventRetracted(event, revision.document, revision.retracted ?? "");
    for (const { query, alerts } of this.#outbox.recipients(articles, entry)) {
      const notice = this.#outbox.writeNotice({ ...content, query }, now);
      // However many it got today: it was told what is wrong now.
      this.#outbox.send(alerts, notice, now, false);
    }
  }
}

/** By the vocabulary of the queries: a registration in between may have brought them a newer one. */
const textOf = (article: Article, queries: Queries): AnalysedText =>
  analyse(articleMatchable(article), queries.names.vocabulary);

const NOTHING: Read = { told: { kind: "nothing" } };

/** What the record says of an entry cannot be understood. */
class Unreadable extends Error {}

/**
 * Of a failed look at the record: what is there, but cannot be understood, since it is no JSON (which SQLite may be the one to say) or has not the
 * shape of what it should be. A record that does not answer is another matter, which time heals: that is thrown on.
 */
function unreadable(error: unknown): Unreadable {
  const misshapen = error instanceof SyntaxError || error instanceof TypeError;
  if (misshapen || (error instanceof Error && /malformed JSON/.test(error.message)))
    return new Unreadable(String(error));
  throw error;
}

/** One line that can be alerted on; the other queries go on. */
function reportBroken(query: number, error: unknown): void {
  report("query.broken", { query, error: String(error) });
}
