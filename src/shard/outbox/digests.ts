/** Digests: what was gathered for an alert becomes a message, or as many as it needs. All calls are synchronous. */
import type { Channel } from "../../channels/channel-kinds.ts";
import { makeDigestItem, makeDigests } from "../../messages/compose.ts";
import type { Digest, DigestItem, Remarks } from "../../messages/message-schema.ts";
import { report } from "../../platform/report.ts";
import type { Notice, Outbox } from "./outbox.ts";

const HOUR = 60 * 60 * 1000;

interface DueRow {
  [column: string]: SqlStorageValue;
  alert: string;
  query: string;
  channel: string;
  omitted: number;
  omitted_since: number | null;
  limit_until: number | null;
}

export class Digests {
  readonly #sql: SqlStorage;
  readonly #outbox: Outbox;

  constructor(sql: SqlStorage, outbox: Outbox) {
    this.#sql = sql;
    this.#outbox = outbox;
  }

  /** When the next digest is to be sent, or undefined. */
  next(): number | undefined {
    return (
      this.#sql
        .exec<{ at: number | null }>(
          "SELECT min(digest_at) AS at FROM alerts WHERE digest_at IS NOT NULL AND status = 'active'",
        )
        .one().at ?? undefined
    );
  }

  /** Some of the alerts whose digest is due. */
  due(now: number): string[] {
    return this.#sql
      .exec<{ id: string }>("SELECT id FROM alerts WHERE digest_at <= ? AND status = 'active' LIMIT 10", now)
      .toArray()
      .map(({ id }) => id);
  }

  /** Sends what is gathered for an alert. */
  flush(alert: string, now: number): void {
    const { query, channel, omitted, omitted_since, limit_until } = this.#sql
      .exec<DueRow>(
        `SELECT a.id AS alert, q.canonical AS query, a.channel, a.omitted, a.omitted_since, a.limit_until
         FROM alerts a JOIN queries q ON q.number = a.query WHERE a.id = ?`,
        alert,
      )
      .one();
    const notices = this.#sql
      .exec<{ notice: number }>(
        "SELECT notice FROM gathered WHERE alert = ? AND sequence IS NULL ORDER BY notice",
        alert,
      )
      .toArray()
      .map(({ notice }) => notice);
    // The channel may have lost its digest since: what was gathered goes out all the same.
    const { digest = "daily" }: Channel = JSON.parse(channel);
    const since = omitted > 0 ? omitted_since : null;
    const sent = this.send(alert, query, digest, notices, now, {
      ...(since !== null && { omitted: { count: omitted, since: new Date(since).toISOString() } }),
      ...(limit_until !== null && { limit: this.#outbox.limitUntil(limit_until) }),
    });
    this.#sql.exec("UPDATE alerts SET digest_at = NULL WHERE id = ?", alert);
    // Where nothing of it could be read, the next message says the rest.
    if (!sent) return;
    this.#sql.exec("UPDATE alerts SET omitted = 0, omitted_since = NULL, limit_until = NULL WHERE id = ?", alert);
  }

  /**
   * Sends some notices to an alert as a digest. Of its parts the last one says that the limit is reached. What was omitted is told where it
   * belongs by its time: before the first item, or after the last. Returns false where there was nothing to send.
   */
  send(
    alert: string,
    query: string,
    digest: Digest["digest"],
    notices: readonly number[],
    now: number,
    { omitted, limit, ...remarks }: Remarks,
  ): boolean {
    const items = notices.flatMap((notice) => this.#readable(alert, notice));
    const parts = makeDigests(
      digest,
      items.map(({ item }) => item),
    );
    const last = parts.length - 1;
    const first = items[0]?.item.timestamp ?? "";
    const telling = omitted !== undefined && omitted.since <= first ? 0 : last;
    let told = 0;
    for (const [i, data] of parts.entries()) {
      const notice: Notice = { type: "alert.digest", query, data };
      const sequence = this.#outbox.sendOne(alert, this.#outbox.writeNotice(notice, now), now, {
        late: false,
        ...remarks,
        ...(i === telling && omitted && { omitted }),
        ...(i === last && limit && { limit }),
      });
      for (const { notice: gathered } of items.slice(told, told + data.items.length)) {
        this.#sql.exec(
          "INSERT OR REPLACE INTO gathered (alert, notice, sequence) VALUES (?, ?, ?)",
          alert,
          gathered,
          sequence,
        );
      }
      told += data.items.length;
    }
    return parts.length > 0;
  }

  /** What cannot be made now waits for another hour, and keeps no other alert waiting. */
  postpone(alert: string, now: number): void {
    this.#sql.exec("UPDATE alerts SET digest_at = ? WHERE id = ?", now + HOUR, alert);
  }

  /** An item for a digest. One that cannot be read is left out, and told of: the others must not be lost with it. */
  #readable(alert: string, notice: number): { notice: number; item: DigestItem }[] {
    try {
      return [{ notice, item: this.#item(notice) }];
    } catch (error) {
      report("delivery.fault", { alert, notice, error: String(error) });
      this.#sql.exec("DELETE FROM gathered WHERE alert = ? AND notice = ?", alert, notice);
      return [];
    }
  }

  #item(notice: number): DigestItem {
    const row = this.#sql
      .exec<{ type: string; at: number; data: string }>("SELECT type, at, data FROM notices WHERE number = ?", notice)
      .one();
    return makeDigestItem(row);
  }
}
