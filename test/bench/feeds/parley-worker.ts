/** Parley as it is deployed, with two calls more: one fills the record, one tells what D1 has read since the Worker began. */
import type { Env } from "../../../src/platform/env.ts";
import worker from "../../../src/worker.ts";
import { Counter } from "./counted.ts";
import { fill, type Story } from "./fill.ts";

export { Shard } from "../../../src/worker.ts";

const counter = new Counter();
/** By the platform's own, so that the Worker is always given the same one. */
const counted = new WeakMap<Env, Env>();

function countedEnv(env: Env): Env {
  const known = counted.get(env) ?? { ...env, DB: counter.database(env.DB) };
  counted.set(env, known);
  return known;
}

export default {
  async fetch(request: Request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/bench/reads") return Response.json(counter.reads);
    if (pathname !== "/bench/fill") return worker.fetch(request, countedEnv(env), ctx);
    const stories: Story[] = await request.json();
    await fill(env.DB, stories);
    return new Response(null, { status: 204 });
  },
  scheduled: worker.scheduled,
} satisfies ExportedHandler<Env>;
