/**
 * The outbox of a shard: every message of its alerts, numbered 1, 2, 3 … for each alert, and what became of it. All calls are
 * synchronous, so that a caller can put several into one transaction.
 */

import type { Delivery, HubRequestType, WebSubChannel } from "../../alerts/alert.ts";
import type { CalledChannel, Channel } from "../../channels/channel-kinds.ts";
import type { Attempt } from "../../delivery/attempt.ts";
import { type AttemptVerdict, MAX_RETRY_AFTER } from "../../delivery/retry-schedule.ts";
import { damagedMessage, type MessageParts, makeMessage } from "../../messages/compose.ts";
import type { ListedMessage, MessageContent, MessageType, Remarks } from "../../messages/message-schema.ts";
import type { Lane } from "../deliver/lanes.ts";
import { latestDoubt, type Manner, mannerAfter, restAfter, turnOf } from "../deliver/receiver-pace.ts";

/** Number 0 of an alert is its confirmation. */
export const CONFIRMATION = 0;

export interface Key {
  alert: string;
  sequence: number;
}

/** A message whose turn it is. */
export interface Waiting extends Key {
  id: string;
  /** Attempts since its schedule began. */
  tries: number;
  /** It was tried before, or is a repetition or a replay. */
  late: boolean;
}

/** A message on its way: all that an attempt needs. */
export interface Outgoing extends MessageParts {
  id: string;
  channel: Channel | WebSubChannel;
  /** The present secret first, then those that still sign beside it. */
  secrets: string[];
  challenge: string | null;
}

/** What several messages, or requests of the hub, have in common. */
export type Notice = (MessageContent | { type: HubRequestType; data: object }) & {
  /** In canonical form; empty for requests of the hub. */
  query: string;
  /** The article that it is about, so that corrections can follow it. */
  article?: string;
};

/** How an attempt leaves its alert. */
export interface AlertAfter {
  /** Since when nothing but failures came of its messages, in milliseconds of Unix time; null: something arrived. */
  failingSince: number | null;
}

/** All that is known of a message and of its alert. */
export interface MessageRow {
  [column: string]: SqlStorageValue;
  alert: string;
  sequence: number;
  id: string;
  status: string;
  tries: number;
  next_attempt_at: number | null;
  remarks: string | null;
  type: string;
  at: number;
  query: string;
  data: string;
  channel: string;
  secret: string;
  old_secrets: string;
  origin: string;
  challenge: string | null;
}

const COLUMNS = `m.alert, m.sequence, m.id, m.status, m.tries, m.next_attempt_at, m.remarks, n.type, n.at, n.query, n.data,
  a.channel, a.secret, a.old_secrets, a.origin, a.challenge`;
const SELECT = `SELECT ${COLUMNS} FROM messages m JOIN notices n ON n.number = m.notice JOIN alerts a ON a.id = m.alert`;
/** What is missing beside a message is null: it has its turn all the same, and ends by it. */
const NEXT = `SELECT ${COLUMNS}
  FROM messages m INDEXED BY messages_due LEFT JOIN notices n ON n.number = m.notice LEFT JOIN alerts a ON a.id = m.alert
  WHERE m.alert = ? AND m.late = ? AND m.next_attempt_at <= ? ORDER BY m.next_attempt_at, m.sequence LIMIT 1`;

const DAY = 24 * 60 * 60 * 1000;
/** Attempts kept of one message: of one that is sent again and again the last ones. */
const ATTEMPTS_KEPT = 25;

/** SQL: when the first message of an alert is due. */
export const FIRST_DUE = `(SELECT min(at) FROM (
  SELECT min(next_attempt_at) AS at FROM messages INDEXED BY messages_due
    WHERE alert = alerts.id AND late = 0 AND next_attempt_at IS NOT NULL
  UNION ALL SELECT min(next_attempt_at) FROM messages INDEXED BY messages_due
    WHERE alert = alerts.id AND late = 1 AND next_attempt_at IS NOT NULL))`;

/** SQL: a property of a channel. One that cannot be read has none, lest it stop the messages to all other alerts. */
const CHANNEL = (property: string): string => `iif(json_valid(channel), channel ->> '${property}', NULL)`;
const IS_FEED = `coalesce(${CHANNEL("type")} = 'feed', 0)`;

export class Outbox {
  readonly #sql: SqlStorage;
  /** Messages that one alert gets in a day (UTC); 0 is no bound. */
  readonly #dailyLimit: number;

  constructor(sql: SqlStorage, dailyLimit: number) {
    this.#sql = sql;
    this.#dailyLimit = dailyLimit;
  }

  /** Writes what messages to several alerts will say; `send` addresses it. */
  writeNotice({ type, query, article, data }: Notice, now: number): number {
    return this.#sql
      .exec<{ number: number }>(
        "INSERT INTO notices (type, at, query, article, data) VALUES (?, ?, ?, ?, ?) RETURNING number",
        ...[type, now, query, article ?? null, JSON.stringify(data)],
      )
      .one().number;
  }

  /**
   * Gives each of some alerts a message that is due at once; held while the alert is pending; of a feed, there is nothing to send.
   * Where a digest is asked for, it is gathered. An alert that has had its messages of the day gets no more until the next: the last one
   * says so, and the next one how many were left out. What is not `counted` is sent whatever the limit.
   */
  send(alerts: readonly string[], notice: number, now: number, counted = true): void {
    const today = Math.floor(now / DAY);
    const bound = {
      today,
      until: (today + 1) * DAY,
      limit: counted && this.#dailyLimit > 0 ? this.#dailyLimit : Number.MAX_SAFE_INTEGER,
      step: counted ? 1 : 0,
    };
    const listed = JSON.stringify(alerts);
    const these = "id IN (SELECT value FROM json_each(?1))";
    this.#sql.exec(`UPDATE alerts SET day = ?2, day_count = 0 WHERE ${these} AND day <> ?2`, listed, bound.today);
    this.#sql.exec(
      `UPDATE alerts SET omitted = omitted + 1, omitted_since = coalesce(omitted_since, ?2) WHERE ${these} AND day_count >= ?3`,
      ...[listed, now, bound.limit],
    );
    this.#gather(these, listed, notice, now, bound);
    const immediate = `day_count < ?2 AND ${CHANNEL("digest")} IS NULL`;
    this.#sql.exec(
      `INSERT INTO messages (alert, sequence, id, notice, status, next_attempt_at, remarks)
       SELECT id, latest + 1, 'msg_' || id || '_' || (latest + 1), ?3, iif(${IS_FEED}, 'delivered', 'pending'),
         iif(${IS_FEED} OR status = 'pending', NULL, ?4),
         nullif(json_patch(
           iif(day_count + 1 = ?2, json_object('limit', json_object('per_day', ?2, 'until', ${ISO("?5")})), '{}'),
           iif(omitted > 0, json_object('omitted', json_object('count', omitted, 'since', ${ISO("omitted_since")})), '{}')
         ), '{}')
       FROM alerts WHERE ${these} AND ${immediate}`,
      ...[listed, bound.limit, notice, now, bound.until],
    );
    this.#sql.exec(
      `UPDATE alerts SET latest = latest + 1, day_count = day_count + ?4, omitted = 0, omitted_since = NULL,
         due_at = iif(${IS_FEED} OR status = 'pending', due_at, max(min(coalesce(due_at, ?3), ?3), rest_until))
       WHERE ${these} AND ${immediate}`,
      ...[listed, bound.limit, now, bound.step],
    );
  }

  /** What a digest will tell waits for it: the hour or the day (UTC) in which the first match came has to end. */
  #gather(
    these: string,
    listed: string,
    notice: number,
    now: number,
    { limit, step, until }: { limit: number; step: number; until: number },
  ): void {
    const gathers = `day_count < ?2 AND ${CHANNEL("digest")} IS NOT NULL`;
    this.#sql.exec(
      `INSERT OR IGNORE INTO gathered (alert, notice) SELECT id, ?3 FROM alerts WHERE ${these} AND ${gathers}`,
      ...[listed, limit, notice],
    );
    this.#sql.exec(
      `UPDATE alerts SET day_count = day_count + ?5, limit_until = iif(day_count + 1 = ?2, ?4, limit_until),
         digest_at = coalesce(digest_at, iif(${CHANNEL("digest")} = 'hourly', ?3, ?4)) WHERE ${these} AND ${gathers}`,
      ...[listed, limit, (Math.floor(now / HOUR) + 1) * HOUR, until, step],
    );
  }

  /** What the last message of a day says: the limit, and until when (milliseconds of Unix time) nothing more is sent. */
  limitUntil = (until: number): NonNullable<Remarks["limit"]> => ({
    per_day: this.#dailyLimit,
    until: new Date(until).toISOString(),
  });

  /** Gives an alert a message that it asked for itself, whatever the day's limit; its number. `late`: it stands behind new ones. */
  sendOne(alert: string, notice: number, now: number, { late, ...remarks }: Remarks & { late: boolean }): number {
    const { latest, status, feed } = this.#sql
      .exec<{ latest: number; status: string; feed: number }>(
        `UPDATE alerts SET latest = latest + 1 WHERE id = ? RETURNING latest, status, ${IS_FEED} AS feed`,
        alert,
      )
      .one();
    const due = feed || status === "pending" ? null : now;
    this.#insert({ alert, sequence: latest }, `msg_${alert}_${latest}`, {
      notice,
      status: feed ? "delivered" : "pending",
      due,
      late,
      remarks,
    });
    if (due !== null) this.schedule(alert);
    return latest;
  }

  /** Asks a channel to confirm at a time, in milliseconds of Unix time; earlier askings are replaced. */
  sendConfirmation(alert: string, notice: number, nonce: string, due: number): void {
    this.#sql.exec("DELETE FROM attempts WHERE alert = ? AND sequence = ?", alert, CONFIRMATION);
    this.#insert({ alert, sequence: CONFIRMATION }, `msg_${alert}_confirm_${nonce}`, {
      notice,
      status: "pending",
      due,
      late: false,
      remarks: {},
    });
    this.schedule(alert);
  }

  #insert({ alert, sequence }: Key, id: string, message: NewMessage): void {
    const { notice, status, due, late, remarks } = message;
    this.#sql.exec(
      `INSERT OR REPLACE INTO messages (alert, sequence, id, notice, status, next_attempt_at, late, remarks)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[alert, sequence, id, notice, status, due, late ? 1 : 0],
      Object.keys(remarks).length > 0 ? JSON.stringify(remarks) : null,
    );
  }

  /** Every change of what is due ends here: the alert's place among those that wait follows from its messages. */
  schedule(alert: string): void {
    this.#sql.exec(`UPDATE alerts SET due_at = max(${FIRST_DUE}, rest_until) WHERE id = ?`, alert);
  }

  /** What waits stays where it is until it is released. */
  hold(alert: string): void {
    this.#sql.exec("UPDATE messages SET next_attempt_at = NULL WHERE alert = ? AND status = 'pending'", alert);
    this.schedule(alert);
  }

  /** What was held is due, and its schedule begins anew. */
  release(alert: string, now: number): void {
    this.#sql.exec(
      `UPDATE messages SET next_attempt_at = ?, late = 1, tries = 0
       WHERE alert = ? AND sequence <> ? AND status = 'pending' AND next_attempt_at IS NULL`,
      ...[now, alert, CONFIRMATION],
    );
    this.schedule(alert);
  }

  /** The channel has confirmed: nothing is left to ask. */
  endConfirmation(alert: string): void {
    this.#sql.exec(
      "UPDATE messages SET status = 'delivered', next_attempt_at = NULL WHERE alert = ? AND sequence = ?",
      ...[alert, CONFIRMATION],
    );
    this.schedule(alert);
  }

  /** There is nothing to send: the receiver has it already. One that was replaced meanwhile still waits. */
  withdraw({ alert, sequence, id }: Waiting): void {
    this.#sql.exec(
      "UPDATE messages SET status = 'delivered', next_attempt_at = NULL WHERE alert = ? AND sequence = ? AND id = ?",
      ...[alert, sequence, id],
    );
    this.schedule(alert);
  }

  /** It waits for longer, and that is no attempt. */
  postpone({ alert, sequence, id }: Waiting, until: number): void {
    this.#sql.exec(
      `UPDATE messages SET next_attempt_at = ?
       WHERE alert = ? AND sequence = ? AND id = ? AND status = 'pending' AND next_attempt_at IS NOT NULL`,
      ...[until, alert, sequence, id],
    );
    this.schedule(alert);
  }

  /** What waits is delivered: whoever reads the feed has it. */
  endAll(alert: string): void {
    this.#sql.exec(
      "UPDATE messages SET status = 'delivered', next_attempt_at = NULL WHERE alert = ? AND status = 'pending'",
      alert,
    );
    this.schedule(alert);
  }

  /** A message is due again, whatever became of it; its id, or undefined where there is none. */
  redeliver({ alert, sequence }: Key, now: number): string | undefined {
    const [row] = this.#sql
      .exec<{ id: string }>(
        `UPDATE messages SET status = 'pending', next_attempt_at = ?, late = 1, tries = 0
         WHERE alert = ? AND sequence = ? AND sequence <> ? RETURNING id`,
        ...[now, alert, sequence, CONFIRMATION],
      )
      .toArray();
    if (row === undefined) return undefined;
    // Whoever asks for it knows better than what the receiver said before. The alert is due from now on, not since its other messages are:
    // the lanes are filled with what became due since the last look.
    this.#sql.exec("UPDATE alerts SET rest_until = 0, due_at = ? WHERE id = ?", now, alert);
    return row.id;
  }

  /** The alerts that have something due, where that is so since a time: with 0 all of them. */
  lanes(since: number, now: number): Lane[] {
    return this.#sql
      .exec<LaneRow>(`${LANE} WHERE due_at >= ? AND due_at <= ? ORDER BY due_at`, since, now)
      .toArray()
      .map((row) => laneOf(row, now));
  }

  /** The lane of an alert, if it has something due. */
  lane(alert: string, now: number): Lane | undefined {
    const [row] = this.#sql.exec<LaneRow>(`${LANE} WHERE id = ? AND due_at <= ?`, alert, now).toArray();
    return row && laneOf(row, now);
  }

  hasDue(now: number): boolean {
    return this.#sql.exec("SELECT 1 FROM alerts WHERE due_at <= ? LIMIT 1", now).toArray().length > 0;
  }

  /** The clock was set back by so many milliseconds, to `now`, and what waits with it. */
  moveBack(milliseconds: number, now: number): void {
    this.#sql.exec(
      "UPDATE messages SET next_attempt_at = next_attempt_at - ? WHERE next_attempt_at IS NOT NULL",
      milliseconds,
    );
    this.#sql.exec(
      `UPDATE alerts SET due_at = due_at - ?1, expires_at = expires_at - ?1, digest_at = digest_at - ?1, rest_until = max(0, rest_until - ?1),
         failing_since = min(failing_since, ?2), doubted_until = min(doubted_until, ?3)
       WHERE coalesce(due_at, expires_at, digest_at, failing_since) IS NOT NULL OR doubted_until > ?3`,
      ...[milliseconds, now, latestDoubt(now)],
    );
  }

  /** When the first message is due that is not due by now already, or undefined. */
  nextDue(after: number): number | undefined {
    return (
      this.#sql.exec<{ at: number | null }>("SELECT min(due_at) AS at FROM alerts WHERE due_at > ?", after).one().at ??
      undefined
    );
  }

  /**
   * The message of an alert whose turn it is: the longest waiting of those that were not tried yet, else of those that were; with
   * `lateFirst` the other way round. Its row is what `open` reads.
   */
  next(alert: string, now: number, lateFirst: boolean): { waiting: Waiting; row: MessageRow } | undefined {
    for (const late of lateFirst ? [1, 0] : [0, 1]) {
      const [row] = this.#sql.exec<MessageRow>(NEXT, alert, late, now).toArray();
      if (row === undefined) continue;
      const { sequence, id, tries } = row;
      return { waiting: { alert, sequence, id, tries, late: late === 1 }, row };
    }
    return undefined;
  }

  /** All that an attempt needs of a message. Throws where a part of it is missing or cannot be read. */
  open(row: MessageRow, now: number): Outgoing {
    if (row.data === null || row.channel === null) throw new Error("a part of it is missing");
    const old: OldSecret[] = JSON.parse(row.old_secrets);
    const secrets = [row.secret, ...old.filter(({ until }) => until > now).map(({ secret }) => secret)];
    return { ...row, channel: JSON.parse(row.channel), secrets };
  }

  /** Whether this is the receiver that an alert calls now. */
  calls(alert: string, { type, url }: CalledChannel): boolean {
    const found = this.#sql.exec(
      `SELECT 1 FROM alerts WHERE id = ? AND ${CHANNEL("type")} = ? AND ${CHANNEL("url")} = ?`,
      ...[alert, type, url],
    );
    return found.toArray().length > 0;
  }

  /** Whether a message that was read is still to be delivered: not done, held, replaced or removed meanwhile. */
  stillWaits({ alert, sequence, id }: Waiting): boolean {
    const found = this.#sql.exec(
      `SELECT 1 FROM messages WHERE alert = ? AND sequence = ? AND id = ? AND status = 'pending' AND next_attempt_at IS NOT NULL`,
      ...[alert, sequence, id],
    );
    return found.toArray().length > 0;
  }

  /** Whether a message was redelivered, or released, since it was read. */
  begunAnew({ alert, sequence, id, tries }: Waiting): boolean {
    const found = this.#sql.exec(
      "SELECT 1 FROM messages WHERE alert = ? AND sequence = ? AND id = ? AND tries <> ?",
      ...[alert, sequence, id, tries],
    );
    return found.toArray().length > 0;
  }

  /**
   * Records an attempt and what follows from it; how it leaves the alert, or undefined where the message is gone or was replaced
   * meanwhile. `answer` is what is kept of the answer.
   */
  settle(
    { alert, sequence, id }: Waiting,
    attempt: Attempt,
    answer: string | null,
    verdict: AttemptVerdict,
    tells: Tells = "all",
  ): AlertAfter | undefined {
    const status = verdict.kind === "retry" ? "pending" : verdict.kind;
    // What is held is not woken by the attempt that was under way.
    const due = verdict.kind === "retry" ? Math.round(verdict.at) : null;
    const row = this.#sql
      .exec<{ attempts: number }>(
        `UPDATE messages SET status = ?, next_attempt_at = iif(next_attempt_at IS NULL, NULL, ?),
           attempts = attempts + 1, tries = tries + 1, late = 1
         WHERE alert = ? AND sequence = ? AND id = ? AND status = 'pending' RETURNING attempts`,
        ...[status, due, alert, sequence, id],
      )
      .toArray()[0];
    if (row === undefined) return undefined;
    const { at, outcome, status: code, milliseconds } = attempt;
    this.#sql.exec(
      "INSERT INTO attempts (alert, sequence, number, at, outcome, status, milliseconds, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      ...[alert, sequence, row.attempts, at, outcome, code, milliseconds, answer],
    );
    if (row.attempts > ATTEMPTS_KEPT) {
      this.#sql.exec(
        "DELETE FROM attempts WHERE alert = ? AND sequence = ? AND number <= ?",
        ...[alert, sequence, row.attempts - ATTEMPTS_KEPT],
      );
    }
    return this.noteOutcome({ alert, sequence }, attempt, verdict, tells);
  }

  /** What an attempt tells of a receiver; undefined where its alert is gone. */
  noteOutcome(
    { alert, sequence }: Key,
    attempt: Attempt,
    verdict: Pick<AttemptVerdict, "kind">,
    tells: Tells = "all",
  ): AlertAfter | undefined {
    const [before] = this.#sql
      .exec<ReceiverRow>(
        "SELECT failing_since, trouble, rest_until, took, proven, timeouts, doubted_until FROM alerts WHERE id = ?",
        alert,
      )
      .toArray();
    if (before === undefined) return undefined;
    const manner = tells === "nothing" ? before : mannerAfter(before, attempt, sequence !== CONFIRMATION);
    const health = tells === "all" ? healthAfter(before, manner, attempt, verdict) : before;
    this.#sql.exec(
      // A message that was given up ends the stretch of failures where nothing else waits: what comes later begins another.
      `UPDATE alerts SET took = ?, proven = ?, timeouts = ?, doubted_until = ?, trouble = ?, rest_until = ?,
         failing_since = iif(? AND ${FIRST_DUE} IS NULL, NULL, ?) WHERE id = ?`,
      ...[manner.took, manner.proven, manner.timeouts, manner.doubted_until, health.trouble, health.rest_until],
      ...[verdict.kind === "failed" && tells === "all" ? 1 : 0, health.failing_since, alert],
    );
    this.schedule(alert);
    return { failingSince: health.failing_since };
  }

  /** The messages of an alert after a number, in order, with their attempts. */
  list(alert: string, after: number, limit: number): Delivery[] {
    return this.#sql
      .exec<MessageRow>(
        `${SELECT} WHERE m.alert = ? AND m.sequence > ? ORDER BY m.sequence LIMIT ?`,
        alert,
        after,
        limit,
      )
      .toArray()
      .map((row) => this.#delivery(row));
  }

  /** The last messages of an alert that are numbered, newest first. */
  listLatest(alert: string, limit: number): Delivery[] {
    return this.#sql
      .exec<MessageRow>(
        `${SELECT} WHERE m.alert = ? AND m.sequence > ? ORDER BY m.sequence DESC LIMIT ?`,
        alert,
        CONFIRMATION,
        limit,
      )
      .toArray()
      .map((row) => this.#delivery(row));
  }

  #delivery(row: MessageRow): Delivery {
    const attempts = this.#sql
      .exec<{ at: number; outcome: string; status: number | null; milliseconds: number; answer: string | null }>(
        `SELECT at, outcome, status, milliseconds, answer FROM attempts
         WHERE alert = ? AND sequence = ? ORDER BY number`,
        ...[row.alert, row.sequence],
      )
      .toArray();
    return {
      sequence: row.sequence,
      id: row.id,
      type: row.type as MessageType,
      status: row.status as Delivery["status"],
      message: listed(row),
      attempts: attempts.map((attempt) => ({ ...attempt, at: new Date(attempt.at).toISOString() })),
      next_attempt_at: row.next_attempt_at === null ? null : new Date(row.next_attempt_at).toISOString(),
    };
  }

  /** Who was told of any of some articles, by the query that found it for them: alerts that see a log entry and are not paused. */
  recipients(articles: readonly string[], entry: number): { query: string; alerts: string[] }[] {
    const rows = this.#sql
      .exec<{ query: string; alert: string }>(
        `SELECT min(told.query) AS query, told.alert FROM (
           SELECT n.query, m.alert FROM notices n JOIN messages m ON m.notice = n.number
             WHERE n.article IN (SELECT value FROM json_each(?1))
           UNION ALL SELECT n.query, g.alert FROM notices n JOIN gathered g ON g.notice = n.number
             WHERE n.article IN (SELECT value FROM json_each(?1))
         ) told JOIN alerts a ON a.id = told.alert WHERE a.since < ?2 AND a.status <> 'paused' GROUP BY told.alert`,
        ...[JSON.stringify(articles), entry],
      )
      .toArray();
    const byQuery = Map.groupBy(rows, ({ query }) => query);
    return [...byQuery].map(([query, group]) => ({ query, alerts: group.map(({ alert }) => alert) }));
  }

  /** Forgets all messages of an alert, and the notices that nobody else got. */
  removeAll(alert: string): void {
    const notices = ["messages", "gathered"].flatMap((table) =>
      this.#sql
        .exec<{ notice: number }>(`DELETE FROM ${table} WHERE alert = ? RETURNING notice`, alert)
        .toArray()
        .map(({ notice }) => notice),
    );
    this.#sql.exec("DELETE FROM attempts WHERE alert = ?", alert);
    this.#sql.exec(
      `DELETE FROM notices WHERE number IN (SELECT value FROM json_each(?)) AND ${UNREFERENCED}`,
      JSON.stringify([...new Set(notices)]),
    );
  }

  /** How many of an alert's messages wait. */
  pendingOf(alert: string): number {
    return this.#sql
      .exec<{ count: number }>(
        "SELECT count(*) AS count FROM messages INDEXED BY messages_due WHERE alert = ? AND next_attempt_at IS NOT NULL",
        alert,
      )
      .one().count;
  }

  /** Returns what became of the last attempt where it failed, and for how many: `{"timeout": 2, "status 503": 1}`. */
  failing(): Record<"alerts" | "subscriptions", Record<string, number>> {
    const rows = this.#sql
      .exec<{ trouble: string; subscribed: number; count: number }>(
        `SELECT trouble, query IS NULL AS subscribed, count(*) AS count FROM alerts
         WHERE trouble IS NOT NULL AND (query IS NOT NULL OR status <> 'paused') GROUP BY 1, 2`,
      )
      .toArray();
    const of = (subscribed: number) =>
      Object.fromEntries(
        rows.filter((row) => row.subscribed === subscribed).map(({ trouble, count }) => [trouble, count]),
      );
    return { alerts: of(0), subscriptions: of(1) };
  }

  /**
   * Counts the messages that wait, those due by now and those tried before. `oldest` is when the message that is due the longest became due, in
   * milliseconds of Unix time: at its creation, its release, its last retry time, or the end of its receiver's rest. Null if none is due.
   */
  waiting(now: number): { pending: number; due: number; retrying: number; oldest: number | null } {
    const dueSince = "max(m.next_attempt_at, coalesce(a.rest_until, 0))";
    return this.#sql
      .exec<{ pending: number; due: number; retrying: number; oldest: number | null }>(
        `SELECT count(*) AS pending, coalesce(sum(m.next_attempt_at <= ?1), 0) AS due, coalesce(sum(m.tries > 0), 0) AS retrying,
           min(iif(${dueSince} <= ?1, ${dueSince}, NULL)) AS oldest
         FROM messages m INDEXED BY messages_due LEFT JOIN alerts a ON a.id = m.alert WHERE m.next_attempt_at IS NOT NULL`,
        now,
      )
      .one();
  }
}

/** What an attempt tells: all; how soon the receiver answers, but not how it takes messages; or nothing, since the alert calls another one. */
export type Tells = "all" | "pace" | "nothing";

/** What is kept of how a receiver takes its messages. */
interface Health {
  failing_since: number | null;
  trouble: string | null;
  rest_until: number;
}

interface ReceiverRow extends Manner, Health {
  [column: string]: SqlStorageValue;
}

function healthAfter(
  before: Health,
  { timeouts }: Manner,
  attempt: Attempt,
  verdict: Pick<AttemptVerdict, "kind">,
): Health {
  const { at, milliseconds, outcome, status, retryAfter } = attempt;
  if (verdict.kind === "delivered") return { failing_since: null, trouble: null, rest_until: 0 };
  // What it asks for one message holds for all of its alert, and so does the rest of one that does not answer.
  const rest = Math.max(Math.min(retryAfter ?? 0, MAX_RETRY_AFTER) * 1000, status === null ? restAfter(timeouts) : 0);
  return {
    // A fault of our own tells nothing of the receiver.
    failing_since: outcome === "fault" ? before.failing_since : (before.failing_since ?? at),
    trouble: status === null ? outcome : `status ${status}`,
    rest_until: Math.round(at + milliseconds + rest),
  };
}

interface LaneRow extends Manner {
  [column: string]: SqlStorageValue;
  alert: string;
  host: string;
}

const LANE = "SELECT id AS alert, host, took, proven, timeouts, doubted_until FROM alerts";

const laneOf = ({ alert, host, ...manner }: LaneRow, now: number): Lane => ({ alert, host, ...turnOf(manner, now) });

interface NewMessage {
  notice: number;
  status: Delivery["status"];
  due: number | null;
  late: boolean;
  remarks: Remarks;
}

/** A secret that still signs, until then (milliseconds of Unix time). */
export interface OldSecret {
  secret: string;
  until: number;
}

const HOUR = 60 * 60 * 1000;
/** SQL: a time in milliseconds of Unix time, as RFC 3339 writes it. */
const ISO = (column: string): string => `strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`;

/** SQL: a notice that no message and no digest tells. */
export const UNREFERENCED = `NOT EXISTS (SELECT 1 FROM messages WHERE notice = notices.number)
  AND NOT EXISTS (SELECT 1 FROM gathered WHERE notice = notices.number)`;

/** Returns a message for a list. */
function listed(row: MessageRow): ListedMessage {
  try {
    return makeMessage(row);
  } catch {
    return damagedMessage(row);
  }
}
