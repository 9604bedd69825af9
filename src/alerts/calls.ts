/** The calls that a shard answers: what its Durable Object implements, and what the Worker sees of it. */
import type { AlertView, Channel, Delivery } from "./alert.ts";

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
  /** The last log entry that it has followed. */
  cursor: number;
  /** Messages that wait for an attempt. */
  pending: number;
  /** When the longest-waiting one was made, RFC 3339 in UTC. */
  oldest_pending_at: string | null;
}

/** Undefined answers an unknown alert and a wrong token, key or challenge alike. */
export interface ShardCalls {
  /** Registers an alert under an id that names this shard; false where the shard is full. Asked again, it changes nothing more. */
  register(id: string, alert: NewAlert): Promise<boolean>;
  view(id: string, tokenHash: string): Promise<AlertView | undefined>;
  /** Whether there was such an alert. Nothing is sent after it is removed. */
  remove(id: string, tokenHash: string): Promise<boolean>;
  deliveries(
    id: string,
    tokenHash: string,
    after: number,
    limit: number,
  ): Promise<{ latest: number; deliveries: Delivery[] } | undefined>;
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
  status(): Promise<ShardStatus>;
  /** Follows the log to its end and starts what is due. */
  wake(): Promise<void>;
}
