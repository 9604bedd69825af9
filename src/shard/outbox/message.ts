import type { MessageParts } from "../../messages/compose.ts";

/** Number of the message that asks a receiver to confirm. */
export const CONFIRMATION = 0;

export interface MessageKey {
  /** Id of an alert or of a WebSub subscription. */
  receiver: string;
  sequence: number;
}

/** A message and its notice. */
export interface StoredMessage extends MessageKey {
  id: string;
  type: string;
  /** When the notice was made, in milliseconds of Unix time. */
  at: number;
  /** Canonical; empty if the receiver is no alert. */
  query: string;
  /** JSON. */
  data: string;
  /** JSON; null if there are none. */
  remarks: string | null;
}

/** A message that is due. */
export interface QueuedMessage extends StoredMessage {
  /** Attempts since its retry schedule began. */
  tries: number;
  /** It was tried before, or is a repetition or a replay. */
  late: boolean;
}

/** Columns of a StoredMessage, where `m` is its message and `n` its notice. */
export const MESSAGE_COLUMNS = "m.receiver, m.sequence, m.id, n.type, n.at, n.query, n.data, m.remarks";

/** What a message of an alert is made of. */
export const partsOf = ({ receiver, ...message }: StoredMessage, origin: string): MessageParts => ({
  ...message,
  alert: receiver,
  origin,
});
