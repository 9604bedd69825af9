/** Parley as it is deployed, and a call that fills its first shard: to register thousands of alerts over HTTP would take too long. */
import { makeAlertId } from "../../../src/alerts/alert.ts";
import { openShard } from "../../../src/alerts/shards.ts";
import { makeSecret } from "../../../src/delivery/signature.ts";
import type { Env } from "../../../src/platform/env.ts";
import { readHead } from "../../../src/record/log.ts";
import { readNames } from "../../../src/record/names/read-names.ts";
import { readQuery } from "../../../src/record/search/read-query.ts";
import { Receivers } from "../../../src/shard/deliver/receivers.ts";
import { Queries } from "../../../src/shard/follow/queries.ts";
import { Deliveries } from "../../../src/shard/outbox/deliveries.ts";
import { Gatherings } from "../../../src/shard/outbox/gatherings.ts";
import { Notices } from "../../../src/shard/outbox/notices.ts";
import { Outbox } from "../../../src/shard/outbox/outbox.ts";
import { Quotas } from "../../../src/shard/outbox/quotas.ts";
import { Registry } from "../../../src/shard/registry/registry.ts";
import { Shard as ParleyShard } from "../../../src/shard/shard.ts";
import { Sql } from "../../../src/shard/sql.ts";
import worker from "../../../src/worker.ts";

/** An alert that is to be there, confirmed. */
export interface Seed {
  query: string;
  url: string;
}

interface BenchEnv extends Omit<Env, "SHARD"> {
  SHARD: DurableObjectNamespace<Shard>;
}

export class Shard extends ParleyShard {
  async seed(seeds: readonly Seed[]): Promise<void> {
    // While it has no alerts, a shard that is waked goes to the log's end.
    await this.wake();
    const head = await readHead(this.env.DB);
    const names = await readNames(this.env.DB, head);
    const sql = new Sql(this.ctx.storage.sql);
    const queries = new Queries(sql, names, () => true);
    const registry = registryOf(sql);
    const now = Date.now();
    this.ctx.storage.transactionSync(() => {
      for (const { query, url } of seeds) {
        const id = makeAlertId(0);
        const alert = {
          source: query,
          query: readQuery(query, names, "query").canonical,
          channel: { type: "webhook" as const, url },
          tokenHash: "",
          feedKeyHash: "",
          secret: makeSecret(),
          origin: "https://wire.example",
          since: head.number,
        };
        registry.register(id, alert, queries, now);
        registry.confirm(id, now);
      }
    });
  }
}

function registryOf(sql: Sql): Registry {
  const receivers = new Receivers(sql);
  return new Registry(sql, {
    receivers,
    outbox: new Outbox(sql, receivers),
    notices: new Notices(sql),
    quotas: new Quotas(sql, 0),
    gatherings: new Gatherings(sql),
    deliveries: new Deliveries(sql),
  });
}

export default {
  async fetch(request: Request, env, ctx) {
    if (new URL(request.url).pathname !== "/bench/seed") return worker.fetch(request, env, ctx);
    const seeds: Seed[] = await request.json();
    await openShard(env.DB, 0);
    await env.SHARD.getByName("0").seed(seeds);
    return new Response(null, { status: 204 });
  },
  scheduled: worker.scheduled,
} satisfies ExportedHandler<BenchEnv>;
