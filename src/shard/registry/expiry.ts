/** Alerts that nobody confirmed in time: a new one is removed, one that had another channel before is paused. */
import type { Queries } from "../follow/queries.ts";
import type { ScheduledPart } from "../part.ts";
import type { Sql } from "../sql.ts";
import type { Registry } from "./registry.ts";

/** What the expiry needs of its shard. */
export interface ExpiryHost {
  transaction<T>(work: () => T): T;
  /** The queries, filed by the names as they are now. */
  queries(): Promise<Queries>;
}

export class Expiry implements ScheduledPart {
  readonly retryAfter = 15_000;
  readonly #sql: Sql;
  readonly #registry: Registry;
  readonly #host: ExpiryHost;

  constructor(sql: Sql, registry: Registry, host: ExpiryHost) {
    this.#sql = sql;
    this.#registry = registry;
    this.#host = host;
  }

  nextWake(): number | undefined {
    const { at } = this.#sql.one<{ at: number | null }>(
      "SELECT min(expires_at) AS at FROM alerts WHERE expires_at IS NOT NULL",
    );
    return at ?? undefined;
  }

  async run(): Promise<void> {
    const now = Date.now();
    if (this.#expired(now).length === 0) return;
    const queries = await this.#host.queries();
    this.#host.transaction(() => {
      // Read again after the wait: an alert may have been confirmed meanwhile.
      for (const { id, established } of this.#expired(now)) {
        if (established === 1) this.#registry.pause(id, "its channel was not confirmed within 24 hours");
        else this.#registry.remove(id, queries);
      }
    });
  }

  #expired(now: number): { id: string; established: number }[] {
    return this.#sql.all("SELECT id, established FROM alerts WHERE expires_at <= ?", now);
  }
}
