/** Finds the alerts that an article or a correction concerns, and gives them their messages. Calls are synchronous. */
import { articleMatched, eventCorrected, eventRetracted } from "../../messages/compose.ts";
import { report } from "../../platform/report.ts";
import { explain } from "../../query/explain.ts";
import { QueryError } from "../../query/grammar.ts";
import { type AnalysedText, analyse } from "../../query/text.ts";
import { type Article, articleMatchable } from "../../record/articles/article.ts";
import { NEWEST } from "../../record/log.ts";
import type { Notices } from "../outbox/notices.ts";
import type { Sender } from "../outbox/sender.ts";
import type { Registry } from "../registry/registry.ts";
import type { FeedAudience } from "./feed-audience.ts";
import type { Queries } from "./queries.ts";
import type { Told } from "./record-change.ts";

export class AlertMatcher {
  readonly #registry: Registry;
  readonly #notices: Notices;
  readonly #sender: Sender;
  readonly #audience: Pick<FeedAudience, "endAsking">;

  constructor(registry: Registry, notices: Notices, sender: Sender, audience: Pick<FeedAudience, "endAsking">) {
    this.#registry = registry;
    this.#notices = notices;
    this.#sender = sender;
    this.#audience = audience;
  }

  /** Sends an article to the alerts whose queries match it. */
  matchArticle(article: Article, entry: number, queries: Queries, now: number): void {
    const text = textOf(article, queries);
    const matching = queries.matching(text, (query, error) => {
      if (error instanceof QueryError) this.pauseAsking(query, error);
      else reportBroken(query, error);
    });
    for (const { query, found } of matching) {
      const alerts = this.#listening(query, article, entry);
      if (alerts.length === 0) continue;
      const content = articleMatched(article, explain(found, text));
      const about = { query: queries.canonical(query), article: article.id };
      const notice = this.#notices.write({ ...content, ...about }, now);
      this.#sender.send(alerts, notice, now);
    }
  }

  /** Counts the alerts that an article would be sent to if its entry were the next one. Writes nothing. */
  countAlertsFor(article: Article, queries: Queries): number {
    // A query that cannot be run is reported when the entry comes.
    const matching = queries.matching(textOf(article, queries), () => {});
    return matching.reduce((sum, { query }) => sum + this.#listening(query, article, NEWEST).length, 0);
  }

  /** Returns the alerts of a query that get an article. An article that becomes new again is not sent to alerts that have it. */
  #listening(query: number, article: Article, entry: number): string[] {
    const alerts = this.#registry.listening(query, entry);
    if (!article.corrected || alerts.length === 0) return alerts;
    const told = new Set(this.#notices.recipients([article.id], entry).flatMap((group) => group.alerts));
    return alerts.filter((alert) => !told.has(alert));
  }

  /** Sends a correction or a retraction to the alerts that got an article of the event. */
  followUp(told: Exclude<Told, { kind: "article" | "nothing" }>, entry: number, now: number): void {
    const { kind, event, revision, changed, articles } = told;
    const content =
      kind === "corrected"
        ? eventCorrected(event, revision.document, changed)
        : eventRetracted(event, revision.document, revision.retracted ?? "");
    for (const { query, alerts } of this.#notices.recipients(articles, entry)) {
      const notice = this.#notices.write({ ...content, query }, now);
      // Whatever the limit of the day: the alert was told something that is wrong now.
      this.#sender.send(alerts, notice, now, false);
    }
  }

  /** Pauses the alerts that ask a query which can no longer be read, and ends the subscriptions, so that their owners learn of it. */
  pauseAsking(query: number, error: unknown): void {
    reportBroken(query, error);
    const because = `its query can no longer be read: ${error instanceof Error ? error.message : error}`;
    this.#registry.pauseAsking(query, because);
    this.#audience.endAsking(query, because, Date.now());
  }
}

/** By the vocabulary of the queries: a registration meanwhile may have brought them a newer one. */
const textOf = (article: Article, queries: Queries): AnalysedText =>
  analyse(articleMatchable(article), queries.names.vocabulary);

/** Reports a query that cannot be run. */
export function reportBroken(query: number, error: unknown): void {
  report("query.broken", { query, error: String(error) });
}
