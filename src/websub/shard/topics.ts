/** A change of the record → the subscriptions whose topic it changes. Calls are synchronous. */
import { report } from "../../platform/report.ts";
import { analyse } from "../../query/text.ts";
import { articleMatchable } from "../../record/articles/article.ts";
import { eventMatchable } from "../../record/events/event-text.ts";
import type { FeedAudience } from "../../shard/follow/feed-audience.ts";
import type { Queries } from "../../shard/follow/queries.ts";
import type { FeedChange } from "../../shard/follow/record-change.ts";
import type { Sql } from "../../shard/sql.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { Verifications } from "./verifications.ts";

/** The topics of a listing that a change concerns. */
interface ChangedTopics {
  listing: "events" | "articles";
  /** The topics of everything. */
  whole: boolean;
  /** The topics of these queries. */
  queries: number[];
  /** Perhaps any other topic as well. */
  unsure: boolean;
}

export class Topics implements FeedAudience {
  readonly #sql: Sql;
  readonly #subscriptions: Subscriptions;
  readonly #verifications: Pick<Verifications, "endAsking">;

  constructor(sql: Sql, subscriptions: Subscriptions, verifications: Pick<Verifications, "endAsking">) {
    this.#sql = sql;
    this.#subscriptions = subscriptions;
    this.#verifications = verifications;
  }

  isEmpty(): boolean {
    return this.#subscriptions.areNone();
  }

  asks(query: number): boolean {
    return this.#subscriptions.asks(query);
  }

  endAsking(query: number, because: string, now: number): void {
    this.#verifications.endAsking(query, because, now);
  }

  /** Distributes the topics that a log entry changes. A message that still waits for an earlier entry is replaced. */
  announce({ events, articles, unsure }: FeedChange, entry: number, queries: Queries, now: number): void {
    const texts = {
      events: events.map((event) => eventMatchable(event, queries.names)),
      articles: articles.map(articleMatchable),
    };
    for (const listing of ["events", "articles"] as const) {
      if (texts[listing].length === 0 && listing !== unsure) continue;
      const matchable = this.#hasQueries(listing) ? texts[listing] : [];
      const matching = matchable.flatMap((text) =>
        queries.matching(analyse(text, queries.names.vocabulary), (query, error) =>
          report("query.broken", { query, error: String(error) }),
        ),
      );
      const changed: ChangedTopics = {
        listing,
        whole: texts[listing].length > 0,
        queries: matching.map(({ query }) => query),
        unsure: listing === unsure,
      };
      this.#subscriptions.distribute(this.#concerned(changed, entry, now), entry, now);
    }
  }

  /** Returns true if any topic of a listing has a query. */
  #hasQueries(listing: string): boolean {
    return this.#sql.exists("SELECT 1 FROM subscriptions WHERE listing = ? AND query IS NOT NULL LIMIT 1", listing);
  }

  /** An unsure change concerns the subscriptions of which it is known what they have: it is sent only if the content is another by now. */
  #concerned({ listing, whole, queries, unsure }: ChangedTopics, entry: number, now: number): string[] {
    return this.#sql
      .all<{ id: string }>(
        `SELECT s.id FROM (
           SELECT id FROM subscriptions WHERE ?4 AND listing = ?1 AND query IS NULL
           UNION SELECT id FROM subscriptions WHERE listing = ?1 AND query IN (SELECT value FROM json_each(?5))
           UNION SELECT id FROM subscriptions WHERE ?6 AND listing = ?1 AND delivered IS NOT NULL
         ) c JOIN subscriptions s ON s.id = c.id WHERE s.since < ?2 AND s.status <> 'ended' AND s.expires_at > ?3`,
        ...[listing, entry, now, whole ? 1 : 0, JSON.stringify(queries), unsure ? 1 : 0],
      )
      .map(({ id }) => id);
  }
}
