/**
 * A shard follows the log: what an entry means for its alerts. The messages that an entry causes and the step of the cursor are
 * written in one transaction, so that each entry is answered exactly once, whenever the process is killed.
 */
import { explain } from "../query/explain.ts";
import { analyse } from "../query/text.ts";
import { type Article, articleMatchable } from "../record/article.ts";
import { readArticle, readArticlesOf } from "../record/articles.ts";
import { changedFields, type EventDocument } from "../record/event.ts";
import { readEvent, readRevision, type SourcedEvent } from "../record/events.ts";
import { type LogEntry, readEntries, readHead } from "../record/log.ts";
import { type Names, readNames } from "../record/names.ts";
import { fitMatched } from "./message.ts";
import type { Outbox } from "./outbox.ts";
import type { Queries } from "./queries.ts";
import type { Registry } from "./registry.ts";

/** What a log entry tells, read from the record before the transaction begins. */
type Told =
  | { kind: "article"; article: Article }
  | {
      kind: "corrected" | "retracted";
      event: SourcedEvent;
      revision: EventDocument;
      changed: string[];
      articles: string[];
    }
  | { kind: "nothing" };

/** Entries read from the record in one go. */
const STEP = 10;

export class Follower {
  readonly #db: D1Database;
  readonly #storage: DurableObjectStorage;
  readonly #registry: Registry;
  readonly #outbox: Outbox;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(db: D1Database, storage: DurableObjectStorage, registry: Registry, outbox: Outbox) {
    this.#db = db;
    this.#storage = storage;
    this.#registry = registry;
    this.#outbox = outbox;
  }

  get cursor(): number {
    return this.#storage.sql.exec<{ cursor: number }>("SELECT cursor FROM state").one().cursor;
  }

  /** A shard without alerts has nothing to catch up with. */
  skipTo(entry: number): void {
    this.#storage.sql.exec("UPDATE state SET cursor = max(cursor, ?)", entry);
  }

  /** Follows the log to its end. Calls while it runs make it look once more; all wait for the end. */
  catchUp(queries: Queries): Promise<void> {
    this.#again = true;
    this.#running ??= this.#run(queries);
    return this.#running;
  }

  async #run(queries: Queries): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        const entries = await readEntries(this.#db, this.cursor, STEP);
        if (entries.length === STEP) this.#again = true;
        if (entries.length > 0) await this.#followAll(entries, queries);
      }
    } finally {
      // At once, before any other call can find a run that no longer looks.
      this.#running = undefined;
    }
  }

  async #followAll(entries: readonly LogEntry[], queries: Queries): Promise<void> {
    this.useNames(await readNames(this.#db, await readHead(this.#db)), queries);
    for (const entry of entries) {
      const told = await this.#tell(entry);
      this.#storage.transactionSync(() => {
        if (told.kind === "article") this.#matchArticle(told.article, entry.number, queries);
        else if (told.kind !== "nothing") this.#followUp(told, entry.number);
        this.#storage.sql.exec("UPDATE state SET cursor = ?", entry.number);
      });
    }
  }

  /** Files the queries by another vocabulary, where names have changed since. One that is older than theirs changes nothing. */
  useNames(names: Names, queries: Queries): void {
    const { names: filed } = this.#storage.sql.exec<{ names: number }>("SELECT names FROM state").one();
    if (names.version <= queries.version && filed === queries.version) return;
    this.#storage.transactionSync(() => {
      queries.reread(names, reportBroken);
      this.#storage.sql.exec("UPDATE state SET names = ?", names.version);
    });
  }

  async #tell({ kind, subject, revision }: LogEntry): Promise<Told> {
    if (kind === "article.added") {
      const article = await readArticle(this.#db, subject);
      return article?.mode === "new" ? { kind: "article", article } : { kind: "nothing" };
    }
    if (kind !== "event.corrected" && kind !== "event.retracted") return { kind: "nothing" };
    const event = await readEvent(this.#db, subject);
    if (event === undefined || revision === null) return { kind: "nothing" };
    const [before, after] = [
      await readRevision(this.#db, subject, revision - 1),
      await readRevision(this.#db, subject, revision),
    ];
    if (after === undefined) return { kind: "nothing" };
    const articles = (await readArticlesOf(this.#db, subject, [])).map(({ article }) => article.id);
    const changed = before ? changedFields(before, after) : [];
    return { kind: kind === "event.corrected" ? "corrected" : "retracted", event, revision: after, changed, articles };
  }

  #matchArticle(article: Article, entry: number, queries: Queries): void {
    // By the vocabulary of the queries: a registration in between may have brought them a newer one.
    const text = analyse(articleMatchable(article), queries.vocabulary);
    const now = Date.now();
    for (const { query, found } of queries.percolator.match(text, reportBroken)) {
      const alerts = this.#registry.listening(query, entry);
      if (alerts.length === 0) continue;
      const data = fitMatched({ ...toldArticle(article), matches: explain(found, text) });
      const notice = this.#outbox.writeNotice(
        { type: "article.matched", query: queries.canonical(query), article: article.id, data },
        now,
      );
      for (const alert of alerts) this.#outbox.send(alert, notice, now);
    }
  }

  /** Corrections and retractions reach whoever got an article of the event. */
  #followUp(
    { kind, event, revision, changed, articles }: Exclude<Told, { kind: "article" | "nothing" }>,
    entry: number,
  ): void {
    const now = Date.now();
    const { date, title, summary } = revision;
    const more = kind === "corrected" ? { changed } : { reason: event.retracted };
    const data = { event: { id: event.id, date, title, summary }, ...more };
    for (const { query, alerts } of this.#outbox.recipients(articles, entry)) {
      const notice = this.#outbox.writeNotice({ type: `event.${kind}`, query, data }, now);
      for (const alert of alerts) this.#outbox.send(alert, notice, now);
    }
  }
}

/** What a message tells of an article: never its text. */
function toldArticle({ id, url, title, publisher, published_at, language, summary, events }: Article) {
  return {
    article: { id, url, title, publisher, published_at, language, summary },
    events: events.map((event) => ({ id: event.id, date: event.date, title: event.title })),
  };
}

/** One line that can be alerted on; the other queries go on. */
function reportBroken(query: number, error: unknown): void {
  console.error(JSON.stringify({ level: "error", event: "query.broken", query, error: String(error) }));
}
