/** Warnings of a preview that need the record: unknown words that no article has, and queries that match almost daily. */
import type { ParsedQuery } from "../../query/grammar.ts";
import { write } from "../../query/tree.ts";
import { unknownWords, unknownWordWarning } from "../../query/warnings.ts";
import { NEWEST } from "../log.ts";
import type { Names } from "../names/read-names.ts";
import { findCandidates } from "./full-text.ts";
import type { PreviewCount } from "./preview-count.ts";

/** Warns of words in small letters that are nearly a name, unless an article has the word. */
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

/** Maximum words that are looked up. Each costs a D1 query. */
const MOST_LOOKUPS = 4;

/** Number of the newest articles that show what is frequent. */
const RECENT = 1000;
/** Minimum days that show what is frequent. */
const WEEK = 7;
/** Minimum matches that show what is frequent. */
const OFTEN = 5;

/** Warns of a query, or an alternative of an OR, that matched on at least half of the days that have articles. */
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
    // With few days, the share of articles says more than the share of days.
    const many = days >= WEEK || recent.length * 2 >= results.length;
    if (recent.length < OFTEN || matched * 2 < days || !many) return [];
    return [
      `${write(query)} is so common that it would fire almost daily: it matches ${recent.length} of the newest ${results.length} articles, on ${matched} of the ${days} days that have any`,
    ];
  });
  // If alternatives of an OR are frequent, only they are named.
  return alternatives.length > 0 ? alternatives : whole === undefined ? [] : [whole];
}
