/**
 * Work that lets other requests have their turn. A pause takes about a millisecond, so that there is one for some 15 ms of work. A deployed
 * Worker's clock stands still while it computes (https://developers.cloudflare.com/workers/runtime-apis/performance): there the work itself is
 * counted, in code units of text.
 */
import type { Steps } from "../../query/steps.ts";

/** Milliseconds of work between two pauses, where the clock runs. */
const MOST_TIME = 15;
/** Code units between two pauses, where it stands still: at most some 20 ms of analysis. */
const MOST_UNITS = 262_144;

export class WorkPace {
  #units = 0;
  #begun = Date.now();
  /** Whether the clock was seen to run during a step. */
  #clockRuns = false;

  /** Counts work that was done. Returns whether it is time for a pause. */
  spend(units: number): boolean {
    this.#units += units;
    return this.#clockRuns ? Math.abs(Date.now() - this.#begun) >= MOST_TIME : this.#units >= MOST_UNITS;
  }

  /** Lets others go on: a timer, since promises alone let nobody in. */
  async pause(): Promise<void> {
    await scheduler.wait(0);
    this.#units = 0;
    this.#begun = Date.now();
  }

  /** Takes all steps, with pauses. */
  async finish<T>(steps: Steps<T>): Promise<T> {
    for (;;) {
      const before = Date.now();
      const { done, value } = steps.next();
      this.#clockRuns ||= Date.now() !== before;
      if (done) return value;
      if (this.spend(value)) await this.pause();
    }
  }
}
