import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Env } from "../src/env.ts";

declare global {
  namespace Cloudflare {
    interface Env extends TestEnv {}
    interface GlobalProps {
      mainModule: typeof import("../src/worker.ts");
    }
  }
}

interface TestEnv extends Omit<Env, "SHARD"> {
  MIGRATIONS: D1Migration[];
  SHARD: DurableObjectNamespace<import("../src/alerts/shard.ts").Shard>;
}

await applyD1Migrations(env.DB, env.MIGRATIONS);
