/** What feeds list: events, or articles. */

import { DerivedValues } from "../platform/cache.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { match } from "../query/match.ts";
import { type AnalysedText, analysing, type Matchable } from "../query/text.ts";
import { termsOf } from "../query/tree.ts";
import { type Article, articleMatchable } from "../record/articles/article.ts";
import { readNewestArticles } from "../record/articles/read-articles.ts";
import { type Changed, readChangedArticles, readChangedEvents } from "../record/changed-items.ts";
import type { EventDocument } from "../record/events/event.ts";
import { eventMatchable, readNewestEvents, type SourcedEvent } from "../record/events/events.ts";
import { type Head, NEWEST } from "../record/log.ts";
import type { Names } from "../record/names/read-names.ts";
import { type Listed, listArticles, listEvents, matchCost, type Page } from "../record/search/find.ts";
import { Pace } from "../record/search/pace.ts";
import { ChangedItems } from "./changed.ts";
import type { FeedItem } from "./feed.ts";
import { articleItem, eventItem, type Making } from "./items.tsx";
import { type ItemList, KeptItems } from "./kept-items.ts";

export interface Listing {
  name: "events" | "articles";
  /** What it is called in lists of feeds. */
  label: string;
  /** The beginning of its addresses. */
  path: string;
  /** What is added to the wire's title. */
  suffix: string;
  /** One page of it. */
  list: (
    db: D1Database,
    head: Head,
    query: ParsedQuery | undefined,
    page: Asked,
    making: Making,
  ) => Promise<ListedItems>;
}

/** Which page: how many items, and before which log entry; NEWEST for the feed itself. */
export type Asked = Pick<Page, "before" | "limit">;

export interface ListedItems {
  items: FeedItem[];
  /** The log entry before which the next page begins; undefined where there is nothing more. */
  next: number | undefined;
  /** When an item leaves it although the log stands still, in ms of Unix time; Infinity for never. */
  until: number;
  /** When one last left it so, RFC 3339 in UTC; undefined where none has. */
  left: string | undefined;
}

interface Kind<T> {
  newest: (db: D1Database) => Promise<ItemList<T>>;
  list: (db: D1Database, names: Names, query: ParsedQuery | undefined, page: Page) => Promise<Listed<T>>;
  matchable: (item: T, names: Names) => Matchable;
}

/** Items that match a query, newest on the wire first, from the isolate as far as it has them. */
export interface Finder<T> {
  /** The first `count` of them. */
  first: (
    db: D1Database,
    head: Head,
    names: Names,
    query: ParsedQuery | undefined,
    count: number,
  ) => Promise<Listed<T>>;
  /** Items with their texts as queries see them. */
  withTexts: (items: readonly T[], names: Names) => Promise<{ item: T; text: AnalysedText }[]>;
}

/** Events, or articles, T; and what queries see of them, M. */
interface ListedKind<T extends M, M> extends Omit<Kind<T>, "matchable"> {
  matchable: (item: M, names: Names) => Matchable;
  /** Those that were corrected or retracted after a moment. */
  changed: (db: D1Database, since: string) => Promise<Changed<T, M>[]>;
}

/** `feed`: without what is silent. */
export function makeFinder<T extends { log: number }>(kind: Kind<T>, feed: boolean): Finder<T> {
  const newest = new KeptItems(kind.newest);
  return {
    withTexts: (items, names) => withTexts(items, names, kind.matchable, new Pace()),
    first: async (db, head, names, query, count) => {
      const { items: kept, whole } = await newest.at(db, head);
      const found = query === undefined ? kept : await filter(kept, names, query, kind.matchable);
      if (whole || found.length >= count) return { items: found.slice(0, count), next: undefined };
      const before = kept.at(-1)?.log ?? NEWEST;
      const rest = await kind.list(db, names, query, { before, limit: count - found.length, feed });
      return { items: [...found, ...rest.items], next: rest.next };
    },
  };
}

function makeListing<T extends M & { log: number }, M extends object>(
  { name, label, path, suffix }: Pick<Listing, "name" | "label" | "path" | "suffix">,
  kind: ListedKind<T, M>,
  item: (item: T, making: Making) => FeedItem,
): Listing {
  const { first } = makeFinder(kind, true);
  const changed = new ChangedItems(kind.changed);

  /** The newest items, and those beside them that were changed lately. */
  const newest: Listing["list"] = async (db, head, query, { limit }, making) => {
    // One more than is shown tells whether there is a next page.
    const { items, next } = shorten(await first(db, head, making.names, query, limit + 1), limit);
    const beside = await changed.beside(db, head, { listed: items, limit }, async (versions: readonly M[]) =>
      query === undefined ? versions : filter(versions, making.names, query, kind.matchable),
    );
    return { ...beside, items: [...items, ...beside.items].map((each) => made(each, making, item)), next };
  };

  const older: Listing["list"] = async (db, _, query, { before, limit }, making) => {
    const listed = await kind.list(db, making.names, query, { before, limit: limit + 1, feed: true });
    const { items, next } = shorten(upToBoundary(listed, limit), limit);
    return {
      items: items.map((each) => made(each, making, item)),
      next,
      until: Number.POSITIVE_INFINITY,
      left: undefined,
    };
  };

  return {
    name,
    label,
    path,
    suffix,
    list: (db, head, query, page, making) => (page.before === NEWEST ? newest : older)(db, head, query, page, making),
  };
}

/** At most so many items; `next` follows the last of them where there were more. */
function shorten<T extends { log: number }>({ items, next }: Listed<T>, limit: number): Listed<T> {
  return items.length > limit ? { items: items.slice(0, limit), next: items[limit - 1]?.log } : { items, next };
}

/**
 * Where an older page ends: at an item whose number says so, whichever page it stands on, or when it is full. So the pages that begin at
 * different items soon become the same ones, and a reader who follows them meets addresses that it knows (RFC 5005, section 4): what rsync
 * does with files. One item in `limit` ends a page; the product spreads them evenly (Knuth, The Art of Computer Programming, 6.4).
 */
const endsPage = (log: number, limit: number): boolean => (Math.imul(log, 2654435769) >>> 0) * limit < 2 ** 32;

function upToBoundary<T extends { log: number }>({ items, next }: Listed<T>, limit: number): Listed<T> {
  const last = items.findIndex(({ log }) => endsPage(log, limit));
  return last < 0 || last === items.length - 1
    ? { items, next }
    : { items: items.slice(0, last + 1), next: items[last]?.log };
}

/** Analysed texts of items, by the version of the names. */
const texts = new DerivedValues<object, AnalysedText>(1);
/** Feed items of items, by the version of the names and the origin of their links: a Worker answers to one origin, or a few. */
const feedItems = new DerivedValues<object, FeedItem>(4);

type ToMatchable<T> = Kind<T>["matchable"];

async function filter<T extends object>(
  items: readonly T[],
  names: Names,
  { tree }: ParsedQuery,
  matchable: ToMatchable<T>,
): Promise<T[]> {
  const pace = new Pace();
  const terms = termsOf(tree).length;
  const found: T[] = [];
  for (const { item, text } of await withTexts(items, names, matchable, pace)) {
    if (match(tree, text) !== undefined) found.push(item);
    if (pace.spend(matchCost(terms, text))) await pace.pause();
  }
  return found;
}

/** One after the other. Requests that do so at the same time take over what the others have analysed. */
async function withTexts<T extends object>(
  items: readonly T[],
  names: Names,
  matchable: ToMatchable<T>,
  pace: Pace,
): Promise<{ item: T; text: AnalysedText }[]> {
  const all: { item: T; text: AnalysedText }[] = [];
  for (const item of items) all.push({ item, text: await analysed(item, names, matchable, pace) });
  return all;
}

async function analysed<T extends object>(
  item: T,
  names: Names,
  matchable: ToMatchable<T>,
  pace: Pace,
): Promise<AnalysedText> {
  const version = String(names.version);
  const known = texts.get(item, version);
  if (known !== undefined) return known;
  return texts.put(item, version, await pace.finish(analysing(matchable(item, names), names.vocabulary)));
}

const made = <T extends object>(item: T, making: Making, make: (item: T, making: Making) => FeedItem): FeedItem =>
  feedItems.at(item, `${making.names.version} ${making.origin}`, () => make(item, making));

export const EVENTS: Listing = makeListing<SourcedEvent, EventDocument>(
  { name: "events", label: "Events", path: "/feed", suffix: "" },
  {
    newest: (db) => readNewestEvents(db, true),
    list: listEvents,
    matchable: eventMatchable,
    changed: readChangedEvents,
  },
  eventItem,
);

export const ARTICLES: Listing = makeListing<Article, Article>(
  { name: "articles", label: "Articles", path: "/articles", suffix: ": articles" },
  {
    newest: readNewestArticles,
    list: (db, names, query, page) => listArticles(db, names, query, page, false),
    matchable: articleMatchable,
    changed: readChangedArticles,
  },
  articleItem,
);

export const LISTINGS = [EVENTS, ARTICLES] as const;
