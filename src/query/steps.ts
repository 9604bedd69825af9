/** Work on a text in steps, so that others can have their turn between two of them. Each step yields about how many code units it took. */
export type Steps<T> = Generator<number, T, void>;

/** Code units of a step. The worst text takes some milliseconds for as many. */
export const STEP = 8192;

/** Takes all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
