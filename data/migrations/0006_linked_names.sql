-- The names that articles have by their events, one row for each event that gives a name. Search finds an article by them although its own
-- text is never filed anew. `log` is the article's place in the log; retracted events give none.
CREATE TABLE linked_names (
  name TEXT NOT NULL,
  log INTEGER NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (name, log, event)
) WITHOUT ROWID;
CREATE INDEX linked_names_by_event ON linked_names (event, log);
INSERT INTO linked_names (name, log, event)
  SELECT DISTINCT k.key || ':' || s.value, a.log, e.id
  FROM links l JOIN articles a ON a.id = l.article JOIN events e ON e.id = l.event,
    json_each('{"place":"$.places","actor":"$.actors","topic":"$.topics"}') k, json_each(e.document, k.value) s
  WHERE e.retracted IS NULL;
