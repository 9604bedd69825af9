/** Bindings: what the platform passes to the Worker. Variables and secrets are in settings.ts. */
import type { ShardCalls } from "../shard/calls.ts";
import type { Variables } from "./settings.ts";

export interface Env extends Variables {
  /** The record: articles, events, names, the log, full-text search. */
  DB: D1Database;
  /** The shards of alerts, by number. */
  SHARD: { getByName(name: string): ShardCalls };
  /** For crash tests alone: see failpoint.ts. */
  FAILPOINT?: string;
}
