/** What the platform passes to the Worker. `wrangler types` writes the bindings of wrangler.toml to bindings.d.ts. */
import type { Variables } from "./settings.ts";

/** `DB` is the record, and what the shards share. Variables and secrets are in settings.ts. */
export interface Env extends Omit<Bindings, keyof Variables | "SHARD">, Variables {
  /** The shards of alerts, by number. */
  SHARD: Pick<Bindings["SHARD"], "getByName">;
  /** For crash tests alone: see failpoint.ts. */
  FAILPOINT?: string;
}
