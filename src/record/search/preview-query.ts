/** What a query would find among the articles on record, and what a careful colleague would say who has looked at them. */

import { SingleFlight } from "../../platform/single-flight.ts";
import { explain, type Match } from "../../query/explain.ts";
import type { ParsedQuery } from "../../query/grammar.ts";
import { type MatchReason, match } from "../../query/match.ts";
import type { Steps } from "../../query/steps.ts";
import type { AnalysedText } from "../../query/text.ts";
import { type Query, termsOf, write } from "../../query/tree.ts";
import { type BareWordPair, barePair, unknownWords, unknownWordWarning, warnings } from "../../query/warnings.ts";
import type { Article } from "../articles/article.ts";
import { NEWEST } from "../log.ts";
import type { Names } from "../names/read-names.ts";
import { detached } from "./detached.ts";
import { type Bounds, flightKey, matchCost, visitCandidates } from "./find.ts";
import { findCandidates } from "./full-text.ts";

export interface Preview {
  /** What may not be as it was meant, in plain English; each names the part of the query that it is about. */
  warnings: string[];
  /** How many articles match, those that are silent aside. */
  total: number;
  /** The same by month (UTC) of publication, or of coming onto the wire where that is not known: `{"2016-09": 3}`, in order. */
  by_month: Record<string, number>;
  /** The newest on the wire, with why they match. */
  matches: { article: Article; matches: Match[] }[];
  /** False where the preview ended before it had seen every article that may match: then older ones are not counted. */
  complete: boolean;
}

/** How far a preview goes: with what else it asks, it stays below the 50 queries that an invocation of the free plan has. */
const BOUNDS: Bounds = { step: 100, steps: 20, text: 8_000_000 };
/** How many matches are shown. */
const SHOWN = 100;

const flights = new SingleFlight<Preview>();

/**
 * Tries a query on the articles on record, newest on the wire first. `source` is the query as it was written. Those who ask the same at the
 * same time are given the same preview. Throws a Problem (429) where too many search.
 */
export async function previewQuery(
  db: D1Database,
  names: Names,
  source: string,
  query: ParsedQuery,
  bounds = BOUNDS,
): Promise<Preview> {
  const key = await flightKey(db, names, query, { source, bounds });
  return flights.share(db, key, () => workOut(db, names, source, query, bounds));
}

async function workOut(
  db: D1Database,
  names: Names,
  source: string,
  query: ParsedQuery,
  bounds: Bounds,
): Promise<Preview> {
  const count = new Count(source, query);
  const page = { before: NEWEST, feed: true };
  const rest = await visitCandidates(db, names, query, page, bounds, (article, text) => count.look(article, text));
  const complete = rest === undefined;
  return {
    warnings: [
      ...warnings(source, query, names.vocabulary),
      ...(await unknownWordWarnings(db, names, source, query)),
      ...count.removalWarnings(),
      ...(await frequencyWarnings(db, count)),
      ...count.pairWarnings(),
      ...(complete
        ? []
        : [
            `${query.canonical} may match so many articles that only the newest ${count.looked} of them were looked at: older ones are not counted`,
          ]),
    ],
    total: count.total,
    by_month: count.byMonth(),
    matches: count.shown,
    complete,
  };
}

/** What is counted while the candidates go by. */
class Count {
  looked = 0;
  total = 0;
  readonly shown: Preview["matches"] = [];
  /** By query: the whole and, where it is an OR, each of its operands. */
  readonly found: { query: Query; articles: { log: number; day: string }[] }[];
  readonly #tree: Query;
  readonly #terms: number;
  readonly #months = new Map<string, number>();
  readonly #pair: BareWordPair | undefined;
  #adjacent = 0;
  /** The query without what NOT takes away, where that is another one; how many articles it finds that the query does not. */
  readonly #bare: Query | undefined;
  #removed = 0;
  /** And how many of these each NOT takes away. */
  readonly #removers: { not: Query; removed: number }[];

  constructor(source: string, { tree }: ParsedQuery) {
    this.#tree = tree;
    this.#terms = termsOf(tree).length;
    this.#pair = barePair(source, tree);
    const bare = withoutNot(tree);
    this.#bare = write(bare) === write(tree) ? undefined : bare;
    const operands = tree.kind === "and" ? tree.operands : [];
    this.#removers = operands.filter(({ kind }) => kind === "not").map((not) => ({ not, removed: 0 }));
    this.found = [tree, ...(tree.kind === "or" ? tree.operands : [])].map((query) => ({ query, articles: [] }));
  }

  /** Takes an article into account. There is never enough. In steps, each of one match. */
  *look(article: Article, text: AnalysedText): Steps<false> {
    this.looked++;
    const found = match(this.#tree, text);
    yield matchCost(this.#terms, text);
    if (found === undefined) this.#lookWithoutNot(text);
    else yield* this.#add(article, text, found);
    return false;
  }

  *#add(article: Article, text: AnalysedText, found: readonly MatchReason[]): Steps<void> {
    this.total++;
    const day = (article.published_at ?? article.added_at).slice(0, "2016-09-22".length);
    const month = day.slice(0, "2016-09".length);
    this.#months.set(month, (this.#months.get(month) ?? 0) + 1);
    if (this.shown.length < SHOWN)
      this.shown.push({ article: { ...article, text: "" }, matches: detached(explain(found, text)) });
    if (this.#pair && match(this.#pair.adjacent, text)) this.#adjacent++;
    for (const { query, articles } of this.found) {
      if (query === this.#tree || match(query, text)) articles.push({ log: article.log, day });
      if (query !== this.#tree) yield matchCost(1, text);
    }
  }

  #lookWithoutNot(text: AnalysedText): void {
    if (this.#bare === undefined || match(this.#bare, text) === undefined) return;
    this.#removed++;
    for (const remover of this.#removers) if (match(remover.not, text) === undefined) remover.removed++;
  }

  byMonth(): Record<string, number> {
    return Object.fromEntries([...this.#months].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** A NOT that removes everything. */
  removalWarnings(): string[] {
    if (this.total > 0 || this.#removed === 0) return [];
    const alone = this.#removers.filter(({ removed }) => removed === this.#removed);
    const culprits = (alone.length > 0 ? alone.slice(0, 1) : this.#removers).map(({ not }) => write(not));
    const [take, them] = culprits.length > 1 ? ["together take", "them"] : ["takes", "it"];
    const what = culprits.length > 0 ? culprits.join(" and ") : "NOT";
    return [
      `${what} ${take} away everything: without ${them} the query finds ${articles(this.#removed)} on record, with ${them} none`,
    ];
  }

  /** A pair of words that is usually meant as a phrase. */
  pairWarnings(): string[] {
    if (this.#pair === undefined) return [];
    const { words, phrase } = this.#pair;
    const pair = words.join(" ");
    if (this.total < FEW) return [`${pair} finds the two words anywhere in an article; for the phrase write ${phrase}`];
    if (this.#adjacent * 2 <= this.total) return [];
    return [
      `${pair} finds the two words anywhere in an article, and they stand side by side in ${this.#adjacent} of the ${this.total} that have both; for the phrase write ${phrase}`,
    ];
  }
}

/** Of fewer articles nothing can be told. */
const FEW = 3;

const articles = (count: number): string => (count === 1 ? "1 article" : `${count} articles`);

/** A query without the NOTs of its ANDs: all that they take away matches it. */
function withoutNot(query: Query): Query {
  switch (query.kind) {
    case "and": {
      const required = query.operands.filter(({ kind }) => kind !== "not");
      return required.length === 0 ? query : { kind: "and", operands: required.map(withoutNot) };
    }
    case "or":
      return { kind: "or", operands: query.operands.map(withoutNot) };
    case "field":
      return { ...query, operand: withoutNot(query.operand) };
    default:
      return query;
  }
}

/** Words in small letters that are nearly a name: nothing is said of those that stand in an article. */
async function unknownWordWarnings(
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
async function frequencyWarnings(db: D1Database, { total, found }: Count): Promise<string[]> {
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
