/** Messages that the owner of an alert requests: tests, redeliveries, replays. */
import type { ReplayRange } from "../../alerts/alert.ts";
import type { AlertView, Replayed, Sent } from "../../alerts/alert-answers.ts";
import { articleMatched } from "../../messages/compose.ts";
import type { Env } from "../../platform/env.ts";
import { failpoint } from "../../platform/failpoint.ts";
import { readSettings } from "../../platform/settings.ts";
import { asker } from "../../record/search/asker.ts";
import type { Outcome, Refused } from "../calls.ts";
import type { Queries } from "../follow/queries.ts";
import type { Digests } from "./digests.ts";
import type { Notices } from "./notices.ts";
import type { Outbox } from "./outbox.ts";
import type { MessageQueue } from "./queue.ts";
import type { Quotas } from "./quotas.ts";
import { findPast, type Past, refusalOf } from "./replay.ts";
import type { Sender } from "./sender.ts";

/** What requested messages need of their shard. */
export interface RequestedHost {
  env: Env;
  transaction<T>(work: () => T): T;
  /** The alert, if the token is its own. */
  alert(id: string, tokenHash: string): { view: AlertView; query: number } | undefined;
}

/** Maximum messages of an alert that wait when it requests a test or a replay. */
const MOST_WAITING = 1000;
const DAY = 24 * 60 * 60 * 1000;

export class RequestedMessages {
  readonly #host: RequestedHost;
  readonly #outbox: Outbox;
  readonly #queue: MessageQueue;
  readonly #notices: Notices;
  readonly #quotas: Quotas;
  readonly #sender: Sender;
  readonly #digests: Digests;

  constructor(
    host: RequestedHost,
    parts: { outbox: Outbox; queue: MessageQueue; notices: Notices; quotas: Quotas; sender: Sender; digests: Digests },
  ) {
    this.#host = host;
    this.#outbox = parts.outbox;
    this.#queue = parts.queue;
    this.#notices = parts.notices;
    this.#quotas = parts.quotas;
    this.#sender = parts.sender;
    this.#digests = parts.digests;
  }

  redeliver(id: string, tokenHash: string, sequence: number): Outcome<Sent> {
    const alert = this.#host.alert(id, tokenHash)?.view;
    const refused = alert && refusalBy(alert);
    if (alert === undefined || refused) return refused;
    if (alert.channel.type === "feed") {
      return { refused: "the alert is a feed: there is nowhere to deliver to", status: 409 };
    }
    const sent = this.#host.transaction(() => this.#outbox.redeliver({ receiver: id, sequence }, Date.now()));
    if (sent === undefined) return { refused: `there is no message ${sequence}, or none any more`, status: 404 };
    return { sequence, id: sent, status: "pending" };
  }

  sendTest(id: string, tokenHash: string): Outcome<Sent> {
    const alert = this.#host.alert(id, tokenHash)?.view;
    const refused = alert && (refusalBy(alert) ?? this.#refuseMore(id));
    if (alert === undefined || refused) return refused;
    const now = Date.now();
    const sequence = this.#host.transaction(() => {
      this.#quotas.countAsked(id, 1, now);
      const notice = this.#notices.write({ type: "alert.test", query: alert.query, data: {} }, now);
      return this.#sender.sendOne(id, notice, now, { late: false });
    });
    return { sequence, id: `msg_${id}_${sequence}`, status: alert.channel.type === "feed" ? "delivered" : "pending" };
  }

  async replay(id: string, tokenHash: string, range: ReplayRange, queries: Queries): Promise<Outcome<Replayed>> {
    const alert = this.#host.alert(id, tokenHash);
    const refused = alert && (refusalBy(alert.view) ?? this.#refuseMore(id));
    if (alert === undefined || refused) return refused;
    const query = queries.parsed(alert.query);
    const past = await asker.run(id, () => findPast(this.#host.env.DB, queries.names, query, range)).catch(refusalOf);
    if ("refused" in past) return past;
    // During the search, the alert may have been removed or paused.
    const later = this.#host.alert(id, tokenHash)?.view;
    const refusedLater = later && (refusalBy(later) ?? this.#refuseMore(id));
    if (later === undefined || refusedLater) return refusedLater;
    this.#host.transaction(() => this.#writeReplay(later, query.canonical, past.found));
    return { count: past.found.length, complete: past.before === null, before: past.before };
  }

  #writeReplay({ id, channel }: AlertView, query: string, found: Past["found"]): void {
    const now = Date.now();
    this.#quotas.countAsked(id, found.length, now);
    const notices = found.map(({ article, matches }) =>
      this.#notices.write({ ...articleMatched(article, matches), query, article: article.id }, now),
    );
    if (channel.digest) this.#digests.send(id, query, channel.digest, notices, now, { replay: true });
    else for (const notice of notices) this.#sender.sendOne(id, notice, now, { late: true, replay: true });
    failpoint("replay.written", this.#host.env);
  }

  /** Returns why an alert gets no test and no replay now, or undefined. */
  #refuseMore(id: string): Refused | undefined {
    const now = Date.now();
    const { dailyLimit } = readSettings(this.#host.env);
    if (dailyLimit > 0 && this.#quotas.askedToday(id, now) >= dailyLimit) {
      const retryAfter = Math.ceil((DAY - (now % DAY)) / 1000);
      const refused = `${dailyLimit} messages were asked for today by tests and replays; try again in ${retryAfter} seconds`;
      return { refused, status: 429, retryAfter };
    }
    if (this.#queue.countWaitingOf(id) < MOST_WAITING) return undefined;
    const refused = `${MOST_WAITING} messages or more wait to be delivered; ask again when fewer do`;
    return { refused, status: 429, retryAfter: 60 };
  }
}

/** Returns why nothing can be sent to an alert by its state, or undefined. */
function refusalBy({ status, paused_because }: AlertView): Refused | undefined {
  if (status === "active") return undefined;
  const how = status === "pending" ? "has not confirmed yet" : `is paused: ${paused_because}`;
  return { refused: `the alert ${how}`, status: 409 };
}
