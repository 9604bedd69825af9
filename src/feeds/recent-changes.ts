/** Items that were corrected or retracted lately stand in a feed beside its newest: else nobody who subscribed would hear of it. */
import type { ChangedItem } from "../record/changed-items.ts";
import type { Head } from "../record/log.ts";
import { KeptItems } from "./kept-items.ts";

/** How long an item stands beside the newest after a change, in ms. */
const WINDOW = 7 * 24 * 60 * 60_000;

export interface Beside<T> {
  /** Newest on the wire first. */
  items: T[];
  /** When the next one leaves, in ms of Unix time. */
  until: number;
  /** When one last left, RFC 3339 in UTC; undefined where none has. */
  left: string | undefined;
}

export class ChangedItems<T extends { log: number }, M> {
  readonly #kept: KeptItems<ChangedItem<T, M>>;

  constructor(read: (db: D1Database, since: string) => Promise<ChangedItem<T, M>[]>) {
    this.#kept = new KeptItems(async (db) => ({
      items: await read(db, new Date(Date.now() - WINDOW).toISOString()),
      whole: true,
    }));
  }

  /**
   * Returns at most `limit` items that are not in `listed`, preferring those that changed last. `filter` keeps what the feed's query
   * matches, as the item is now or was within the window: readers of a filtered feed must also learn of a correction that moves an
   * item out of it.
   */
  async beside(
    db: D1Database,
    head: Head,
    { listed, limit }: { listed: readonly T[]; limit: number },
    filter: (versions: readonly (T | M)[]) => Promise<readonly (T | M)[]>,
  ): Promise<Beside<T>> {
    const { items } = await this.#kept.at(db, head);
    const leaves = ({ at }: ChangedItem<T, M>): number => Date.parse(at) + WINDOW;
    const now = Date.now();
    const within = items.filter((each) => leaves(each) > now);
    const gone = items.find((each) => leaves(each) <= now);
    const known = new Set(listed.map(({ log }) => log));
    const others = within.filter(({ log }) => !known.has(log));
    const matching = new Set(await filter(others.flatMap(({ item, before }) => [item, ...before])));
    const found = others
      .filter(({ item, before }) => [item, ...before].some((each) => matching.has(each)))
      .slice(0, limit);
    return {
      items: found.map(({ item }) => item).sort((a, b) => b.log - a.log),
      until: Math.min(...within.map(leaves)),
      left: gone && new Date(leaves(gone)).toISOString(),
    };
  }
}
