/** Fills the record many rows at a time, with the rows that one PUT after another would write. */

import { indexEntries } from "../../../src/query/narrow.ts";
import { analyse, type Matchable } from "../../../src/query/text.ts";
import { articleMatchable } from "../../../src/record/articles/article.ts";
import { articleEvent } from "../../../src/record/articles/read-articles.ts";
import type { EventDocument } from "../../../src/record/events/event.ts";
import { eventMatchable } from "../../../src/record/events/event-text.ts";
import { readHead } from "../../../src/record/log.ts";
import { type Names, readNames } from "../../../src/record/names/read-names.ts";
import { indexText } from "../../../src/record/search/full-text.ts";

/** An article, and the events that rest on it: all are added, the article first, at the same time. */
export interface Story {
  /** RFC 3339 in UTC; that of one story is not before that of the one before. */
  at: string;
  article: { id: string; title: string; text: string; publisher: string };
  events: readonly { id: string; document: EventDocument }[];
}

interface EventRow {
  log: number;
  at: string;
  id: string;
  document: EventDocument;
  entries: string;
}

interface ArticleRow {
  log: number;
  at: string;
  id: string;
  title: string;
  text: string;
  publisher: string;
  entries: string;
}

export async function fill(db: D1Database, stories: readonly Story[]): Promise<void> {
  const head = await readHead(db);
  const names = await readNames(db, head);
  const { articles, events } = makeRows(stories, names, head.number);
  const [articleRows, eventRows] = [JSON.stringify(articles), JSON.stringify(events)];
  const insert = (what: string, rows: string) =>
    db.prepare(`INSERT INTO ${what} FROM json_each(?) ORDER BY 1`).bind(rows);
  const log = "log (number, at, kind, subject, revision) SELECT value ->> 'log', value ->> 'at',";
  await db.batch([
    insert(`${log} 'article.added', value ->> 'id', NULL`, articleRows),
    insert(`${log} 'event.added', value ->> 'id', 1`, eventRows),
    // The entries were not written in the order of their numbers.
    db.prepare("UPDATE head SET number = (SELECT max(number) FROM log)"),
    insert(
      `articles (log, id, title, text, publisher, language, added_at, updated_at, mode) SELECT value ->> 'log', value ->> 'id',
         value ->> 'title', value ->> 'text', value ->> 'publisher', 'en', value ->> 'at', value ->> 'at', 'new'`,
      articleRows,
    ),
    insert(
      `events (log, id, revision, mode, published_at, updated_at, document) SELECT value ->> 'log', value ->> 'id', 1, 'new',
         value ->> 'at', value ->> 'at', value -> 'document'`,
      eventRows,
    ),
    insert(
      `revisions (log, event, revision, at, document) SELECT value ->> 'log', value ->> 'id', 1, value ->> 'at',
         value -> 'document'`,
      eventRows,
    ),
    insert("links (event, article, listed) SELECT value ->> 'id', value ->> '$.document.articles[0]', 1", eventRows),
    insert("article_index (rowid, entries) SELECT value ->> 'log', value ->> 'entries'", articleRows),
    insert("event_index (rowid, entries) SELECT value ->> 'log', value ->> 'entries'", eventRows),
  ]);
}

function makeRows(stories: readonly Story[], names: Names, last: number) {
  const articles: ArticleRow[] = [];
  const events: EventRow[] = [];
  const entriesOf = (matchable: Matchable): string => indexText(indexEntries(analyse(matchable, names.vocabulary)));
  let log = last;
  for (const { at, article, events: told } of stories) {
    const matchable = articleMatchable({
      ...article,
      log: ++log,
      url: null,
      summary: null,
      language: "en",
      published_at: null,
      dated_from: null,
      ours: [],
      added_at: at,
      updated_at: at,
      corrected: false,
      mode: "new",
      set_off: log,
      events: told.map(({ id, document }) => articleEvent(id, document)),
    });
    articles.push({ ...article, at, log, entries: entriesOf(matchable) });
    for (const { id, document } of told) {
      events.push({ id, document, at, log: ++log, entries: entriesOf(eventMatchable(document, names)) });
    }
  }
  return { articles, events };
}
