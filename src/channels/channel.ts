/** What a channel declares. Each channel is a file beside this one. */
import * as z from "zod";
import type { Message } from "../messages/message-schema.ts";

/** What every channel declares, called or not. */
export interface ChannelDescription {
  /** The channel in the body of a registration: its `type`, its address and `digest`. */
  input: z.ZodObject;
  /** The name of the channel on pages. */
  name: string;
  /** Whom the channel is for, and what its URL is. */
  purpose: string;
}

/** A channel that Parley calls with a POST for each message. */
export interface ChannelKind extends ChannelDescription {
  /** Returns the body of the POST for a message, and the headers that belong to the body. */
  compose(message: Message): { headers: Readonly<Record<string, string>>; body: string };
  /** Whether messages are signed (Standard Webhooks). Chat services ignore signatures. */
  signed: boolean;
  /** Whether the receiver may confirm by answering with the challenge. In a chat, someone has to open the link. */
  echoes: boolean;
  /** Statuses that mean that the address is gone for good. The message fails and the alert is paused. */
  gone: readonly number[];
  /** Returns the wait that the body of a 429 asks for, in seconds; null if the body names none. */
  retryAfter(body: string): number | null;
  /** Hosts that many unrelated people use. Registrations there are counted for each address, not for the host. */
  sharedHosts: readonly string[];
}

/** How often matches are sent. Without it, each match is a message of its own. */
export const digestInput = z.enum(["hourly", "daily"], { error: "hourly or daily was expected" }).optional();

/** The URL that a channel calls. */
export const calledUrl = z.string().meta({
  description: "https, port 443 or 8443, a host on the public Internet",
  format: "uri",
  pattern: "^https?:",
});
