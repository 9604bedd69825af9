/** The calls that a shard answers: what its Durable Object implements, and what the Worker sees of it. */

import type { AlertChange, AlertView, Delivery, ReplayRange } from "../alerts/alert.ts";
import type { Channel } from "../channels/channel-kinds.ts";
import type { Article } from "../record/articles/article.ts";

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

/** What a subscriber asks of the hub; it waits for the callback's word. */
export type HubAsking = HubSubscribing | HubUnsubscribing;

export interface HubUnsubscribing {
  mode: "unsubscribe";
  callback: string;
  /** As the subscriber wrote it. */
  topic: string;
}

export interface HubSubscribing {
  mode: "subscribe";
  callback: string;
  /** As the subscriber wrote it, and what it is. */
  topic: string;
  feed: { listing: "events" | "articles"; canonical: string; query: string | undefined };
  /** In seconds. */
  lease: number;
  secret: string | undefined;
  /** For the links in what is sent. */
  origin: string;
  /** It is sent what changes after this log entry. */
  since: number;
  /** By which this asking is known from others for the same subscription. */
  nonce: string;
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

/** What a call that the owner makes came to: undefined for an unknown alert and a wrong token; or why it cannot be done. */
export type Outcome<T> = T | Refused | undefined;
export interface Refused {
  refused: string;
  /** 404: there is no such message; 409: not as the alert is now; 429: not so many; 503: not yet. */
  status: 404 | 409 | 429 | 503;
  /** Of a 429 and a 503: after so many seconds. */
  retryAfter?: number;
}

export interface Sent {
  sequence: number;
  id: string;
  status: "pending" | "delivered";
}

export interface Replayed {
  /** The articles that it sends. */
  count: number;
  /** False where there may be more of them: replay what is before `before` as well. */
  complete: boolean;
  /** The log entry of the oldest article that was looked at; null where all were. */
  before: number | null;
}

/** Undefined answers an unknown alert and a wrong token, key or challenge alike. */
export interface ShardCalls {
  /** Registers an alert under an id that names this shard; false where the shard is full. Asked again, it changes nothing more. */
  register(id: string, alert: NewAlert): Promise<boolean>;
  view(id: string, tokenHash: string): Promise<AlertView | undefined>;
  /** Whether there was such an alert. Nothing is sent after it is removed. */
  remove(id: string, tokenHash: string): Promise<boolean>;
  change(id: string, tokenHash: string, change: AlertChange): Promise<Outcome<AlertView>>;
  /** Sends a message again. */
  redeliver(id: string, tokenHash: string, sequence: number): Promise<Outcome<Sent>>;
  /** Sends a message that only says that it is a test. */
  sendTest(id: string, tokenHash: string): Promise<Outcome<Sent>>;
  /** Sends what matches among the articles that came onto the wire in a range of time. */
  replay(id: string, tokenHash: string, range: ReplayRange): Promise<Outcome<Replayed>>;
  /** Gives it another secret. */
  rotate(id: string, tokenHash: string, secret: string): Promise<Outcome<{ secret: string }>>;
  deliveries(
    id: string,
    tokenHash: string,
    after: number,
    limit: number,
  ): Promise<{ latest: number; oldest: number; deliveries: Delivery[] } | undefined>;
  /** The alert and its last matches, newest first, for whoever holds its feed's key. */
  feed(
    id: string,
    feedKeyHash: string,
    limit: number,
  ): Promise<{ alert: AlertView; deliveries: Delivery[] } | undefined>;
  /** The alert that a challenge was sent for. */
  challenged(id: string, challenge: string): Promise<AlertView | undefined>;
  /** Confirms an alert by its challenge; the alert as it is then. */
  confirm(id: string, challenge: string): Promise<AlertView | undefined>;
  /** Asks a subscriber's callback whether that is what it wants; `full`: the shard takes no new one. */
  askSubscriber(id: string, asking: HubAsking): Promise<"asked" | "full" | Refused>;
  /** See `Subscriptions.stands`. */
  isSubscribed(id: string): Promise<boolean>;
  status(): Promise<ShardStatus>;
  /** How many alerts an article would be sent to, were it added now. Tells nobody of it, and not which. */
  wouldTell(article: Article): Promise<number>;
  /** Follows the log to its end and starts what is due. */
  wake(): Promise<void>;
}
