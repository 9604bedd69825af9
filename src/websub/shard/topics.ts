/** A change of the record → the subscriptions whose topic it changes, each with a message that waits. All calls are synchronous. */

import { report } from "../../platform/report.ts";
import { analyse } from "../../query/text.ts";
import { type Article, articleMatchable } from "../../record/articles/article.ts";
import type { EventDocument } from "../../record/events/event.ts";
import { eventMatchable } from "../../record/events/events.ts";
import type { Queries } from "../../shard/follow/queries.ts";
import { FIRST_DUE, type Outbox } from "../../shard/outbox/outbox.ts";
import { DISTRIBUTION } from "./subscriptions.ts";

type Listing = "events" | "articles";

/** What a log entry changes in the feeds. */
export interface Change {
  /** The events as they are, and as they were before. */
  events: EventDocument[];
  /** The article as it is. */
  articles: Article[];
  /** What was there before is not known: it may as well have stood in any feed of this listing. */
  unsure?: Listing;
}

/** Which topics of a listing it changes. */
interface Changed {
  listing: Listing;
  /** Those of everything. */
  whole: boolean;
  /** Those of these queries, by number. */
  queries: number[];
  /** Perhaps any other. */
  unsure: boolean;
}

export class Topics {
  readonly #sql: SqlStorage;
  readonly #outbox: Outbox;

  constructor(sql: SqlStorage, outbox: Outbox) {
    this.#sql = sql;
    this.#outbox = outbox;
  }

  /** Whether nobody subscribed to any. */
  areEmpty(): boolean {
    return this.#sql.exec("SELECT 1 FROM subscriptions LIMIT 1").toArray().length === 0;
  }

  /** A log entry is to be brought to those whose topic it changes. What still waits of an earlier one is replaced. */
  touch({ events, articles, unsure }: Change, entry: number, queries: Queries, now: number): void {
    const texts = {
      events: events.map((event) => eventMatchable(event, queries.names)),
      articles: articles.map(articleMatchable),
    };
    for (const listing of ["events", "articles"] as const) {
      if (texts[listing].length === 0 && listing !== unsure) continue;
      const matchable = this.#hasFilters(listing) ? texts[listing] : [];
      const matching = matchable.flatMap((text) =>
        queries.matching(analyse(text, queries.names.vocabulary), (query, error) =>
          report("query.broken", { query, error: String(error) }),
        ),
      );
      const changed = {
        listing,
        whole: texts[listing].length > 0,
        queries: matching.map(({ query }) => query),
        unsure: listing === unsure,
      };
      this.distribute(this.#concerned(changed, entry, now), entry, now);
    }
  }

  /** Whether any topic of a listing has a query: else there is nothing to match. */
  #hasFilters(listing: Listing): boolean {
    const found = this.#sql.exec(
      "SELECT 1 FROM subscriptions WHERE listing = ? AND query IS NOT NULL LIMIT 1",
      listing,
    );
    return found.toArray().length > 0;
  }

  /** Whose topic changes. Where that is not sure, those of which is known what they have: it is sent only if it is another by now. */
  #concerned({ listing, whole, queries, unsure }: Changed, entry: number, now: number): string[] {
    return this.#sql
      .exec<{ id: string }>(
        `SELECT s.id FROM (
           SELECT id FROM subscriptions WHERE ?4 AND listing = ?1 AND query IS NULL
           UNION SELECT id FROM subscriptions WHERE listing = ?1 AND query IN (SELECT value FROM json_each(?5))
           UNION SELECT id FROM subscriptions WHERE ?6 AND listing = ?1 AND delivered IS NOT NULL
         ) s JOIN alerts a ON a.id = s.id WHERE a.since < ?2 AND a.status <> 'paused' AND a.expires_at > ?3`,
        ...[listing, entry, now, whole ? 1 : 0, JSON.stringify(queries), unsure ? 1 : 0],
      )
      .toArray()
      .map(({ id }) => id);
  }

  /**
   * Gives subscriptions the message that brings their topic as it is at an entry or later, held while they are pending. One that replaces a
   * message whose last attempt failed goes on with the schedule of that one: else a callback that fails would be called at every change.
   */
  distribute(ids: readonly string[], entry: number, now: number): void {
    if (ids.length === 0) return;
    const notice = this.#outbox.writeNotice({ type: "hub.distribute", query: "", data: {} }, now);
    const listed = JSON.stringify(ids);
    const these = "IN (SELECT value FROM json_each(?1))";
    this.#sql.exec(`UPDATE subscriptions SET entry = ?2 WHERE id ${these}`, listed, entry);
    this.#sql.exec(`DELETE FROM attempts WHERE sequence = ?2 AND alert ${these}`, listed, DISTRIBUTION);
    // Under another id than what it replaces, so that nothing which becomes of that one is taken for the new one's.
    this.#sql.exec(
      `INSERT OR REPLACE INTO messages (alert, sequence, id, notice, status, next_attempt_at, tries, late)
       SELECT a.id, ?2, 'push_' || a.id || '_' || ?3, ?4, 'pending',
         iif(a.status = 'pending', NULL, iif(m.tries > 0, max(coalesce(m.next_attempt_at, ?5), ?5), ?5)),
         coalesce(m.tries, 0), coalesce(m.late, 0)
       FROM alerts a LEFT JOIN messages m ON m.alert = a.id AND m.sequence = ?2 AND m.status = 'pending'
       WHERE a.id ${these}`,
      ...[listed, DISTRIBUTION, String(entry), notice, now],
    );
    this.#sql.exec(
      `UPDATE alerts SET due_at = max(${FIRST_DUE}, rest_until) WHERE id ${these} AND status = 'active'`,
      listed,
    );
  }
}
