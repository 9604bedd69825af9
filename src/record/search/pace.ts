/**
 * Work that lets other requests have their turn. A deployed Worker's clock stands still while it computes
 * (https://developers.cloudflare.com/workers/runtime-apis/performance), so that the work itself is counted too, in code units of text.
 */
import type { Steps } from "../../query/steps.ts";

/** Milliseconds of work between two pauses, where the clock runs. */
const MOST_TIME = 8;
/** Code units between two pauses: some 10 ms of analysis. */
const MOST_UNITS = 131_072;

export class Pace {
  #units = 0;
  #begun = Date.now();

  /** Counts work that was done. Returns whether it is time for a pause. */
  spend(units: number): boolean {
    this.#units += units;
    return this.#units >= MOST_UNITS || Math.abs(Date.now() - this.#begun) >= MOST_TIME;
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
      const { done, value } = steps.next();
      if (done) return value;
      if (this.spend(value)) await this.pause();
    }
  }
}
