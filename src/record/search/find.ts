/** Search: the articles or events that match a query, newest on the wire first. The index narrows, the predicate decides. */

import { SingleFlight } from "../../platform/single-flight.ts";
import type { ParsedQuery } from "../../query/grammar.ts";
import { match } from "../../query/match.ts";
import { nameBySpellings, narrow } from "../../query/narrow.ts";
import type { Steps } from "../../query/steps.ts";
import { type AnalysedText, analysing, lengthOf, type Matchable } from "../../query/text.ts";
import { termsOf } from "../../query/tree.ts";
import { type Article, articleMatchable } from "../articles/article.ts";
import { readArticles } from "../articles/read-articles.ts";
import { eventMatchable, readEvents, type SourcedEvent } from "../events/events.ts";
import { readRecentHead } from "../log.ts";
import type { Names } from "../names/read-names.ts";
import { type Candidate, findCandidates, type IndexTable, readSizes } from "./full-text.ts";
import { SEARCHES } from "./turns.ts";

export interface Page {
  /** Only what was put on the wire before this log entry. */
  before: number;
  limit: number;
  /** Without what is silent. */
  feed: boolean;
}

/** How far one search goes: it must not hold up whatever else the isolate serves. */
export interface Bounds {
  /** How many candidates are read in one step, if their texts have no more than `STEP_BYTES` together. */
  step: number;
  /** In how many steps. */
  steps: number;
  /** And how much text is looked at, in UTF-16 code units; less where the query has more than four terms. */
  text: number;
}

/** A page is left shorter than asked for beyond these. */
const PAGE_BOUNDS: Bounds = { step: 25, steps: 20, text: 4_000_000 };

/** Bytes of text that one step reads at the most; their lengths are known before. */
export const STEP_BYTES = 2_000_000;

interface Searchable<T extends { log: number }> {
  table: IndexTable;
  read: (db: D1Database, rows: readonly number[], page: Pick<Page, "before" | "feed">) => Promise<T[]>;
  matchable: (item: T, names: Names) => Matchable;
  /** What a page keeps of an item, and how much text that is, in UTF-16 code units. */
  keep: (item: T) => { item: T; length: number };
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
): Promise<Listed<SourcedEvent>> => {
  if (query === undefined) return withNext(await readEvents(db, page), page);
  const key = await flightKey(db, names, query, page);
  return eventFlights.share(db, key, () => find(db, names, query, page, EVENTS));
};

/** `texts`: whether the caller shows them. A search reads them in any case; a page that shows them has fewer items where they are long. */
export const listArticles = async (
  db: D1Database,
  names: Names,
  query: ParsedQuery | undefined,
  page: Page,
  texts: boolean,
): Promise<Listed<Article>> => {
  if (query === undefined)
    return texts ? readTexts(db, page) : withNext(await readArticles(db, { ...page, texts }), page);
  const key = await flightKey(db, names, query, { ...page, texts });
  const searchable = texts ? ARTICLES_WITH_TEXTS : ARTICLES;
  return articleFlights.share(db, key, () => find(db, names, query, page, searchable));
};

const eventFlights = new SingleFlight<Listed<SourcedEvent>>();
const articleFlights = new SingleFlight<Listed<Article>>();

/** All that a search depends on: the record, the names, the query as they read it, and what else is asked. */
export const flightKey = async (
  db: D1Database,
  names: Names,
  { canonical }: ParsedQuery,
  asked: object,
): Promise<string> => JSON.stringify([(await readRecentHead(db)).number, names.version, canonical, asked]);

/** A full page may have another after it. */
const withNext = <T extends { log: number }>(items: T[], { limit }: Pick<Page, "limit">): Listed<T> => ({
  items,
  next: items.length === limit ? items.at(-1)?.log : undefined,
});

/** As many of the articles as their texts allow, and at least one. */
async function readTexts(db: D1Database, page: Page): Promise<Listed<Article>> {
  const candidates = await readSizes(db, page);
  const [only = []] = batches(candidates);
  const items = only.length === 0 ? [] : await ARTICLES.read(db, only, page);
  return withNext(items, { limit: only.length < candidates.length ? only.length : page.limit });
}

const ARTICLES: Searchable<Article> = {
  table: "article_index",
  read: (db, only, { before, feed }) => readArticles(db, { before, limit: only.length, only, feed, texts: true }),
  matchable: articleMatchable,
  keep: (article) => ({ item: { ...article, text: "" }, length: 0 }),
};

const ARTICLES_WITH_TEXTS: Searchable<Article> = {
  ...ARTICLES,
  keep: (item) => ({ item, length: item.text.length }),
};

const EVENTS: Searchable<SourcedEvent> = {
  table: "event_index",
  read: (db, only, { before, feed }) => readEvents(db, { before, limit: only.length, only, feed }),
  matchable: eventMatchable,
  keep: (item) => ({ item, length: 0 }),
};

async function find<T extends { log: number }>(
  db: D1Database,
  names: Names,
  query: ParsedQuery,
  page: Page,
  searchable: Searchable<T>,
): Promise<Listed<T>> {
  const items: T[] = [];
  let kept = 0;
  const next = await walk(db, names, query, page, PAGE_BOUNDS, searchable, (found, text) => {
    if (match(query.tree, text) === undefined) return false;
    const { item, length } = searchable.keep(found);
    kept += length;
    return items.push(item) === page.limit || kept >= STEP_BYTES;
  });
  return { items, next };
}

/**
 * Shows the articles that may match, which are all that do and some more, newest on the wire first, each analysed when its turn comes.
 * `visit` answers whether that is enough. Answers the log entry before which it did not look; undefined where it has seen all. Takes one of
 * the turns of searches, and throws its Problem (429).
 */
export const visitCandidates = (
  db: D1Database,
  names: Names,
  query: ParsedQuery,
  page: Pick<Page, "before" | "feed">,
  bounds: Bounds,
  visit: Visit<Article>,
): Promise<number | undefined> => walk(db, names, query, page, bounds, ARTICLES, visit);

async function walk<T extends { log: number }>(
  db: D1Database,
  names: Names,
  { tree }: ParsedQuery,
  page: Pick<Page, "before" | "feed">,
  bounds: Bounds,
  { table, read, matchable }: Searchable<T>,
  visit: Visit<T>,
): Promise<number | undefined> {
  const narrowing = narrow(tree, nameBySpellings(names.vocabulary, table === "article_index"));
  if (narrowing === undefined) throw new Error("a query without a required term cannot be searched for");
  // What a query takes grows with its terms: one of thirty-two is held against less text than one of four.
  const terms = termsOf(tree).length;
  const weight = Math.max(1, terms / 4);
  return SEARCHES.take(async (pace) => {
    let { before } = page;
    let looked = 0;
    for (let steps = 0; steps < bounds.steps; ) {
      const candidates = await findCandidates(db, table, narrowing, before, bounds.step);
      for (const rows of batches(candidates)) {
        if (steps++ === bounds.steps) return before;
        for (const item of await read(db, rows, page)) {
          const text = await pace.finish(analysing(matchable(item, names), names.vocabulary));
          looked += weight * lengthOf(text);
          const seen = visit(item, text);
          if ((typeof seen === "boolean" ? seen : await pace.finish(seen)) || looked > bounds.text) return item.log;
          if (pace.spend(matchCost(terms, text))) await pace.pause();
        }
        before = rows.at(-1) ?? 0;
      }
      if (candidates.length < bounds.step) return undefined;
    }
    return before;
  });
}

/** Is shown an item. Answers whether that is enough: at once, or in steps where it matches a text many times. */
type Visit<T> = (item: T, text: AnalysedText) => boolean | Steps<boolean>;

/** What matching takes, as code units that are analysed in the same time: some sixteen terms take as long as the analysis. */
export const matchCost = (terms: number, text: AnalysedText): number => (terms * lengthOf(text)) / 16;

/** Rows in their order, in parts that have at most `STEP_BYTES` of text, or one row. */
function batches(candidates: readonly Candidate[]): number[][] {
  const parts: number[][] = [];
  let left = 0;
  for (const { row, bytes } of candidates) {
    const last = parts.at(-1);
    if (last !== undefined && bytes <= left) last.push(row);
    else parts.push([row]);
    left = (last !== undefined && bytes <= left ? left : STEP_BYTES) - bytes;
  }
  return parts;
}
