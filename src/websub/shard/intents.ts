/**
 * What was asked for a subscription and waits for its callback's word; of several intents the first is verified. Nothing of it is true yet. This
 * module alone reads and writes the table `intents`. Calls are synchronous.
 *
 * Anyone may ask in a subscriber's name. So nobody is refused because others have asked: what is asked a second time joins the intent that
 * already waits. Only topics that are written otherwise than the subscription's own are bounded.
 */
import { randomText } from "../../alerts/alert.ts";
import type { Sql } from "../../shard/sql.ts";

/** A request of a subscriber, or a notice of the hub. */
export interface IntentRequest {
  mode: "subscribe" | "unsubscribe" | "denied";
  /** As it was written. */
  topic: string;
  /** In seconds; null unless the mode is `subscribe`. */
  lease: number | null;
  secret: string | null;
}

export interface Intent extends IntentRequest {
  number: number;
  mode: IntentRequest["mode"];
  challenge: string;
}

/** Maximum intents of one subscription whose topic is written otherwise than its own. */
const MOST_OTHERS = 5;

export class Intents {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Returns all intents of a subscription, in the order in which they were asked. */
  list(id: string): Intent[] {
    return this.#sql.all<Intent>(
      "SELECT number, mode, topic, lease, secret, challenge FROM intents WHERE subscription = ? ORDER BY number",
      id,
    );
  }

  /** Returns the intent that is being verified. */
  first(id: string): Intent | undefined {
    return this.list(id)[0];
  }

  /** Adds what is asked. `isOwn` tells which topics are written as the subscription's own. Returns false if too many others wait. */
  add(id: string, asked: IntentRequest, isOwn: (topic: string) => boolean): boolean {
    const waiting = this.list(id);
    const last = waiting.at(-1);
    if (last !== undefined && isSame(last, asked)) return true;
    // The first may be under way: what the callback answers to it says nothing of what is asked now.
    const like = waiting.slice(1).find(({ mode, topic }) => mode === asked.mode && topic === asked.topic);
    if (like !== undefined) {
      this.#sql.run(
        "UPDATE intents SET lease = max(lease, ?) WHERE subscription = ? AND number = ?",
        ...[asked.lease, id, like.number],
      );
      return true;
    }
    if (!isOwn(asked.topic) && waiting.filter(({ topic }) => !isOwn(topic)).length >= MOST_OTHERS) return false;
    const { mode, topic, lease, secret } = asked;
    this.#sql.run(
      "INSERT INTO intents (subscription, number, mode, topic, lease, secret, challenge) VALUES (?, ?, ?, ?, ?, ?, ?)",
      ...[id, (last?.number ?? 0) + 1, mode, topic, lease, secret, randomText(32)],
    );
    return true;
  }

  forget(id: string, { number }: Intent): void {
    this.#sql.run("DELETE FROM intents WHERE subscription = ? AND number = ?", id, number);
  }

  forgetAll(id: string): void {
    this.#sql.run("DELETE FROM intents WHERE subscription = ?", id);
  }
}

const isSame = (one: IntentRequest, other: IntentRequest): boolean =>
  one.mode === other.mode && one.topic === other.topic && one.lease === other.lease && one.secret === other.secret;
