/** For operators: whether Parley is up, and what waits. */
import * as z from "zod";
import { version } from "../../package.json";
import { listShards, shardStub } from "../alerts/shards.ts";
import { everyone, json, operation } from "../http/operation.ts";
import type { Env } from "../platform/env.ts";
import { readHead } from "../record/log.ts";
import { countRecord } from "../record/record-size.ts";
import { findDatabaseTrouble } from "../record/schema.ts";
import { type Status, statusAnswer } from "./status-answer.ts";

const UNCACHED = { "cache-control": "no-store" };

/** GET /healthz: 200 only if the database answers and has the tables that this code expects. */
export const health = operation(
  {
    id: "checkHealth",
    summary: "Whether Parley is up",
    tag: "Operation",
    input: { access: everyone },
    answers: { 200: json("The database is ready", z.strictObject({ status: z.literal("ok"), version: z.string() })) },
  },
  async ({ reply }, { env }) => {
    const trouble = await findDatabaseTrouble(env.DB);
    if (trouble !== undefined) throw trouble;
    return reply(200, { status: "ok", version }, UNCACHED);
  },
);

/** GET /api/status */
export const status = operation(
  {
    id: "getStatus",
    summary: "The end of the log, the size of the record, and what waits in each shard",
    tag: "Operation",
    input: { access: everyone },
    answers: { 200: json("The status", statusAnswer) },
  },
  async ({ reply }, { env }) => reply(200, await readStatus(env), UNCACHED),
);

/** Returns what both `/api/status` and the status page show. */
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
