/** Changes that an alert's owner makes: another query, another channel, paused or active. */
import type { AlertChange } from "../../alerts/alert.ts";
import type { Channel } from "../../channels/channel-kinds.ts";
import type { Receivers } from "../deliver/receivers.ts";
import type { Queries } from "../follow/queries.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Sql } from "../sql.ts";
import type { AlertRow } from "./alert-row.ts";
import { hostOf, type Registry } from "./registry.ts";

export class Changes {
  readonly #sql: Sql;
  readonly #registry: Registry;
  readonly #receivers: Receivers;
  readonly #outbox: Outbox;

  constructor(sql: Sql, registry: Registry, receivers: Receivers, outbox: Outbox) {
    this.#sql = sql;
    this.#registry = registry;
    this.#receivers = receivers;
    this.#outbox = outbox;
  }

  /**
   * Changes an alert. Returns why it cannot be changed so, or undefined. A new channel has to confirm: until then the alert is pending, and what
   * waits is held.
   */
  apply(
    id: string,
    { source, channel, status, origin }: AlertChange,
    queries: Queries,
    now: number,
  ): string | undefined {
    const row = this.#registry.read(id);
    if (row === undefined) return undefined;
    const refusal = status && channel === undefined ? refuseStatus(row, status) : undefined;
    if (refusal) return refusal;
    if (origin !== undefined) this.#sql.run("UPDATE alerts SET origin = ? WHERE id = ?", origin, id);
    if (source !== undefined) {
      this.#sql.run("UPDATE alerts SET query = ? WHERE id = ?", queries.file(source), id);
      queries.removeUnused(row.query);
    }
    if (channel) this.#changeChannel(row, channel, now);
    else if (status === "paused" && row.status === "active") this.#registry.pause(id, "its owner paused it");
    else if (status === "active" && row.status === "paused") this.#resume(row, now);
    return undefined;
  }

  #changeChannel({ id, channel: written, confirmed_at }: AlertRow, channel: Channel, now: number): void {
    const before: Channel = JSON.parse(written);
    this.#sql.run("UPDATE alerts SET channel = ? WHERE id = ?", JSON.stringify(channel), id);
    this.#receivers.callElsewhere(id, hostOf(channel));
    // Only the digest has changed: there is nobody new to ask.
    if (isSameReceiver(channel, before) && confirmed_at !== null) return;
    if (channel.type === "feed") {
      this.#outbox.deliverAll(id);
      this.#registry.activate(id, now);
    } else this.#registry.askToConfirm(id, now);
  }

  /** Sends what a paused alert held. An alert whose channel has never confirmed is asked again. */
  #resume({ id, confirmed_at }: AlertRow, now: number): void {
    if (confirmed_at === null) {
      this.#registry.askToConfirm(id, now);
      return;
    }
    this.#sql.run("UPDATE alerts SET status = 'active', paused_because = NULL WHERE id = ?", id);
    this.#receivers.forgive(id);
    this.#outbox.release(id, now);
  }
}

const hrefOf = (channel: Channel): string | undefined => (channel.type === "feed" ? undefined : channel.url);

const isSameReceiver = (one: Channel, other: Channel): boolean =>
  one.type === other.type && hrefOf(one) === hrefOf(other);

/** Returns why an alert cannot get a status, or undefined. */
function refuseStatus({ status: present }: AlertRow, wanted: "active" | "paused"): string | undefined {
  if (present !== "pending") return undefined;
  return wanted === "active"
    ? "the alert is pending: it becomes active when its channel confirms"
    : "the alert is pending: there is nothing to pause";
}
