/** Words for channels, messages and outcomes of attempts. */
import type { Channel, Delivery } from "../../alerts/alert.ts";

export type ChannelType = Channel["type"];

/** Names of the channel types, and whom each is for. */
export const CHANNELS: Readonly<Record<ChannelType, { name: string; purpose: string }>> = {
  webhook: { name: "Webhook", purpose: "For a program of yours: signed JSON." },
  slack: { name: "Slack", purpose: "For a team: the address of an incoming webhook, as Slack gives it." },
  discord: { name: "Discord", purpose: "For a server: the address of a webhook, from the channel's settings." },
  ntfy: { name: "ntfy", purpose: "For a phone: the address of a topic, such as https://ntfy.sh/my-topic." },
  feed: { name: "Private feed", purpose: "For a feed reader: nothing is called, and nobody has to confirm." },
};

/** Names a channel without its URL, which may be a secret: "a webhook at bot.example". */
export function channelInWords(channel: Channel): string {
  if (channel.type === "feed") return "a private feed";
  const { host } = new URL(channel.url);
  return channel.type === "webhook" ? `a webhook at ${host}` : `${CHANNELS[channel.type].name} at ${host}`;
}

/** How often an alert sends its matches. */
export const DIGESTS = [
  ["", "Each match at once"],
  ["hourly", "Gathered, once an hour"],
  ["daily", "Gathered, once a day"],
] as const;

const OUTCOMES: Readonly<Record<string, string>> = {
  timeout: "no answer in time",
  "network error": "could not be reached",
  refused: "the address may not be called",
  unresolved: "the name of its host could not be looked up",
  fault: "failed on our side; that does not count against the receiver",
};

/** Returns "accepted with status 200", "answered with status 503" or "no answer in time". */
export function outcomeInWords({ outcome, status }: Pick<Delivery["attempts"][number], "outcome" | "status">): string {
  if (status === null) return OUTCOMES[outcome] ?? outcome;
  return status >= 200 && status < 300 ? `accepted with status ${status}` : `answered with status ${status}`;
}

/** Returns an alert's `trouble` (`timeout`, `status 503`) in the same words. */
export const troubleInWords = (trouble: string): string =>
  OUTCOMES[trouble] ?? trouble.replace(/^status /, "answered with status ");

export const MESSAGES: Readonly<Record<Delivery["type"], string>> = {
  "article.matched": "Match",
  "alert.digest": "Digest",
  "alert.test": "Test",
  "alert.confirm": "Confirmation",
  "event.corrected": "Correction",
  "event.retracted": "Retraction",
};
