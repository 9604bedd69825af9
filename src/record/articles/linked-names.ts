/**
 * The names that articles have by their events, in a table of their own. An event that changes rewrites these rows; the articles' texts stay
 * filed as they are. All statements read links and events as they are within the batch, so that no request can overtake another.
 */

/** What the table must hold: a name of an event that is not retracted, and the log entry of an article that the event rests on. */
const NAMES_OF_LINKS = `
  SELECT DISTINCT k.key || ':' || s.value AS name, a.log AS log, e.id AS event
  FROM links l JOIN articles a ON a.id = l.article JOIN events e ON e.id = l.event,
    json_each('{"place":"$.places","actor":"$.actors","topic":"$.topics"}') k, json_each(e.document, k.value) s
  WHERE e.retracted IS NULL`;

const INSERT = `INSERT OR IGNORE INTO linked_names (name, log, event) ${NAMES_OF_LINKS}`;

/** Statements for an event whose row and links have just been written. Only what changed is written. */
export const fileNamesOfEvent = (db: D1Database, event: string): D1PreparedStatement[] => [
  db
    .prepare(
      `DELETE FROM linked_names WHERE event = ?1
         AND (name, log) NOT IN (SELECT name, log FROM (${NAMES_OF_LINKS} AND e.id = ?1))`,
    )
    .bind(event),
  db.prepare(`${INSERT} AND e.id = ?`).bind(event),
];

/** The statement for an article whose row and links have just been written. */
export const fileNamesOfArticle = (db: D1Database, article: string): D1PreparedStatement =>
  db.prepare(`${INSERT} AND a.id = ?`).bind(article);

/** The statement for an article that is about to get another place in the log. */
export const unfileNamesOfArticle = (db: D1Database, article: string): D1PreparedStatement =>
  db
    .prepare(
      `DELETE FROM linked_names WHERE event IN (SELECT event FROM links WHERE article = ?1)
         AND log = (SELECT log FROM articles WHERE id = ?1)`,
    )
    .bind(article);
