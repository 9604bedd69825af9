/** Words for channels and outcomes of attempts. */
import type { Delivery } from "../../alerts/alert-answers.ts";
import { CHANNELS, type Channel } from "../../channels/channel-kinds.ts";

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
