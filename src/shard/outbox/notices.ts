/** What several messages have in common. This class alone writes the table `notices`. */
import type { MessageContent } from "../../messages/message-schema.ts";
import type { Sql } from "../sql.ts";

/** `hub.…`: a request to the callback of a WebSub subscription. Its content is made when it is sent. */
export type Notice = (MessageContent | { type: `hub.${string}`; data: object }) & {
  /** Canonical; empty if the receivers are no alerts. */
  query: string;
  /** The article that the notice is about, so that corrections reach the same alerts. */
  article?: string;
};

/** SQL: no message and no digest holds the notice. */
const UNREFERENCED = `NOT EXISTS (SELECT 1 FROM messages WHERE notice = notices.number)
  AND NOT EXISTS (SELECT 1 FROM gathered WHERE notice = notices.number)`;

export class Notices {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Adds a notice. Returns its number. */
  write({ type, query, article, data }: Notice, now: number): number {
    return this.#sql.one<{ number: number }>(
      "INSERT INTO notices (type, at, query, article, data) VALUES (?, ?, ?, ?, ?) RETURNING number",
      ...[type, now, query, article ?? null, JSON.stringify(data)],
    ).number;
  }

  /** Returns the number of the first notice since a time. Notices are numbered in the order of their times. */
  firstSince(at: number): number {
    const row = this.#sql.first<{ number: number }>(
      "SELECT number FROM notices WHERE at >= ? ORDER BY number LIMIT 1",
      at,
    );
    return row?.number ?? Number.MAX_SAFE_INTEGER;
  }

  /**
   * Returns the alerts that were sent any of some articles, by the query that found it for them. Paused alerts are left out, and those that do
   * not see the log entry.
   */
  recipients(articles: readonly string[], entry: number): { query: string; alerts: string[] }[] {
    const rows = this.#sql.all<{ query: string; alert: string }>(
      `SELECT min(sent.query) AS query, sent.alert FROM (
         SELECT n.query, m.receiver AS alert FROM notices n JOIN messages m ON m.notice = n.number
           WHERE n.article IN (SELECT value FROM json_each(?1))
         UNION ALL SELECT n.query, g.alert FROM notices n JOIN gathered g ON g.notice = n.number
           WHERE n.article IN (SELECT value FROM json_each(?1))
       ) sent JOIN alerts a ON a.id = sent.alert WHERE a.since < ?2 AND a.status <> 'paused' GROUP BY sent.alert`,
      ...[JSON.stringify(articles), entry],
    );
    const byQuery = Map.groupBy(rows, ({ query }) => query);
    return [...byQuery].map(([query, group]) => ({ query, alerts: group.map(({ alert }) => alert) }));
  }

  /** Deletes the notices before a number that nothing holds. */
  removeBefore(number: number): void {
    this.#sql.run(`DELETE FROM notices WHERE number < ? AND ${UNREFERENCED}`, number);
  }

  /** Deletes those of some notices that nothing holds. */
  removeUnused(numbers: readonly number[]): void {
    this.#sql.run(
      `DELETE FROM notices WHERE number IN (SELECT value FROM json_each(?)) AND ${UNREFERENCED}`,
      JSON.stringify([...new Set(numbers)]),
    );
  }
}
