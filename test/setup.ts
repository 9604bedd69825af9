import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { ShardCalls } from "../src/alerts/calls.ts";
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
  /** As the platform makes it, for a look inside; and as the Worker calls it. */
  SHARD: { getByName(name: string): DurableObjectStub & ShardCalls } & DurableObjectNamespace;
}

await applyD1Migrations(env.DB, env.MIGRATIONS);
