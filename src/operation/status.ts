/** For operators: is it up, and what waits. */
import { version } from "../../package.json";
import { listShards, shardStub } from "../alerts/shards.ts";
import type { Handler } from "../http/context.ts";
import { describeApi } from "../http/openapi.ts";
import type { Env } from "../platform/env.ts";
import { readHead } from "../record/log.ts";
import { countRecord } from "../record/record-size.ts";
import { findDatabaseTrouble } from "../record/schema.ts";
import type { ShardStatus } from "../shard/calls.ts";

/** GET /healthz: 200 only where the database answers and has the tables that this code expects. */
export const health: Handler = async (_, { env }) => {
  const trouble = await findDatabaseTrouble(env.DB);
  if (trouble !== undefined) throw trouble;
  return Response.json({ status: "ok", version }, { headers: { "cache-control": "no-store" } });
};

/** How a shard is doing, seen beside the log. */
export interface AnsweringShard extends ShardStatus {
  shard: number;
  /** So many log entries it has not followed yet. */
  lag: number;
  /** For how long the oldest due message has been due; null if none is due. */
  oldest_pending_seconds: number | null;
}

export interface Status {
  /** The number of the log's last entry, and when it was written; null for an empty log. */
  log: { head: number; at: string | null };
  record: { articles: number; events: number; names: number };
  /** One that is broken is what an operator came to see. */
  shards: (AnsweringShard | { shard: number; error: string })[];
}

/** GET /api/status */
export const status: Handler = async (_, { env }) =>
  Response.json(await readStatus(env), { headers: { "cache-control": "no-store" } });

/** What both `/api/status` and the page for people tell. */
export async function readStatus(env: Env): Promise<Status> {
  const head = await readHead(env.DB);
  const shards = await Promise.all((await listShards(env.DB)).map((shard) => askShard(env, shard, head.number)));
  return { log: { head: head.number, at: head.at }, record: await countRecord(env.DB), shards };
}

async function askShard(env: Env, shard: number, head: number): Promise<Status["shards"][number]> {
  const told = await shardStub(env, shard)
    .status()
    .catch(() => undefined);
  if (told === undefined) return { shard, error: "does not answer" };
  const { oldest_pending_at: oldest, cursor } = told;
  const seconds = oldest === null ? null : Math.max(0, (Date.now() - Date.parse(oldest)) / 1000);
  return { shard, ...told, lag: head - cursor, oldest_pending_seconds: seconds };
}

/** GET /openapi.json */
export const openApi: Handler = (_, { origin }) => Response.json(describeApi(origin, version));
