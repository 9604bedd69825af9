/** Finds an article that is on record already. */
import type { ArticleInput } from "./article.ts";
import { derivedId } from "./draft-article.ts";

export interface SameArticle {
  id: string;
  title: string;
  /** The field that is the same. An article with the same id or address is not added again. */
  same: "id" | "url" | "text";
}

/** Number of the newest articles whose texts are compared. There is no index of texts. Texts of other lengths are not read (octet_length). */
const NEWEST_ARTICLES = 200;

/** Returns the article on record with the same id, address or text, in this order; undefined if there is none. */
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
