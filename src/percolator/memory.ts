import type { PostingStore } from "./percolator.ts";

/** Postings in memory, for tests and tools. */
export class MemoryStore implements PostingStore {
  readonly #postings = new Map<string, Set<number>>();

  *read(entries: ReadonlySet<string>): Iterable<number> {
    for (const entry of entries) yield* this.#postings.get(entry) ?? [];
  }

  add(entry: string, query: number): void {
    const postings = this.#postings.get(entry) ?? new Set();
    this.#postings.set(entry, postings.add(query));
  }

  remove(entry: string, query: number): void {
    const postings = this.#postings.get(entry);
    postings?.delete(query);
    if (postings?.size === 0) this.#postings.delete(entry);
  }
}
