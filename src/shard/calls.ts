/** What the calls of a shard take and return. Undefined answers an unknown alert, and a wrong token, alike. */

import type { Channel } from "../channels/channel-kinds.ts";

/** What a new alert is made of. */
export interface NewAlert {
  /** As it was written, and canonical. */
  source: string;
  query: string;
  channel: Channel;
  tokenHash: string;
  feedKeyHash: string;
  secret: string;
  /** For the links in its messages. */
  origin: string;
  /** It sees the log entries after this one. */
  since: number;
}

/** How a shard is doing. */
export interface ShardStatus {
  alerts: number;
  active: number;
  unconfirmed: number;
  paused: number;
  /** WebSub subscriptions; they are none of the alerts. */
  subscriptions: number;
  /** The last log entry that it has followed. */
  cursor: number;
  /** Messages that wait for an attempt; of these: those that are due by now, and those that were tried before. */
  pending: number;
  due: number;
  retrying: number;
  /** Requests under way. */
  in_flight: number;
  /** When the message that is due the longest became due, RFC 3339 in UTC; null if none is due. */
  oldest_pending_at: string | null;
  /** Why messages were not delivered at the last attempt, and how many alerts have that trouble. */
  failing: Record<string, number>;
  /** The same for WebSub subscriptions. */
  failing_subscriptions: Record<string, number>;
  /** How long the last messages took from the match to the answer; null where it has sent none since it woke. */
  latency: { messages: number; p50: number; p99: number } | null;
}

/** The result of a call by an alert's owner: a value, a refusal, or undefined for an unknown alert or a wrong token. */
export type Outcome<T> = T | Refused | undefined;
export interface Refused {
  refused: string;
  /** 404: there is no such message; 409: not as the alert is now; 429: not so many; 503: not yet. */
  status: 404 | 409 | 429 | 503;
  /** For 429 and 503: seconds to wait before a retry. */
  retryAfter?: number;
}
