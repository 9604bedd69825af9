/** Articles in D1: adding and correcting. */

import { badRequest, type InputError, Problem } from "../../http/problem.ts";
import { indexEntries } from "../../query/narrow.ts";
import { analyse } from "../../query/text.ts";
import { commitEntry, readHead, THIS_ENTRY } from "../log.ts";
import type { Names } from "../names/read-names.ts";
import { failIfOvertaken, Overtaken, untilSettled } from "../overtaken.ts";
import { fileEntries } from "../search/full-text.ts";
import { type Article, type ArticleInput, articleMatchable } from "./article.ts";
import { CORRECTABLE, corrected, correctedFields, derivedId, draftArticle } from "./draft-article.ts";
import { fileNamesOfArticle, unfileNamesOfArticle } from "./linked-names.ts";
import { readArticle } from "./read-articles.ts";

export interface ArticleAdded {
  id: string;
  log: number;
  /** False if the article was on record already. */
  added: boolean;
}

/**
 * Adds an article. If its id or URL is on record already, changes nothing and returns the article on record. An article without an id gets one
 * from its URL, or from title and text.
 */
export async function addArticle(db: D1Database, input: ArticleInput, names: Names): Promise<ArticleAdded> {
  const id = input.id ?? (await derivedId(input));
  const earlier = await findSame(db, id, input.url ?? null);
  if (earlier) return { ...earlier, added: false };
  const article = await draftArticle(db, id, input);
  try {
    const entry = { at: article.updated_at, kind: "article.added", subject: id } as const;
    await commitEntry(db, entry, insertStatements(db, article, names));
  } catch (error) {
    // Another request may have added it in between; then the unique id or URL failed the batch.
    const first = await findSame(db, id, article.url);
    if (first) return { ...first, added: false };
    throw error;
  }
  const added = await findSame(db, id, null);
  if (added === null) throw new Error(`article ${id} vanished after it was added`);
  return { ...added, added: true };
}

const findSame = (db: D1Database, id: string, url: string | null) =>
  db
    .prepare("SELECT id, log FROM articles WHERE id = ?1 OR url = ?2 ORDER BY id = ?1 DESC LIMIT 1")
    .bind(id, url)
    .first<{ id: string; log: number }>();

export interface ArticlePut {
  article: Article;
  outcome: "created" | "corrected" | "same";
}

/**
 * Puts an article on record under an id: adds it, or corrects it if it differs. A correction sets off alerts only if it makes the article new.
 * It cannot change the URL and the events: others are refused with a Problem (400). Without a mode, the mode stays. `from` is the `updated_at`
 * of the article that the caller corrects: throws a Problem (409) if the article was updated since.
 */
export const putArticle = (
  db: D1Database,
  id: string,
  input: ArticleInput,
  names: Names,
  from?: string,
): Promise<ArticlePut> => untilSettled(() => tryToPut(db, id, input, names, from));

async function tryToPut(
  db: D1Database,
  id: string,
  input: ArticleInput,
  names: Names,
  from: string | undefined,
): Promise<ArticlePut> {
  const { number: seen } = await readHead(db);
  const old = await readArticle(db, id);
  if (old) refuseOtherLinks(old, input);
  if (old && correctedFields(old, corrected(old, input)).length === 0) return { outcome: "same", article: old };
  if (from !== undefined && old?.updated_at !== from)
    throw new Problem(409, "Conflict", `Article "${id}" was changed by another request in between`);
  if (old) await correct(db, corrected(old, input), names, seen);
  else await addUnder(db, id, input, names);
  const article = await readArticle(db, id);
  if (article === undefined) throw new Error(`article ${id} vanished after it was put`);
  return { outcome: old ? "corrected" : "created", article };
}

async function addUnder(db: D1Database, id: string, input: ArticleInput, names: Names): Promise<void> {
  const { id: first, added } = await addArticle(db, { ...input, id }, names);
  if (added) return;
  if (first === id) throw new Overtaken(id);
  throw new Problem(409, "Conflict", `Article "${first}" has this URL already`);
}

/** Throws a Problem (400) for fields that a correction cannot change, instead of ignoring them. */
function refuseOtherLinks(old: Article, { url, events = [] }: ArticleInput): void {
  const errors: InputError[] = [];
  if (url && url !== old.url)
    errors.push({ path: "url", message: `the address of an article stays as it is: ${old.url ?? "none"}` });
  const linked = new Set(old.events.map((event) => event.id));
  for (const [i, id] of events.entries()) {
    if (!linked.has(id))
      errors.push({ path: `events.${i}`, message: `put event "${id}" with this article among its articles instead` });
  }
  if (errors.length > 0) throw badRequest(errors);
}

async function correct(db: D1Database, article: Article, names: Names, seen: number): Promise<void> {
  const entry = { at: article.updated_at, kind: "article.corrected", subject: article.id } as const;
  const guard = failIfOvertaken(db, seen, article.id);
  await commitEntry(db, entry, [...correctStatements(db, article, names), guard]);
}

/** Returns SQL for the number of an entry; 0 means the entry that the batch appends. */
const entryOr = (entry: number | null): string => (entry === 0 ? THIS_ENTRY : String(entry ?? "NULL"));

const correctStatements = (db: D1Database, article: Article, names: Names): D1PreparedStatement[] => [
  ...(article.log === 0
    ? [
        db.prepare("DELETE FROM article_index WHERE rowid IN (SELECT log FROM articles WHERE id = ?)").bind(article.id),
        unfileNamesOfArticle(db, article.id),
        db.prepare(`UPDATE articles SET log = ${THIS_ENTRY} WHERE id = ?`).bind(article.id),
        fileNamesOfArticle(db, article.id),
      ]
    : []),
  db
    .prepare(
      `UPDATE articles SET corrected = 1, set_off = ${entryOr(article.set_off)}, ours = ?, added_at = ?, ${CORRECTABLE.map((column) => `${column} = ?`).join(", ")} WHERE id = ?`,
    )
    .bind(JSON.stringify(article.ours), article.added_at, ...CORRECTABLE.map((column) => article[column]), article.id),
  ...indexArticle(db, article, names),
];

const COLUMNS = ["id", "url", "added_at", ...CORRECTABLE] as const;

function insertStatements(db: D1Database, article: Article, names: Names): D1PreparedStatement[] {
  const events = JSON.stringify(article.events.map((event) => event.id));
  return [
    db
      .prepare(
        `INSERT INTO articles (log, set_off, ours, ${COLUMNS.join(", ")}) VALUES (${THIS_ENTRY}, ${entryOr(article.set_off)}, ?, ${COLUMNS.map(() => "?").join(", ")})`,
      )
      .bind(JSON.stringify(article.ours), ...COLUMNS.map((column) => article[column])),
    db
      .prepare("INSERT INTO links (event, article, listed) SELECT DISTINCT value, ?, 0 FROM json_each(?)")
      .bind(article.id, events),
    fileNamesOfArticle(db, article.id),
    ...indexArticle(db, article, names),
  ];
}

/** Returns statements that index an article by its own words. The names of its events are in `linked_names`. */
function indexArticle(db: D1Database, article: Article, names: Names): D1PreparedStatement[] {
  const own = { ...articleMatchable(article), names: [] };
  return fileEntries(db, "article_index", article.log, indexEntries(analyse(own, names.vocabulary)));
}
