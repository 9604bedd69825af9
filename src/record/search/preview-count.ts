/** Counts the matches of a preview. Some warnings follow from the counts. */
import { explain, type Match } from "../../query/explain.ts";
import type { ParsedQuery } from "../../query/grammar.ts";
import { type MatchReason, match } from "../../query/match.ts";
import type { Steps } from "../../query/steps.ts";
import type { AnalysedText } from "../../query/text.ts";
import { type Query, termsOf, write } from "../../query/tree.ts";
import { type BareWordPair, barePair } from "../../query/warnings.ts";
import type { Article } from "../articles/article.ts";
import { detached } from "./detached-copy.ts";
import { matchCost } from "./walk-candidates.ts";

/** Maximum matches in a preview. */
const SHOWN = 100;

/** A matching article, without its text, and the reasons. */
export interface PreviewMatch {
  article: Article;
  matches: Match[];
}

/** Counts over the candidates of one query. */
export class PreviewCount {
  looked = 0;
  total = 0;
  readonly shown: PreviewMatch[] = [];
  /** Matches of the query and, for an OR, of each operand. */
  readonly found: { query: Query; articles: { log: number; day: string }[] }[];
  readonly #tree: Query;
  readonly #terms: number;
  readonly #months = new Map<string, number>();
  readonly #pair: BareWordPair | undefined;
  #adjacent = 0;
  /** The query without its NOTs, if it has any, and the articles that only it finds. */
  readonly #bare: Query | undefined;
  #removed = 0;
  /** The number of these articles that each NOT excludes. */
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

  /** Counts an article, in steps of one match each. Never ends the search. */
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

  /** Warns of a NOT that excludes every article that the rest of the query finds. */
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

  /** Warns of two words that usually form a phrase. */
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

/** Minimum articles that say how often two words form a phrase. */
const FEW = 3;

const articles = (count: number): string => (count === 1 ? "1 article" : `${count} articles`);

/** Returns a query without the NOTs of its ANDs. It matches all articles that the NOTs exclude. */
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
