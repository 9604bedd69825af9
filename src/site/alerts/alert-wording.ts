/** Words for channels, messages and outcomes of attempts. */
import type { Channel, Delivery } from "../../alerts/alert.ts";

export type ChannelType = Channel["type"];

/** Names of the channel types, and whom each is for. */
export const CHANNELS: Readonly<Record<ChannelType, { name: string; purpose: string }>> = {
  webhook: { name: "Webhook", purpose: "For your own program: signed JSON." },
  slack: { name: "Slack", purpose: "For a team: the URL of an incoming webhook from Slack." },
  discord: { name: "Discord", purpose: "For a server: the URL of a webhook, from the channel's settings." },
  ntfy: { name: "ntfy", purpose: "For a phone: the URL of a topic, such as https://ntfy.sh/my-topic." },
  feed: { name: "Private feed", purpose: "For a feed reader: no confirmation needed." },
};

/** Names a channel without its URL, which may be a secret: "a webhook at bot.example". */
export function channelInWords(channel: Channel): string {
  if (channel.type === "feed") return "a private feed";
  const { host } = new URL(channel.url);
  return channel.type === "webhook" ? `a webhook at ${host}` : `${CHANNELS[channel.type].name} at ${host}`;
}

/** How often an alert sends its matches. */
export const DIGESTS = [
  ["", "Immediately"],
  ["hourly", "Once an hour, as a digest"],
  ["daily", "Once a day, as a digest"],
] as const;

const OUTCOMES: Readonly<Record<string, string>> = {
  timeout: "no answer in time",
  "network error": "could not be reached",
  refused: "the address is not allowed",
  unresolved: "the host name could not be resolved",
  fault: "failed on our side, which does not count against the receiver",
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
