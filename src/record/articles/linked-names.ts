/**
 * The table `linked_names`: the names that articles have through their events. A change of an event rewrites these rows only; the full-text
 * index of the articles stays as it is. The statements read links and events within the batch, so that no request can overtake another.
 */

/** Selects the rows that the table must have: a name of an event that is not retracted, and the log entry of an article of the event. */
const NAMES_OF_LINKS = `
  SELECT DISTINCT k.key || ':' || s.value AS name, a.log AS log, e.id AS event
  FROM links l JOIN articles a ON a.id = l.article JOIN events e ON e.id = l.event,
    json_each('{"place":"$.places","actor":"$.actors","topic":"$.topics"}') k, json_each(e.document, k.value) s
  WHERE e.retracted IS NULL`;

const INSERT = `INSERT OR IGNORE INTO linked_names (name, log, event) ${NAMES_OF_LINKS}`;

/** Returns statements for an event whose row and links were just written. They write only rows that changed. */
export const fileNamesOfEvent = (db: D1Database, event: string): D1PreparedStatement[] => [
  db
    .prepare(
      `DELETE FROM linked_names WHERE event = ?1
         AND (name, log) NOT IN (SELECT name, log FROM (${NAMES_OF_LINKS} AND e.id = ?1))`,
    )
    .bind(event),
  db.prepare(`${INSERT} AND e.id = ?`).bind(event),
];

/** Returns the statement for an article whose row and links were just written. */
export const fileNamesOfArticle = (db: D1Database, article: string): D1PreparedStatement =>
  db.prepare(`${INSERT} AND a.id = ?`).bind(article);

/** Returns the statement for an article that is about to get another log entry. */
export const unfileNamesOfArticle = (db: D1Database, article: string): D1PreparedStatement =>
  db
    .prepare(
      `DELETE FROM linked_names WHERE event IN (SELECT event FROM links WHERE article = ?1)
         AND log = (SELECT log FROM articles WHERE id = ?1)`,
    )
    .bind(article);
