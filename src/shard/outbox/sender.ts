/** Gives alerts their messages: at once or gathered for a digest, and not more than the limit of the day. Calls are synchronous. */
import type { Remarks } from "../../messages/message-schema.ts";
import type { Receivers } from "../deliver/receivers.ts";
import type { Sql } from "../sql.ts";
import type { Gatherings } from "./gatherings.ts";
import type { Outbox } from "./outbox.ts";
import { endOfDay, type Omitted, omittedRemark, type Quotas } from "./quotas.ts";

/** An alert that is to get a message. */
interface Addressee extends Omitted {
  id: string;
  /** Type of its channel; null if the channel is broken. */
  type: string | null;
  digest: string | null;
  status: string;
  /** Messages that it got today. */
  sent: number;
}

const DAY = 24 * 60 * 60 * 1000;
/** Alerts in one statement: their messages are bound as one text, and SQLite in a Durable Object takes at most 2 MB. */
const STEP = 1_000;

export class Sender {
  readonly #sql: Sql;
  readonly #receivers: Receivers;
  readonly #outbox: Outbox;
  readonly #quotas: Quotas;
  readonly #gatherings: Gatherings;

  constructor(sql: Sql, receivers: Receivers, outbox: Outbox, quotas: Quotas, gatherings: Gatherings) {
    this.#sql = sql;
    this.#receivers = receivers;
    this.#outbox = outbox;
    this.#quotas = quotas;
    this.#gatherings = gatherings;
  }

  /**
   * Sends a notice to some alerts. It is held for a pending alert; a feed has it at once; with a digest it is gathered. An alert that has reached
   * the limit of the day gets nothing: its last message says so, and its next one says how many were omitted. What is not `counted` is sent whatever
   * the limit.
   */
  send(alerts: readonly string[], notice: number, now: number, counted = true): void {
    for (let i = 0; i < alerts.length; i += STEP) this.#sendSome(alerts.slice(i, i + STEP), notice, now, counted);
  }

  #sendSome(alerts: readonly string[], notice: number, now: number, counted: boolean): void {
    const limit = counted ? this.#quotas.limit : Number.POSITIVE_INFINITY;
    const addressees = this.#sql.all<Addressee>(
      `SELECT a.id, a.type, a.digest, a.status, iif(q.day = ?2, q.day_count, 0) AS sent, q.omitted, q.omitted_since
       FROM json_each(?1) j JOIN alerts a ON a.id = j.value JOIN quotas q ON q.alert = a.id`,
      ...[JSON.stringify(alerts), Math.floor(now / DAY)],
    );
    const within = addressees.filter(({ sent }) => sent < limit);
    if (within.length < addressees.length)
      this.#quotas.omit(idsOf(addressees.filter(({ sent }) => sent >= limit)), now);
    this.#gather(within, notice, now, limit);
    this.#sendNow(within, notice, now, limit);
    if (counted && within.length > 0) this.#quotas.count(idsOf(within), now);
  }

  #gather(addressees: readonly Addressee[], notice: number, now: number, limit: number): void {
    const gatherings = addressees.flatMap(({ id, digest }) => (digest === null ? [] : [{ alert: id, digest }]));
    if (gatherings.length === 0) return;
    this.#gatherings.add(gatherings, notice, now);
    const last = addressees.filter(({ digest, sent }) => digest !== null && sent + 1 === limit);
    if (last.length > 0) this.#quotas.reachByDigest(idsOf(last), now);
  }

  #sendNow(addressees: readonly Addressee[], notice: number, now: number, limit: number): void {
    const immediate = addressees.filter(({ digest }) => digest === null);
    if (immediate.length === 0) return;
    const messages = immediate.map((addressee) => {
      const omitted = omittedRemark(addressee);
      const remarks: Remarks = {
        ...(addressee.sent + 1 === limit && { limit: this.#quotas.limitRemark(endOfDay(now)) }),
        ...(omitted && { omitted }),
      };
      return { alert: addressee.id, ...stateOf(addressee, now), late: false, remarks };
    });
    this.#outbox.append(messages, notice);
    const omitted = immediate.filter((addressee) => addressee.omitted > 0);
    if (omitted.length > 0) this.#quotas.mentionOmitted(idsOf(omitted));
    const due = messages.flatMap(({ alert, due }) => (due === null ? [] : [alert]));
    if (due.length > 0) this.#receivers.addDue(due, now);
  }

  /** Sends a notice to one alert, whatever the limit of the day. `late`: after new messages. Returns the number of the message. */
  sendOne(alert: string, notice: number, now: number, { late, ...remarks }: Remarks & { late: boolean }): number {
    const row = this.#sql.one<Pick<Addressee, "type" | "status">>(
      "SELECT type, status FROM alerts WHERE id = ?",
      alert,
    );
    const state = stateOf(row, now);
    this.#outbox.append([{ alert, ...state, late, remarks }], notice);
    if (state.due !== null) this.#receivers.schedule(alert);
    return this.#outbox.latest(alert);
  }
}

const idsOf = (addressees: readonly Addressee[]): string[] => addressees.map(({ id }) => id);

/** A feed has a new message at once; for a pending alert it is held. */
function stateOf({ type, status }: Pick<Addressee, "type" | "status">, now: number) {
  const isFeed = type === "feed";
  return { status: isFeed ? "delivered" : "pending", due: isFeed || status === "pending" ? null : now };
}
