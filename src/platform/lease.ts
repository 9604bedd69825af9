/**
 * Shows whether a request is still running, by a timer of the request. A cancelled request settles no promise and runs no `finally`, but its
 * timers stop.
 */

/** Interval of the timer, and time without it after which the request counts as cancelled, in ms. */
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
