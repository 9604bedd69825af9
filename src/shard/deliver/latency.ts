/** How long messages took lately, from the match to the receiver's answer. In memory: what an operator looks at, not what anybody is promised. */

/** Number of messages that are remembered. */
const REMEMBERED = 1000;

export class Latency {
  readonly #milliseconds: number[] = [];
  #next = 0;

  add(milliseconds: number): void {
    this.#milliseconds[this.#next] = Math.max(0, milliseconds);
    this.#next = (this.#next + 1) % REMEMBERED;
  }

  /** The median and the 99th percentile, in milliseconds, and of how many messages; null where there is none. */
  summary(): { messages: number; p50: number; p99: number } | null {
    const sorted = this.#milliseconds.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return sorted.length === 0 ? null : { messages: sorted.length, p50: at(0.5), p99: at(0.99) };
  }
}
