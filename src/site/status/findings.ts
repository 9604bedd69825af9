/** The status of this wire in words, for readers who know nothing about shards. */
import type { AnsweringShard, Status } from "../../operation/status-answer.ts";
import { counted, listed, number } from "../text-format.ts";
import { agoInWords, spanInWords } from "../time-spans.ts";

/** well: as expected; watch: temporary, or outside the operator's control; wrong: an operator has to act. */
export type FindingState = "well" | "watch" | "wrong";

export interface Finding {
  state: FindingState;
  about: string;
  says: string;
}

/** Seconds after which a shard that is behind the log is at fault. The cron wakes every shard once a minute. */
const BEHIND = 120;
/** Maximum time that a due message waits for its attempt, in seconds. */
const WAITING = 300;

/** Returns all findings. `now` is in milliseconds of Unix time. */
export function findings(status: Status, now: number): Finding[] {
  const shards = answering(status);
  return [
    ...silentShards(status),
    newest(status, now),
    following(status, shards, now),
    latency(shards),
    waiting(shards),
    failing(shards),
  ];
}

/** Returns the worst state. */
export const verdict = (found: readonly Finding[]): FindingState =>
  (["wrong", "watch"] as const).find((state) => found.some((finding) => finding.state === state)) ?? "well";

export const answering = ({ shards }: Status): AnsweringShard[] =>
  shards.filter((shard): shard is AnsweringShard => !("error" in shard));

/** Adds up a number over all shards. */
export const sum = (shards: readonly AnsweringShard[], count: (shard: AnsweringShard) => number): number =>
  shards.reduce((total, shard) => total + count(shard), 0);

function silentShards({ shards }: Status): Finding[] {
  const silent = shards.filter((shard) => "error" in shard).map(({ shard }) => shard);
  if (silent.length === 0) return [];
  const which = silent.length === 1 ? `Shard ${silent[0]} does not answer` : `Shards ${listed(silent)} do not answer`;
  const says = `${which}, of ${shards.length}. Their alerts send nothing until they answer again. Nothing is lost.`;
  return [{ state: "wrong", about: "Availability", says }];
}

function newest({ log, record }: Status, now: number): Finding {
  const held = `${counted(record.events, "event")}, ${counted(record.articles, "article")}, ${counted(record.names, "name")}`;
  const says =
    log.at === null
      ? "The record is empty."
      : `The last entry, number ${number(log.head)}, was written ${agoInWords(log.at, now)}. The record has ${held}.`;
  return { state: "well", about: "The record", says };
}

function following({ log }: Status, shards: readonly AnsweringShard[], now: number): Finding {
  const about = "Up to date";
  const behind = shards.filter(({ lag }) => lag > 0);
  if (shards.length === 0) return { state: "well", about, says: "There are no alerts yet." };
  if (behind.length === 0) return { state: "well", about, says: "All entries are matched against all alerts." };
  const entries = counted(Math.max(...behind.map(({ lag }) => lag)), "entry", "entries");
  const which = `${behind.length === 1 ? "Shard" : "Shards"} ${listed(behind.map(({ shard }) => shard))}`;
  const says = `${which} still ${behind.length === 1 ? "has" : "have"} to match up to ${entries}.`;
  const isLate = log.at !== null && now - Date.parse(log.at) > BEHIND * 1000;
  return isLate
    ? { state: "wrong", about, says: `${says} This should take seconds.` }
    : { state: "watch", about, says: `${says} This is normal just after a change.` };
}

/**
 * Half of each shard's messages took its median or less, so half of all took the largest median or less. The same
 * holds for the 99th percentile.
 */
function latency(shards: readonly AnsweringShard[]): Finding {
  const about = "Delivery time";
  const known = shards.map((shard) => shard.latency).filter((each) => each !== null);
  if (known.length === 0) return { state: "well", about, says: "No messages were sent since the shards started." };
  const messages = known.reduce((total, each) => total + each.messages, 0);
  const most = (key: "p50" | "p99"): string => duration(Math.max(...known.map((each) => each[key])));
  const says =
    messages === 1
      ? `The last message took ${most("p50")}, including the receiver's answer.`
      : `Of the last ${number(messages)} messages, half took ${most("p50")} or less, including the receiver's answer, and 99 of 100 took ${most("p99")} or less.`;
  return { state: "well", about, says };
}

function waiting(shards: readonly AnsweringShard[]): Finding {
  const about = "Pending messages";
  const pending = sum(shards, (shard) => shard.pending);
  if (pending === 0) return { state: "well", about, says: "No messages are pending." };
  const [due, retrying] = [sum(shards, (shard) => shard.due), sum(shards, (shard) => shard.retrying)];
  const oldest = Math.max(...shards.map((shard) => shard.oldest_pending_seconds ?? 0));
  const says = [
    `${counted(pending, "message is", "messages are")} pending: ${number(due)} due now, ${number(retrying)} being retried.`,
    ...(oldest > 0 ? [`The oldest has been due for ${spanInWords(oldest)}.`] : []),
  ].join(" ");
  if (oldest <= WAITING) return { state: "well", about, says };
  return {
    state: "wrong",
    about,
    says: `${says} The shard may be stuck, or the receiver too slow for its messages.`,
  };
}

function failing(shards: readonly AnsweringShard[]): Finding {
  const about = "Receivers";
  const told = [
    ...failingOf(shards, "failing", "alert"),
    ...failingOf(shards, "failing_subscriptions", "WebSub subscription"),
  ];
  if (told.length === 0) return { state: "well", about, says: "No receiver is failing." };
  return { state: "watch", about, says: told.join(" ") };
}

/** Returns one sentence about receivers of a kind whose last attempt failed, or none. */
function failingOf(
  shards: readonly AnsweringShard[],
  key: "failing" | "failing_subscriptions",
  what: string,
): string[] {
  const reasons = new Map<string, number>();
  for (const [reason, count] of shards.flatMap((shard) => Object.entries(shard[key]))) {
    reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  }
  if (reasons.size === 0) return [];
  const told = [...reasons].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${reason} (${number(count)})`);
  const all = [...reasons.values()].reduce((total, count) => total + count, 0);
  return [`The last attempt failed for ${counted(all, what)}: ${told.join(", ")}.`];
}

/** Returns "340 milliseconds" or "1.2 seconds". */
export function duration(milliseconds: number): string {
  const [value, unit] = milliseconds < 1000 ? [milliseconds, "millisecond"] : [milliseconds / 1000, "second"];
  return new Intl.NumberFormat("en-GB", { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 1 }).format(
    unit === "millisecond" ? Math.round(value) : value,
  );
}
