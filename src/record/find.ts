/** Search: the articles or events that match a query, newest on the wire first. The index narrows, the predicate decides. */
import type { ParsedQuery } from "../query/grammar.ts";
import { match, type TermFound } from "../query/match.ts";
import { nameBySpellings, narrow } from "../query/narrow.ts";
import { type AnalysedText, analyse, type Matchable } from "../query/text.ts";
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
  found: TermFound[];
}

export interface FoundPage<T> {
  results: Found<T>[];
  /** The log entry before which the next page begins; undefined where there is nothing more. */
  next: number | undefined;
}

/** How many candidates are looked at in one step, and in how many steps before a page is left shorter than asked for. */
const STEP = 25;
const STEPS = 20;
/** And how much text, in UTF-16 code units: a search must not hold up whatever else the isolate serves. */
const MOST_TEXT = 4_000_000;

interface Searchable<T extends { log: number }> {
  table: IndexTable;
  read: (rows: readonly number[], page: Page) => Promise<T[]>;
  matchable: (item: T) => Matchable;
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

export const findArticles = (
  db: D1Database,
  names: Names,
  query: ParsedQuery,
  page: Page,
): Promise<FoundPage<Article>> =>
  find(db, names, query, page, {
    table: "article_index",
    read: (only, { before, feed }) => readArticles(db, { before, limit: only.length, only, feed, texts: true }),
    matchable: articleMatchable,
  });

export const findEvents = (
  db: D1Database,
  names: Names,
  query: ParsedQuery,
  page: Page,
): Promise<FoundPage<SourcedEvent>> =>
  find(db, names, query, page, {
    table: "event_index",
    read: (only, { before, feed }) => readEvents(db, { before, limit: only.length, only, feed }),
    matchable: (event) => eventMatchable(event, names),
  });

async function find<T extends { log: number }>(
  db: D1Database,
  { vocabulary }: Names,
  { tree }: ParsedQuery,
  page: Page,
  { table, read, matchable }: Searchable<T>,
): Promise<FoundPage<T>> {
  const narrowing = narrow(tree, nameBySpellings(vocabulary));
  if (narrowing === undefined) throw new Error("a query without a required term cannot be searched for");
  const results: Found<T>[] = [];
  let { before } = page;
  let looked = 0;
  for (let step = 0; step < STEPS; step++) {
    const rows = await findCandidates(db, table, narrowing, before, STEP);
    for (const item of rows.length > 0 ? await read(rows, page) : []) {
      const text = analyse(matchable(item), vocabulary);
      const found = match(tree, text);
      looked += text.fields.reduce((sum, { source }) => sum + source.length, 0);
      const full = found !== undefined && results.push({ item, text, found }) === page.limit;
      if (full || looked > MOST_TEXT) return { results, next: item.log };
    }
    if (rows.length < STEP) return { results, next: undefined };
    before = rows.at(-1) ?? 0;
  }
  return { results, next: before };
}
