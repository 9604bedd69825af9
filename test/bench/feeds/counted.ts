/** A D1 database that counts what it reads, as the platform bills it (`meta.rows_read`). */

export interface Reads {
  queries: number;
  rows: number;
}

export class Counter {
  readonly reads: Reads = { queries: 0, rows: 0 };
  private readonly originals = new WeakMap<object, D1PreparedStatement>();

  /** The same database, counted. Asked for once: the Worker tells databases apart by identity. */
  database(db: D1Database): D1Database {
    return new Proxy(db, {
      get: (target, name) => {
        if (name === "prepare") return (sql: string) => this.statement(target.prepare(sql));
        if (name === "batch") return (all: D1PreparedStatement[]) => this.batch(target, all);
        return () => {
          throw new Error(`D1Database.${String(name)} is not counted`);
        };
      },
    });
  }

  private note({ rows_read }: D1Meta): void {
    this.reads.queries++;
    this.reads.rows += rows_read;
  }

  private async batch(db: D1Database, all: readonly D1PreparedStatement[]): Promise<D1Result[]> {
    const results = await db.batch(all.map((one) => this.originals.get(one) ?? one));
    for (const { meta } of results) this.note(meta);
    return results;
  }

  private statement(original: D1PreparedStatement): D1PreparedStatement {
    const all = async (): Promise<D1Result<Record<string, unknown>>> => {
      const result = await original.all<Record<string, unknown>>();
      this.note(result.meta);
      return result;
    };
    const ways: Readonly<Record<string, (...values: never[]) => unknown>> = {
      bind: (...values: unknown[]) => this.statement(original.bind(...values)),
      all,
      run: all,
      // The binding's own first() tells nothing of what was read.
      first: async (column?: string) => {
        const [row] = (await all()).results;
        return row === undefined ? null : column === undefined ? row : row[column];
      },
    };
    const counted = new Proxy(original, {
      get: (_, name) => {
        const way = ways[String(name)];
        if (way === undefined) throw new Error(`D1PreparedStatement.${String(name)} is not counted`);
        return way;
      },
    });
    this.originals.set(counted, original);
    return counted;
  }
}
