/** Applies the migrations of D1 on this machine, as wrangler applies them to the deployed database. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unstable_splitSqlQuery as splitSql } from "wrangler";

/** The table in which wrangler records applied migrations, as wrangler creates it. */
const CREATE_TABLE =
  "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)";

/** Names of the migrations in a folder, in the order in which they are applied. Back-ups and dotfiles are ignored. */
export const migrationFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".sql") && !name.startsWith("."))
    .sort();

/** Applies what the database lacks. Each migration and its record are one transaction. */
export async function migrate(db: D1Database, folder: string): Promise<void> {
  await db.prepare(CREATE_TABLE).run();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  for (const name of migrationFiles(folder).filter((file) => !applied.has(file))) {
    const statements = splitSql(readFileSync(join(folder, name), "utf8")).map((statement) => db.prepare(statement));
    await db.batch([...statements, db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name)]);
  }
}
