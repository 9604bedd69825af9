/**
 * The caches of an isolate. Everything in them can be worked out again from the record.
 *
 * A value is cached under the database that it was read from, so that no database answers for another. A database is known by its object:
 * the platform passes the same binding to every request of an isolate. When nobody holds that object any more, its values are freed.
 */
import { SingleFlight } from "./single-flight.ts";

/** One state for each database. */
export class PerDatabase<S> {
  readonly #states = new WeakMap<D1Database, S>();
  readonly #make: () => S;

  constructor(make: () => S) {
    this.#make = make;
  }

  of(db: D1Database): S {
    const known = this.#states.get(db);
    if (known !== undefined) return known;
    const made = this.#make();
    this.#states.set(db, made);
    return made;
  }
}

export interface CacheBounds<V> {
  /** Maximum entries for each database. */
  entries: number;
  /** Maximum bytes for each database, where values differ much in size. */
  bytes?: { limit: number; of: (value: V) => number };
  /** Returns when a value expires although the record stands still, in ms of Unix time. */
  until?: (value: V) => number;
}

interface CacheEntry<V> {
  version: number;
  value: V;
  bytes: number;
}

/**
 * Values derived from the record, by key. The version of a value is the number of the log entry that it reflects. A value of a later version
 * than asked for is valid; a value of an earlier version is not. Beyond a bound, the entry that was made first is dropped.
 */
export class RecordCache<V> {
  readonly #bounds: CacheBounds<V>;
  readonly #entries = new PerDatabase(() => ({ byKey: new Map<string, CacheEntry<V>>(), bytes: 0 }));
  readonly #flights = new SingleFlight<V>();

  constructor(bounds: CacheBounds<V>) {
    this.#bounds = bounds;
  }

  /** Returns the value of a key at a version or later; undefined if it is not cached. */
  get(db: D1Database, version: number, key = ""): V | undefined {
    const entry = this.#entries.of(db).byKey.get(key);
    if (entry === undefined || entry.version < version) return undefined;
    const { until } = this.#bounds;
    return until === undefined || Date.now() < until(entry.value) ? entry.value : undefined;
  }

  /**
   * Returns the value of a key at a version or later, and makes it if it is not cached. Of several requests at the same time one makes it.
   * `make` is given the value of an earlier version, if that is still there. If `make` throws, nothing is cached.
   */
  async at(db: D1Database, version: number, key: string, make: (earlier: V | undefined) => Promise<V>): Promise<V> {
    const cached = this.get(db, version, key);
    if (cached !== undefined) return cached;
    return this.#flights.share(db, `${version} ${key}`, async () => {
      const value = await make(this.#entries.of(db).byKey.get(key)?.value);
      this.#put(db, version, key, value);
      return value;
    });
  }

  #put(db: D1Database, version: number, key: string, value: V): void {
    const { entries, bytes } = this.#bounds;
    const cached = this.#entries.of(db);
    const other = cached.byKey.get(key);
    // A request that began earlier may end later.
    if (other !== undefined && other.version > version) return;
    const drop = (dropped: string): void => {
      cached.bytes -= cached.byKey.get(dropped)?.bytes ?? 0;
      cached.byKey.delete(dropped);
    };
    drop(key);
    const entry = { version, value, bytes: bytes?.of(value) ?? 0 };
    cached.byKey.set(key, entry);
    cached.bytes += entry.bytes;
    for (const first of cached.byKey.keys()) {
      if (cached.byKey.size <= entries && cached.bytes <= (bytes?.limit ?? 0)) return;
      drop(first);
    }
  }
}

/**
 * Values derived from one object, such as an article or the names of one version. They live as long as the object, so they need
 * neither a version nor a database. An object has at most so many values; one more drops the others.
 */
export class DerivedValues<K extends object, V> {
  readonly #values = new WeakMap<K, Map<string, V>>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(object: K, key: string): V | undefined {
    return this.#values.get(object)?.get(key);
  }

  put(object: K, key: string, value: V): V {
    const values = this.#values.get(object) ?? new Map<string, V>();
    if (values.size >= this.#limit && !values.has(key)) values.clear();
    values.set(key, value);
    this.#values.set(object, values);
    return value;
  }

  /** Returns the value of a key, and makes it if it is not there. */
  at(object: K, key: string, make: () => V): V {
    return this.get(object, key) ?? this.put(object, key, make());
  }
}
