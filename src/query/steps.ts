/**
 * Work on a text in steps, so that other requests run between them. Each step yields roughly the number of code units
 * it processed.
 */
export type Steps<T> = Generator<number, T, void>;

/** Code units per step. The worst text takes a few milliseconds for this many. */
export const STEP = 8192;

/** Runs all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
