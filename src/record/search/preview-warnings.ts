/** Warnings of a preview that need the record: unknown words that no article has, and queries that match almost daily. */
import type { ParsedQuery } from "../../query/grammar.ts";
import { write } from "../../query/tree.ts";
import { unknownWords, unknownWordWarning } from "../../query/warnings.ts";
import { NEWEST } from "../log.ts";
import type { Names } from "../names/read-names.ts";
import { findCandidates } from "./full-text.ts";
import type { PreviewCount } from "./preview-count.ts";

/** Words in small letters that are nearly a name: nothing is said of those that stand in an article. */
export async function unknownWordWarnings(
  db: D1Database,
  { vocabulary }: Names,
  source: string,
  { tree }: ParsedQuery,
): Promise<string[]> {
  const unknown = unknownWords(source, tree, vocabulary).filter(({ capitalised }) => !capitalised);
  const warnings = unknown.slice(0, MOST_LOOKUPS).map(async (word) => {
    const [known] = await findCandidates(db, "article_index", word.key, NEWEST, 1);
    return known === undefined ? [unknownWordWarning(word)] : [];
  });
  return (await Promise.all(warnings)).flat();
}

/** Each is a query. */
const MOST_LOOKUPS = 4;

/** How many of the newest articles tell what is frequent. */
const RECENT = 1000;
/** On fewer days one cannot tell what happens daily. */
const WEEK = 7;
/** Fewer matches say nothing of what happens daily. */
const OFTEN = 5;

/** A query, or an alternative of it, that would have matched on at least half of the days that have articles. */
export async function frequencyWarnings(db: D1Database, { total, found }: PreviewCount): Promise<string[]> {
  if (total < OFTEN) return [];
  const { results } = await db
    .prepare(
      `SELECT log, substr(coalesce(published_at, added_at), 1, 10) AS day FROM articles
        WHERE mode <> 'silent' ORDER BY log DESC LIMIT ?`,
    )
    .bind(RECENT)
    .all<{ log: number; day: string }>();
  const since = results.at(-1)?.log ?? 0;
  const days = new Set(results.map(({ day }) => day)).size;
  const [whole, ...alternatives] = found.flatMap(({ query, articles }) => {
    const recent = articles.filter(({ log }) => log >= since);
    const matched = new Set(recent.map(({ day }) => day)).size;
    // Where there are few days, they tell less than the articles.
    const many = days >= WEEK || recent.length * 2 >= results.length;
    if (recent.length < OFTEN || matched * 2 < days || !many) return [];
    return [
      `${write(query)} is so common that it would fire almost daily: it matches ${recent.length} of the newest ${results.length} articles, on ${matched} of the ${days} days that have any`,
    ];
  });
  // Of an OR the alternatives that are to blame.
  return alternatives.length > 0 ? alternatives : whole === undefined ? [] : [whole];
}
