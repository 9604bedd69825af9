/**
 * Pauses long work so that other requests of the isolate can run. The clock of a deployed Worker stands still during computation
 * (https://developers.cloudflare.com/workers/runtime-apis/performance), so there the work is counted in code units of text. A pause takes
 * about a millisecond, so pauses are about 15 ms apart.
 */
import type { Steps } from "../../query/steps.ts";

/** Maximum work between two pauses, in ms, where the clock runs. */
const MOST_TIME = 15;
/** Maximum work between two pauses, in code units, where the clock stands still: at most some 20 ms of analysis. */
const MOST_UNITS = 262_144;

export class WorkPace {
  #units = 0;
  #begun = Date.now();
  /** Whether the clock was seen to run during a step. */
  #clockRuns = false;

  /** Counts completed work. Returns whether a pause is due. */
  spend(units: number): boolean {
    this.#units += units;
    return this.#clockRuns ? Math.abs(Date.now() - this.#begun) >= MOST_TIME : this.#units >= MOST_UNITS;
  }

  /** Lets other requests run. Promises alone do not yield to them, so this waits for a timer. */
  async pause(): Promise<void> {
    await scheduler.wait(0);
    this.#units = 0;
    this.#begun = Date.now();
  }

  /** Runs all steps, with pauses, and returns the result. */
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
