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
    while (known() === undefined && Date.now() - this.#begun < PATIENCE) await scheduler.wait(LOOK_AGAIN);
    return known() ?? this.#readAt(db, head);
  }

  async #readAt(db: D1Database, head: Head): Promise<Newest<T>> {
    this.#begun = Date.now();
    try {
      const { items, whole } = await this.#read(db);
      const kept = { db, head: head.number, whole, items: this.#withOld(items) };
      if (this.#kept?.db !== db || this.#kept.head < head.number) this.#kept = kept;
      return kept;
    } finally {
      this.#begun = 0;
    }
  }

  #withOld(items: readonly T[]): T[] {
    const said = new Map<number, { said: string; item: T }>();
    const kept = items.map((item) => {
      const now = { said: JSON.stringify(item), item };
      const old = this.#said.get(item.log);
      const same = old?.said === now.said ? old : now;
      said.set(item.log, same);
      return same.item;
    });
    this.#said = said;
    return kept;
  }
}
