/** Names in D1: adding and changing. */
import { commitEntry, THIS_ENTRY } from "../log.ts";
import type { NameInput } from "./name.ts";

/** Puts a name on record. Returns whether it is new, changed or the same as before. */
export async function putName(db: D1Database, id: string, input: NameInput): Promise<"created" | "changed" | "same"> {
  const document = JSON.stringify({ id, ...input });
  const old = await db.prepare("SELECT document FROM names WHERE id = ?").bind(id).first<string>("document");
  if (old === document) return "same";
  await commitEntry(db, { at: new Date().toISOString(), kind: "name.changed", subject: id }, [
    db
      .prepare(
        `INSERT INTO names (id, log, document) VALUES (?1, ${THIS_ENTRY}, ?2)
         ON CONFLICT (id) DO UPDATE SET log = excluded.log, document = excluded.document`,
      )
      .bind(id, document),
  ]);
  return old === null ? "created" : "changed";
}
