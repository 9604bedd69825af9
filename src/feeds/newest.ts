/**
 * The newest items on record, kept in the isolate, so that most feeds are answered without asking the record. An item that did not
 * change since it was read last stays the same object, and whatever was worked out for it stays good.
 */
import type { Head } from "../record/log.ts";

export interface Newest<T> {
  /** Newest first. */
  items: readonly T[];
  /** Whether these are all there are. */
  whole: boolean;
}

/** For so long the others wait for the one that reads, in milliseconds; it may have ended before it was done. */
const PATIENCE = 500;
/** So often they look whether it has done, in milliseconds. */
const LOOK_AGAIN = 2;

/** So much is kept of what items and their sources say, in characters: it is kept several times over, as it is written in each format. */
const MOST_SAID = 1_000_000;

export class NewestItems<T extends { log: number }> {
  readonly #read: (db: D1Database) => Promise<Newest<T>>;
  #kept: (Newest<T> & { db: D1Database; head: number }) | undefined;
  /** When a request began to read them, in milliseconds of Unix time; 0: none is about to. */
  #begun = 0;
  /** What each kept item says, to see whether it has changed. */
  #said = new Map<number, { said: string; item: T }>();

  constructor(read: (db: D1Database) => Promise<Newest<T>>) {
    this.#read = read;
  }

  /** As they are at a head of the log, or later. */
  async at(db: D1Database, head: Head): Promise<Newest<T>> {
    const known = () => (this.#kept?.db === db && this.#kept.head >= head.number ? this.#kept : undefined);
    // One request reads them, the others wait: each with a timer of its own, since no request may hang on what another one does.
    while (known() === undefined && Math.abs(Date.now() - this.#begun) < PATIENCE) await scheduler.wait(LOOK_AGAIN);
    return known() ?? this.#readAt(db, head);
  }

  async #readAt(db: D1Database, head: Head): Promise<Newest<T>> {
    this.#begun = Date.now();
    try {
      const { items, whole } = await this.#read(db);
      const within = this.#withOld(items);
      const kept = { db, head: head.number, whole: whole && within.length === items.length, items: within };
      if (this.#kept?.db !== db || this.#kept.head < head.number) this.#kept = kept;
      return kept;
    } finally {
      this.#begun = 0;
    }
  }

  /** The same items, as far as there is room for them; those that have not changed as they were. */
  #withOld(items: readonly T[]): T[] {
    const said = new Map<number, { said: string; item: T }>();
    let left = MOST_SAID;
    for (const item of items) {
      const now = { said: JSON.stringify(item), item };
      left -= now.said.length;
      if (left < 0) break;
      const old = this.#said.get(item.log);
      said.set(item.log, old?.said === now.said ? old : now);
    }
    this.#said = said;
    return [...said.values()].map(({ item }) => item);
  }
}
