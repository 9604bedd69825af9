/** For operators: is it up, and what waits. */
import { version } from "../package.json";
import { listShards, shardStub } from "./alerts/directory.ts";
import type { Handler } from "./context.ts";
import { describeApi } from "./openapi.ts";
import { countRecord } from "./record/count.ts";
import { readHead } from "./record/log.ts";

/** GET /healthz */
export const health: Handler = () =>
  Response.json({ status: "ok", version }, { headers: { "cache-control": "no-store" } });

/** GET /api/status */
export const status: Handler = async (_, { env }) => {
  const head = await readHead(env.DB);
  const shards = await Promise.all(
    (await listShards(env.DB)).map(async (shard) => {
      const told = await shardStub(env, shard)
        .status()
        .catch(() => undefined);
      // One that is broken is what an operator came to see.
      if (told === undefined) return { shard, error: "does not answer" };
      const { oldest_pending_at, cursor } = told;
      const seconds =
        oldest_pending_at === null ? null : Math.max(0, (Date.now() - Date.parse(oldest_pending_at)) / 1000);
      return {
        shard,
        ...told,
        lag: head.number - cursor,
        oldest_pending_seconds: seconds,
      };
    }),
  );
  const body = { log: { head: head.number, at: head.at }, record: await countRecord(env.DB), shards };
  return Response.json(body, { headers: { "cache-control": "no-store" } });
};

/** GET /openapi.json */
export const openApi: Handler = (_, { origin }) => Response.json(describeApi(origin, version));
