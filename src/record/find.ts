/** Search: the articles or events that match a query, newest on the wire first. The index narrows, the predicate decides. */
import type { ParsedQuery } from "../query/grammar.ts";
import { match, type Reason } from "../query/match.ts";
import { nameBySpellings, narrow } from "../query/narrow.ts";
import { type AnalysedText, analyse, type Matchable } from "../query/text.ts";
import { termsOf } from "../query/tree.ts";
import { type Article, articleMatchable } from "./article.ts";
import { readArticles } from "./articles.ts";
import { eventMatchable, readEvents, type SourcedEvent } from "./events.ts";
import type { Names } from "./names.ts";
import { findCandidates, type IndexTable } from "./search.ts";

export interface Page {
  /** Only what was put on the wire before this log entry. */
  before: number;
  limit: number;
  /** Without what is silent. */
  feed: boolean;
}

export interface Found<T> {
  item: T;
  text: AnalysedText;
  found: Reason[];
}

export interface FoundPage<T> {
  results: Found<T>[];
  /** The log entry before which the next page begins; undefined where there is nothing more. */
  next: number | undefined;
}

/** How far one search goes: it must not hold up whatever else the isolate serves. */
export interface Bounds {
  /** How many candidates are read in one step; so many are held at a time. */
  step: number;
  /** In how many steps. */
  steps: number;
  /** And how much text is looked at, in UTF-16 code units; less where the query has more than four terms. */
  text: number;
}

/** A page is left shorter than asked for beyond these. */
const PAGE_BOUNDS: Bounds = { step: 25, steps: 20, text: 4_000_000 };

interface Searchable<T extends { log: number }> {
  table: IndexTable;
  read: (db: D1Database, rows: readonly number[], page: Pick<Page, "before" | "feed">) => Promise<T[]>;
  matchable: (item: T, names: Names) => Matchable;
}

/** Items on record, newest on the wire first: those that match a query, or all. */
export interface Listed<T> {
  items: T[];
  /** The log entry before which the next page begins; undefined where there is nothing more. */
  next: number | undefined;
}

export const listEvents = async (
  db: D1Database,
  names: Names,
  query: ParsedQuery | undefined,
  page: Page,
): Promise<Listed<SourcedEvent>> =>
  query ? withoutReasons(await findEvents(db, names, query, page)) : withNext(await readEvents(db, page), page);

/** `texts`: whether the caller shows them; a search reads them in any case. */
export const listArticles = async (
  db: D1Database,
  names: Names,
  query: ParsedQuery | undefined,
  page: Page,
  texts: boolean,
): Promise<Listed<Article>> =>
  query
    ? withoutReasons(await findArticles(db, names, query, page))
    : withNext(await readArticles(db, { ...page, texts }), page);

const withoutReasons = <T>({ results, next }: FoundPage<T>): Listed<T> => ({
  items: results.map(({ item }) => item),
  next,
});

/** A full page may have another after it. */
const withNext = <T extends { log: number }>(items: T[], { limit }: Page): Listed<T> => ({
  items,
  next: items.length === limit ? items.at(-1)?.log : undefined,
});

const ARTICLES: Searchable<Article> = {
  table: "article_index",
  read: (db, only, { before, feed }) => readArticles(db, { before, limit: only.length, only, feed, texts: true }),
  matchable: articleMatchable,
};

const EVENTS: Searchable<SourcedEvent> = {
  table: "event_index",
  read: (db, only, { before, feed }) => readEvents(db, { before, limit: only.length, only, feed }),
  matchable: eventMatchable,
};

export const findArticles = (
  db: D1Database,
  names: Names,
  query: ParsedQuery,
  page: Page,
): Promise<FoundPage<Article>> => find(db, names, query, page, ARTICLES);

export const findEvents = (
  db: D1Database,
  names: Names,
  query: ParsedQuery,
  page: Page,
): Promise<FoundPage<SourcedEvent>> => find(db, names, query, page, EVENTS);

async function find<T extends { log: number }>(
  db: D1Database,
  names: Names,
  query: ParsedQuery,
  page: Page,
  searchable: Searchable<T>,
): Promise<FoundPage<T>> {
  const results: Found<T>[] = [];
  const next = await walk(db, names, query, page, PAGE_BOUNDS, searchable, (item, text) => {
    const found = match(query.tree, text);
    return found !== undefined && results.push({ item, text, found }) === page.limit;
  });
  return { results, next };
}

/**
 * Shows the articles that may match, which are all that do and some more, newest on the wire first, each analysed when its turn comes.
 * `visit` answers whether that is enough. Answers the log entry before which it did not look; undefined where it has seen all.
 */
export const visitCandidates = (
  db: D1Database,
  names: Names,
  query: ParsedQuery,
  page: Pick<Page, "before" | "feed">,
  bounds: Bounds,
  visit: (article: Article, text: AnalysedText) => boolean,
): Promise<number | undefined> => walk(db, names, query, page, bounds, ARTICLES, visit);

async function walk<T extends { log: number }>(
  db: D1Database,
  names: Names,
  { tree }: ParsedQuery,
  page: Pick<Page, "before" | "feed">,
  bounds: Bounds,
  { table, read, matchable }: Searchable<T>,
  visit: (item: T, text: AnalysedText) => boolean,
): Promise<number | undefined> {
  const narrowing = narrow(tree, nameBySpellings(names.vocabulary, table === "article_index"));
  if (narrowing === undefined) throw new Error("a query without a required term cannot be searched for");
  let { before } = page;
  let looked = 0;
  // What a query takes grows with its terms: one of thirty-two is held against less text than one of four.
  const weight = Math.max(1, termsOf(tree).length / 4);
  for (let step = 0; step < bounds.steps; step++) {
    const rows = (await findCandidates(db, table, narrowing, before, bounds.step)).map(({ row }) => row);
    for (const item of rows.length > 0 ? await read(db, rows, page) : []) {
      const text = analyse(matchable(item, names), names.vocabulary);
      looked += weight * text.fields.reduce((sum, { source }) => sum + source.length, 0);
      if (visit(item, text) || looked > bounds.text) return item.log;
    }
    if (rows.length < bounds.step) return undefined;
    before = rows.at(-1) ?? 0;
  }
  return before;
}
