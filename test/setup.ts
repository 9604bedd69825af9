/** A workerd runs many files: for each it has a new record, new shards, a Worker that remembers nothing, and the settings and clock of its own. */
import { applyD1Migrations, type D1Migration, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, vi } from "vitest";
import { addOrigin } from "../src/alerts/origins.ts";
import type { Env } from "../src/platform/env.ts";
import { ORIGIN } from "./client.ts";

declare global {
  namespace Cloudflare {
    interface Env extends TestEnv {}
    interface GlobalProps {
      mainModule: typeof import("../src/worker.ts");
    }
  }
}

interface TestEnv extends Omit<Env, keyof Bindings> {
  MIGRATIONS: D1Migration[];
}

await reset();
const settings = { ...env };
// What the Worker remembers, it remembers of a database.
Object.assign(env, { DB: Object.create(env.DB) });
afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const name of Object.keys(env)) if (!(name in settings)) Reflect.deleteProperty(env, name);
  Object.assign(env, settings);
});
await applyD1Migrations(env.DB, env.MIGRATIONS);
// Links may name the tests' own origin, as if an operator had been seen there.
await addOrigin(env.DB, ORIGIN);
