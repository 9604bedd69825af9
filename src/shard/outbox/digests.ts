/** Digests: what was gathered for an alert becomes a message, or as many as it needs. */
import type { Channel } from "../../channels/channel-kinds.ts";
import { makeDigestItem, makeDigests } from "../../messages/compose.ts";
import type { Digest, DigestItem, Remarks } from "../../messages/message-schema.ts";
import { inLog, report } from "../../platform/report.ts";
import type { ScheduledPart } from "../part.ts";
import type { Sql } from "../sql.ts";
import type { Gatherings } from "./gatherings.ts";
import type { Notice, Notices } from "./notices.ts";
import { type Omitted, omittedRemark, type Quotas } from "./quotas.ts";
import type { Sender } from "./sender.ts";

/** What digests need of their shard. */
export interface DigestsHost {
  transaction<T>(work: () => T): T;
  /** Starts the requests of messages that are due. */
  dispatch(): Promise<void>;
}

interface DueRow extends Omitted {
  query: string;
  channel: string;
  limit_until: number | null;
}

const HOUR = 60 * 60 * 1000;
/** Digests that are written before their requests leave, and other calls get their turn. */
const STEP = 10;

export class Digests implements ScheduledPart {
  readonly retryAfter = 1_000;
  readonly #sql: Sql;
  readonly #host: DigestsHost;
  readonly #notices: Notices;
  readonly #gatherings: Gatherings;
  readonly #quotas: Quotas;
  readonly #sender: Sender;

  constructor(
    sql: Sql,
    host: DigestsHost,
    {
      notices,
      gatherings,
      quotas,
      sender,
    }: { notices: Notices; gatherings: Gatherings; quotas: Quotas; sender: Sender },
  ) {
    this.#sql = sql;
    this.#host = host;
    this.#notices = notices;
    this.#gatherings = gatherings;
    this.#quotas = quotas;
    this.#sender = sender;
  }

  nextWake(): number | undefined {
    return this.#gatherings.next();
  }

  /** Sends all digests that are due. */
  async run(): Promise<void> {
    const now = Date.now();
    const due = () => this.#gatherings.due(now, STEP);
    for (let alerts = due(); alerts.length > 0; alerts = due()) {
      for (const alert of alerts) this.#flushOrPostpone(alert, now);
      await this.#host.dispatch();
    }
  }

  /** A digest that cannot be made now is tried again in an hour, and keeps no other waiting. */
  #flushOrPostpone(alert: string, now: number): void {
    try {
      this.#host.transaction(() => this.#flush(alert, now));
    } catch (error) {
      report("delivery.fault", { alert, error: inLog(error) });
      this.#gatherings.postpone(alert, now + HOUR);
    }
  }

  /** Sends what is gathered for an alert. */
  #flush(alert: string, now: number): void {
    const row = this.#sql.one<DueRow>(
      `SELECT n.canonical AS query, a.channel, q.omitted, q.omitted_since, q.limit_until
       FROM alerts a JOIN queries n ON n.number = a.query JOIN quotas q ON q.alert = a.id WHERE a.id = ?`,
      alert,
    );
    // The channel may have lost its digest since: what was gathered is sent all the same.
    const { digest = "daily" }: Channel = JSON.parse(row.channel);
    const omitted = omittedRemark(row);
    const sent = this.send(alert, row.query, digest, this.#gatherings.waiting(alert), now, {
      ...(omitted && { omitted }),
      ...(row.limit_until !== null && { limit: this.#quotas.limitRemark(row.limit_until) }),
    });
    this.#gatherings.finish(alert);
    // If nothing could be read, the next message has these remarks.
    if (sent) this.#quotas.mentionAll(alert);
  }

  /**
   * Sends notices to an alert as a digest of one or more messages. The last one says that the limit is reached. The omitted matches are mentioned
   * where they belong by their time: before the first item, or after the last. Returns false if there was nothing to send.
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
    const mentioning = omitted !== undefined && omitted.since <= first ? 0 : last;
    let told = 0;
    for (const [i, data] of parts.entries()) {
      const notice: Notice = { type: "alert.digest", query, data };
      const sequence = this.#sender.sendOne(alert, this.#notices.write(notice, now), now, {
        late: false,
        ...remarks,
        ...(i === mentioning && omitted && { omitted }),
        ...(i === last && limit && { limit }),
      });
      for (const { notice } of items.slice(told, told + data.items.length))
        this.#gatherings.tell(alert, notice, sequence);
      told += data.items.length;
    }
    return parts.length > 0;
  }

  /** Returns an item of a digest. A broken one is left out and reported, so that the others are not lost with it. */
  #readable(alert: string, notice: number): { notice: number; item: DigestItem }[] {
    try {
      return [{ notice, item: this.#item(notice) }];
    } catch (error) {
      report("delivery.fault", { alert, notice, error: String(error) });
      this.#gatherings.drop(alert, notice);
      return [];
    }
  }

  #item(notice: number): DigestItem {
    const statement = "SELECT type, at, data FROM notices WHERE number = ?";
    return makeDigestItem(this.#sql.one<{ type: string; at: number; data: string }>(statement, notice));
  }
}
