/** An alert with all that its owner sees of it. Reads only. */
import type { AlertStatus, AlertView, Delivery } from "../../alerts/alert-answers.ts";
import type { Sql } from "../sql.ts";

export interface AlertRow {
  id: string;
  /** Number of its query. */
  query: number;
  canonical: string;
  channel: string;
  status: AlertStatus;
  paused_because: string | null;
  token_hash: string;
  feed_key_hash: string;
  challenge: string | null;
  origin: string;
  established: number;
  created_at: number;
  confirmed_at: number | null;
  expires_at: number | null;
  latest: number;
  oldest: number;
  failing_since: number | null;
  trouble: string | null;
  omitted: number;
  digest_at: number | null;
}

const SELECT = `SELECT a.id, a.query, n.canonical, a.channel, a.status, a.paused_because, a.token_hash, a.feed_key_hash, a.challenge,
    a.origin, a.established, a.created_at, a.confirmed_at, a.expires_at, b.latest, b.oldest, r.failing_since, r.trouble, q.omitted,
    d.due_at AS digest_at
  FROM alerts a JOIN queries n ON n.number = a.query JOIN numbering b ON b.alert = a.id JOIN receivers r ON r.id = a.id
    JOIN quotas q ON q.alert = a.id LEFT JOIN digests d ON d.alert = a.id`;

export const readAlert = (sql: Sql, id: string): AlertRow | undefined =>
  sql.first<AlertRow>(`${SELECT} WHERE a.id = ?`, id);

/** An alert as its owner sees it. `asked`: the message that asks its channel to confirm, while it is pending. */
export function viewOf(row: AlertRow, asked: Delivery | undefined): AlertView {
  const { message: _, ...confirmation } = asked ?? { message: null };
  return {
    id: row.id,
    query: row.canonical,
    channel: JSON.parse(row.channel),
    status: row.status,
    paused_because: row.paused_because,
    latest: row.latest,
    oldest: row.oldest,
    failing_since: iso(row.failing_since),
    trouble: row.trouble,
    omitted: row.omitted,
    digest_at: iso(row.digest_at),
    created_at: new Date(row.created_at).toISOString(),
    confirmed_at: iso(row.confirmed_at),
    expires_at: iso(row.expires_at),
    confirmation: "id" in confirmation ? confirmation : null,
  };
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
