/**
 * The newest items on record, cached in the isolate, so that most feeds need no query. An item that has not changed since the last read stays
 * the same object, so everything derived from it stays valid.
 */
import { RecordCache } from "../platform/cache.ts";
import type { Head } from "../record/log.ts";

export interface ItemList<T> {
  /** Newest first. */
  items: readonly T[];
  /** Whether these are all items. */
  whole: boolean;
}

interface ComparedItem<T> {
  item: T;
  /** Its JSON, to see whether it has changed. */
  json: string;
}

interface KeptList<T> extends ItemList<T> {
  compared: ReadonlyMap<number, ComparedItem<T>>;
}

/** Maximum JSON of all items together, in characters. Memory holds several times as much: each item is also kept as written in each format. */
const MOST_CHARACTERS = 1_000_000;

export class KeptItems<T extends { log: number }> {
  readonly #read: (db: D1Database) => Promise<ItemList<T>>;
  readonly #lists = new RecordCache<KeptList<T>>({ entries: 1 });

  constructor(read: (db: D1Database) => Promise<ItemList<T>>) {
    this.#read = read;
  }

  /** Returns the items at a head of the log, or later. */
  at(db: D1Database, head: Head): Promise<ItemList<T>> {
    return this.#lists.at(db, head.number, "", async (earlier) => keepUnchanged(await this.#read(db), earlier));
  }
}

/** Returns the items as far as there is room for them. Those that have not changed are the earlier objects. */
function keepUnchanged<T extends { log: number }>(
  { items, whole }: ItemList<T>,
  earlier: KeptList<T> | undefined,
): KeptList<T> {
  const compared = new Map<number, ComparedItem<T>>();
  let left = MOST_CHARACTERS;
  for (const item of items) {
    const json = JSON.stringify(item);
    left -= json.length;
    if (left < 0) break;
    const old = earlier?.compared.get(item.log);
    compared.set(item.log, old?.json === json ? old : { item, json });
  }
  const kept = [...compared.values()].map(({ item }) => item);
  return { items: kept, whole: whole && kept.length === items.length, compared };
}
