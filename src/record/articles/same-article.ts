/** Whether an article is on record already. */
import type { ArticleInput } from "./article.ts";
import { derivedId } from "./draft-article.ts";

export interface SameArticle {
  id: string;
  title: string;
  /** What of it is the same; with one id or one address it is the same article, and is not added again. */
  same: "id" | "url" | "text";
}

/** Among so many of the newest ones the text is looked for: no index has it. Texts of other lengths are not read (SQLite, octet_length). */
const NEWEST_ARTICLES = 200;

/** The article on record that has the same id, address or text, in this order; undefined where there is none. */
export async function findSameArticle(db: D1Database, input: ArticleInput): Promise<SameArticle | undefined> {
  const id = input.id ?? (await derivedId(input));
  const found = await db
    .prepare(
      `SELECT id, title, CASE WHEN id = ?1 THEN 'id' WHEN url = ?2 THEN 'url' ELSE 'text' END AS same FROM articles
       WHERE id = ?1 OR url = ?2 OR log IN (
         SELECT log FROM articles
         WHERE log >= (SELECT min(log) FROM (SELECT log FROM articles ORDER BY log DESC LIMIT ${NEWEST_ARTICLES}))
           AND octet_length(text) = octet_length(?3) AND text = ?3)
       ORDER BY id = ?1 DESC, url = ?2 DESC, log DESC LIMIT 1`,
    )
    .bind(id, input.url ?? null, input.text)
    .first<SameArticle>();
  return found ?? undefined;
}
