import type { Query } from "../../query/tree.ts";

/** Maximum trees in the cache. */
const MOST_TREES = 10_000;
/** Maximum length of their sources together, in UTF-16 units. A tree takes some thirty times the memory of its source. */
const MOST_UNITS = 500_000;

/** The syntax trees of the queries that articles have met lately, by the queries' numbers. Trees hold for one vocabulary. */
export class TreeCache {
  readonly #most: { trees: number; units: number };
  /** The least recently used first. */
  readonly #trees = new Map<number, { tree: Query; units: number }>();
  #units = 0;

  constructor(most = { trees: MOST_TREES, units: MOST_UNITS }) {
    this.#most = most;
  }

  get(number: number): Query | undefined {
    const known = this.#trees.get(number);
    if (known === undefined) return undefined;
    this.#trees.delete(number);
    this.#trees.set(number, known);
    return known.tree;
  }

  /** Adds a tree, and drops the least recently used ones that exceed a bound. */
  set(number: number, tree: Query, source: string): void {
    this.delete(number);
    this.#trees.set(number, { tree, units: source.length });
    this.#units += source.length;
    for (const oldest of this.#trees.keys()) {
      if (this.#trees.size <= this.#most.trees && this.#units <= this.#most.units) return;
      this.delete(oldest);
    }
  }

  delete(number: number): void {
    this.#units -= this.#trees.get(number)?.units ?? 0;
    this.#trees.delete(number);
  }

  clear(): void {
    this.#trees.clear();
    this.#units = 0;
  }
}
