/**
 * Items that were corrected or retracted recently. A feed lists them after its newest items, so that subscribers learn of changes to
 * items that are no longer among the newest.
 */
import type { ChangedItem } from "../record/changed-items.ts";
import type { Head } from "../record/log.ts";
import { KeptItems } from "./kept-items.ts";

/** How long after a change an item is listed, in ms. */
const WINDOW = 7 * 24 * 60 * 60_000;

export interface ChangesBeside<T> {
  /** Newest on the wire first. */
  items: T[];
  /** When the next item leaves the list, in ms of Unix time; Infinity for an empty list. */
  until: number;
  /** When an item last left the list, RFC 3339 in UTC; undefined if none has. */
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
   * Returns at most `limit` items that are not in `listed`. Items that changed last are preferred. `filter` keeps what the feed's query matches.
   * Present and former versions of an item count, so that readers of a filtered feed also learn of a correction that moves an
   * item out of the feed.
   */
  async beside(
    db: D1Database,
    head: Head,
    { listed, limit }: { listed: readonly T[]; limit: number },
    filter: (versions: readonly (T | M)[]) => Promise<readonly (T | M)[]>,
  ): Promise<ChangesBeside<T>> {
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
