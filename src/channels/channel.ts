/** What a kind of channel is: how it wants its messages, and how it answers. */
import type { Message } from "../alerts/alert.ts";

export interface ChannelKind {
  /** The body of the POST that brings a message, and the headers that belong to it. */
  compose(message: Message): { headers: Readonly<Record<string, string>>; body: string };
  /** Whether messages are signed (Standard Webhooks). A chat service would not look. */
  signed: boolean;
  /** Whether the answer may be the challenge. A chat service does not answer it: somebody has to open the link. */
  echoes: boolean;
  /** The statuses by which the service says that this address is gone for good: final, and the alert is paused. */
  gone: readonly number[];
  /** How long an answer with status 429 asks to wait, in seconds, where its body says so; null where it does not. */
  retryAfter(body: string): number | null;
}
