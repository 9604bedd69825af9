import type { Queries } from "./queries.ts";
import type { FeedChange } from "./record-change.ts";

/** Whoever else follows the record beside the alerts: the subscriptions to feeds. */
export interface FeedAudience {
  isEmpty(): boolean;
  /** Returns true if any subscription asks a query. */
  asks(query: number): boolean;
  /** A log entry changes feeds. Called within the transaction that moves the cursor. */
  announce(change: FeedChange, entry: number, queries: Queries, now: number): void;
  /** Ends the subscriptions to a query that can no longer be read. */
  endAsking(query: number, because: string, now: number): void;
}
