/** Counts the articles, events and names on record. */
export async function countRecord(db: D1Database): Promise<{ articles: number; events: number; names: number }> {
  const counts = await db
    .prepare(
      "SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM names) AS names",
    )
    .first<{ articles: number; events: number; names: number }>();
  return counts ?? { articles: 0, events: 0, names: 0 };
}
