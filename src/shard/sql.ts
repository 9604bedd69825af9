/** The values of a statement's columns, by name. */
type Columns<T> = { [name in keyof T]: SqlStorageValue };

/** Statements on the SQLite of a Durable Object, with typed rows. Calls are synchronous, and throw if the statement fails. */
export class Sql {
  readonly #storage: SqlStorage;

  constructor(storage: SqlStorage) {
    this.#storage = storage;
  }

  /** Returns the first row, or undefined if there is none. */
  first<T extends Columns<T>>(statement: string, ...bindings: SqlStorageValue[]): T | undefined {
    return this.all<T>(statement, ...bindings)[0];
  }

  /** Returns the only row. Throws if there is none, or more than one. */
  one<T extends Columns<T>>(statement: string, ...bindings: SqlStorageValue[]): T {
    return this.#storage.exec<T & Record<string, SqlStorageValue>>(statement, ...bindings).one();
  }

  all<T extends Columns<T>>(statement: string, ...bindings: SqlStorageValue[]): T[] {
    return this.#storage.exec<T & Record<string, SqlStorageValue>>(statement, ...bindings).toArray();
  }

  /** Iterates over the rows as tuples, without making an object for each. */
  tuples<T extends SqlStorageValue[]>(statement: string, ...bindings: SqlStorageValue[]): IterableIterator<T> {
    return this.#storage.exec(statement, ...bindings).raw<T>();
  }

  /** Returns true if there is a row. */
  exists(statement: string, ...bindings: SqlStorageValue[]): boolean {
    return this.#storage.exec(statement, ...bindings).toArray().length > 0;
  }

  run(statement: string, ...bindings: SqlStorageValue[]): void {
    this.#storage.exec(statement, ...bindings);
  }
}
