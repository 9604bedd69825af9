/** The two listings that have feeds: events and articles. */
import { DerivedValues } from "../platform/cache.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import type { Matchable } from "../query/text.ts";
import { type Article, articleMatchable } from "../record/articles/article.ts";
import { readNewestArticles } from "../record/articles/read-articles.ts";
import { type ChangedItem, readChangedArticles, readChangedEvents } from "../record/changed-items.ts";
import type { EventDocument } from "../record/events/event.ts";
import { eventMatchable } from "../record/events/event-text.ts";
import { readNewestEvents, type SourcedEvent } from "../record/events/read-events.ts";
import { type Head, NEWEST } from "../record/log.ts";
import type { Names } from "../record/names/read-names.ts";
import { listArticles, listEvents } from "../record/search/find.ts";
import type { Page } from "../record/search/walk-candidates.ts";
import type { FeedItem } from "./feed.ts";
import { articleItem, eventItem, type ItemContext } from "./feed-items.tsx";
import { filterItems, type ItemKind, makeItemFinder } from "./item-finder.ts";
import { shorten, upToBoundary } from "./page-boundary.ts";
import { ChangedItems } from "./recent-changes.ts";

export interface Listing {
  name: "events" | "articles";
  /** The name in lists of feeds. */
  label: string;
  /** The path of its feeds, without the file extension. */
  path: string;
  /** Appended to the title of the wire. */
  suffix: string;
  /** Returns a page of items. */
  list: (
    db: D1Database,
    head: Head,
    query: ParsedQuery | undefined,
    page: FeedPage,
    making: ItemContext,
  ) => Promise<ListedItems>;
}

/** The page of a feed: the number of items, and the log entry before which they begin. NEWEST asks for the first page. */
export type FeedPage = Pick<Page, "before" | "limit">;

export interface ListedItems {
  items: FeedItem[];
  /** The log entry before which the next page begins; undefined on the last page. */
  next: number | undefined;
  /** When an item leaves the page although the log does not change, in ms of Unix time; Infinity for never. */
  until: number;
  /** When an item last left the page in this way, RFC 3339 in UTC; undefined if none has. */
  left: string | undefined;
}

/** A kind of items T in feeds, and the part M that queries match. */
interface ListedKind<T extends M, M> extends Omit<ItemKind<T>, "matchable"> {
  matchable: (item: M, names: Names) => Matchable;
  /** Reads the items that were corrected or retracted after a moment. */
  changed: (db: D1Database, since: string) => Promise<ChangedItem<T, M>[]>;
}

function makeListing<T extends M & { log: number }, M extends object>(
  { name, label, path, suffix }: Pick<Listing, "name" | "label" | "path" | "suffix">,
  kind: ListedKind<T, M>,
  item: (item: T, making: ItemContext) => FeedItem,
): Listing {
  const { first } = makeItemFinder(kind, true);
  const changed = new ChangedItems(kind.changed);

  /** The first page: the newest items, then items that were changed recently. */
  const newest: Listing["list"] = async (db, head, query, { limit }, making) => {
    // One more item shows whether there is a next page.
    const { items, next } = shorten(await first(db, head, making.names, query, limit + 1), limit);
    const beside = await changed.beside(db, head, { listed: items, limit }, async (versions: readonly M[]) =>
      query === undefined ? versions : filterItems(versions, making.names, query, kind.matchable),
    );
    return { ...beside, items: [...items, ...beside.items].map((each) => made(each, making, item)), next };
  };

  /** A page of older items. */
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

/** Feed items, by the version of the names and the origin of the links. A Worker has one origin, or a few. */
const feedItems = new DerivedValues<object, FeedItem>(4);

const made = <T extends object>(
  item: T,
  making: ItemContext,
  make: (item: T, making: ItemContext) => FeedItem,
): FeedItem => feedItems.at(item, `${making.names.version} ${making.origin}`, () => make(item, making));

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
