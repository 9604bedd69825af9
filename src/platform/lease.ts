/**
 * Says by a timer of its own request that the request is still there. A request that is cancelled settles no promise and runs no `finally`, but
 * its timers end with it.
 */

/** How often, in milliseconds; and after how long without a sign the request counts as lost. */
const BEAT = 500;
const LOST = 5_000;

export class Lease {
  #seen = Date.now();
  readonly #timer = setInterval(() => {
    this.#seen = Date.now();
  }, BEAT);

  get isLost(): boolean {
    return Math.abs(Date.now() - this.#seen) > LOST;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
