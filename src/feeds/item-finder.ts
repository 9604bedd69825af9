/** Finds items that match a query: first among the newest ones, which are cached, then on record. */
import { DerivedValues } from "../platform/cache.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { match } from "../query/match.ts";
import { type AnalysedText, analysing, type Matchable } from "../query/text.ts";
import { termsOf } from "../query/tree.ts";
import { type Head, NEWEST } from "../record/log.ts";
import type { Names } from "../record/names/read-names.ts";
import type { Listed } from "../record/search/find.ts";
import { matchCost, type Page } from "../record/search/walk-candidates.ts";
import { WorkPace } from "../record/search/work-pace.ts";
import { type ItemList, KeptItems } from "./kept-items.ts";

export interface ItemKind<T> {
  newest: (db: D1Database) => Promise<ItemList<T>>;
  list: (db: D1Database, names: Names, query: ParsedQuery | undefined, page: Page) => Promise<Listed<T>>;
  matchable: (item: T, names: Names) => Matchable;
}

/** Finds items that match a query, newest on the wire first. */
export interface ItemFinder<T> {
  /** Returns the first `count` items. */
  first: (
    db: D1Database,
    head: Head,
    names: Names,
    query: ParsedQuery | undefined,
    count: number,
  ) => Promise<Listed<T>>;
  /** Returns items with their analysed texts. */
  withTexts: (items: readonly T[], names: Names) => Promise<{ item: T; text: AnalysedText }[]>;
}

/** Makes a finder. With `feed`, it finds no silent items. */
export function makeItemFinder<T extends { log: number }>(kind: ItemKind<T>, feed: boolean): ItemFinder<T> {
  const newest = new KeptItems(kind.newest);
  return {
    withTexts: (items, names) => withTexts(items, names, kind.matchable, new WorkPace()),
    first: async (db, head, names, query, count) => {
      const { items: kept, whole } = await newest.at(db, head);
      const found = query === undefined ? kept : await filterItems(kept, names, query, kind.matchable);
      if (whole || found.length >= count) return { items: found.slice(0, count), next: undefined };
      const before = kept.at(-1)?.log ?? NEWEST;
      const rest = await kind.list(db, names, query, { before, limit: count - found.length, feed });
      return { items: [...found, ...rest.items], next: rest.next };
    },
  };
}

/** Analysed texts of items, by the version of the names. */
const texts = new DerivedValues<object, AnalysedText>(1);
type ToMatchable<T> = ItemKind<T>["matchable"];

export async function filterItems<T extends object>(
  items: readonly T[],
  names: Names,
  { tree }: ParsedQuery,
  matchable: ToMatchable<T>,
): Promise<T[]> {
  const pace = new WorkPace();
  const terms = termsOf(tree).length;
  const found: T[] = [];
  for (const { item, text } of await withTexts(items, names, matchable, pace)) {
    if (match(tree, text) !== undefined) found.push(item);
    if (pace.spend(matchCost(terms, text))) await pace.pause();
  }
  return found;
}

/** Analyses the items one after the other. Concurrent requests share the results. */
async function withTexts<T extends object>(
  items: readonly T[],
  names: Names,
  matchable: ToMatchable<T>,
  pace: WorkPace,
): Promise<{ item: T; text: AnalysedText }[]> {
  const all: { item: T; text: AnalysedText }[] = [];
  for (const item of items) all.push({ item, text: await analysed(item, names, matchable, pace) });
  return all;
}

async function analysed<T extends object>(
  item: T,
  names: Names,
  matchable: ToMatchable<T>,
  pace: WorkPace,
): Promise<AnalysedText> {
  const version = String(names.version);
  const known = texts.get(item, version);
  if (known !== undefined) return known;
  return texts.put(item, version, await pace.finish(analysing(matchable(item, names), names.vocabulary)));
}
