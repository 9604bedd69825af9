/** Checks that the database has the tables that this code expects. */
import { Problem } from "../http/problem.ts";

/** The last file of data/migrations/. */
export const LAST_MIGRATION = "0003_websub.sql";

/** Retry-After for callers, in seconds. */
const RETRY_AFTER = 10;

const notReady = (why: string): Problem =>
  new Problem(503, "Not ready", why, { headers: { "retry-after": String(RETRY_AFTER) } });

/** Returns a Problem (503) for a database that lacks migrations: a new one, or one of an older version. Throws if D1 does not answer. */
export async function findMissingMigrations(db: D1Database): Promise<Problem | undefined> {
  return (await isMigrated(db)) ? undefined : notReady("The database is not ready: its migrations are not applied yet");
}

/** Does the same, and also returns a Problem (503) if D1 does not answer. */
export const findDatabaseTrouble = (db: D1Database): Promise<Problem | undefined> =>
  findMissingMigrations(db).catch(() => notReady("The database does not answer"));

async function isMigrated(db: D1Database): Promise<boolean> {
  try {
    // wrangler and `npm start` record the applied migrations in this table.
    const found = await db.prepare("SELECT 1 FROM d1_migrations WHERE name = ?").bind(LAST_MIGRATION).first();
    return found !== null;
  } catch (error) {
    if (/no such table/.test(String(error))) return false;
    throw error;
  }
}
