/** Search: the articles or events that match a query, newest on the wire first. The index narrows, the predicate decides. */
import { SingleFlight } from "../../platform/single-flight.ts";
import type { ParsedQuery } from "../../query/grammar.ts";
import { match } from "../../query/match.ts";
import { type Article, articleMatchable } from "../articles/article.ts";
import { readArticles } from "../articles/read-articles.ts";
import { eventMatchable } from "../events/event-text.ts";
import { readEvents, type SourcedEvent } from "../events/read-events.ts";
import { readRecentHead } from "../log.ts";
import type { Names } from "../names/read-names.ts";
import { readSizes } from "./full-text.ts";
import {
  type Bounds,
  batches,
  type CandidateVisit,
  type Page,
  type Searchable,
  STEP_BYTES,
  walkCandidates,
} from "./walk-candidates.ts";

/** Limits of the search for one page. Beyond them the page is shorter than requested. */
const PAGE_BOUNDS: Bounds = { step: 25, steps: 20, text: 4_000_000 };

/** A page of items that match a query, or of all items, newest on the wire first. */
export interface Listed<T> {
  items: T[];
  /** The log entry before which the next page begins; undefined on the last page. */
  next: number | undefined;
}

/** Returns a page of events. Throws a Problem (429) if too many requests search. */
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

/** Returns a page of articles. With `texts`, the articles have their texts, and the page is shorter if the texts are long. */
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

/** Returns a key of everything that a search depends on: the record, the names, the parsed query and the other parameters. */
export const flightKey = async (
  db: D1Database,
  names: Names,
  { canonical }: ParsedQuery,
  asked: object,
): Promise<string> => JSON.stringify([(await readRecentHead(db)).number, names.version, canonical, asked]);

/** A full page may be followed by another. */
const withNext = <T extends { log: number }>(items: T[], { limit }: Pick<Page, "limit">): Listed<T> => ({
  items,
  next: items.length === limit ? items.at(-1)?.log : undefined,
});

/** Returns as many articles as fit into one step with their texts, and at least one. */
async function readTexts(db: D1Database, page: Page): Promise<Listed<Article>> {
  const candidates = await readSizes(db, page);
  const [only = []] = batches(candidates);
  const items = only.length === 0 ? [] : await ARTICLES.read(db, only, page);
  return withNext(items, { limit: only.length < candidates.length ? only.length : page.limit });
}

async function find<T extends { log: number }>(
  db: D1Database,
  names: Names,
  query: ParsedQuery,
  page: Page,
  searchable: Searchable<T>,
): Promise<Listed<T>> {
  const items: T[] = [];
  let kept = 0;
  const next = await walkCandidates(db, names, query, page, PAGE_BOUNDS, searchable, (found, text) => {
    if (match(query.tree, text) === undefined) return false;
    const { item, length } = searchable.keep(found);
    kept += length;
    return items.push(item) === page.limit || kept >= STEP_BYTES;
  });
  return { items, next };
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

/**
 * Calls `visit` with the articles that may match, newest on the wire first, until `visit` returns true. Returns the log entry before which the
 * search did not look; undefined if it saw all candidates. Throws a Problem (429) if too many requests search.
 */
export const visitCandidates = (
  db: D1Database,
  names: Names,
  query: ParsedQuery,
  page: Pick<Page, "before" | "feed">,
  bounds: Bounds,
  visit: CandidateVisit<Article>,
): Promise<number | undefined> => walkCandidates(db, names, query, page, bounds, ARTICLES, visit);
