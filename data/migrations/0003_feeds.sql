-- What feeds list: their newest rows are found without passing over what is silent.
CREATE INDEX events_in_feeds ON events (log) WHERE mode <> 'silent';
CREATE INDEX articles_in_feeds ON articles (log) WHERE mode <> 'silent';

-- The names of the events that stand in feeds: place:aleppo.
CREATE TABLE event_names (
  name TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (name, event)
) WITHOUT ROWID;
CREATE INDEX event_names_by_event ON event_names (event);
INSERT INTO event_names
  SELECT DISTINCT 'place:' || value, events.id FROM events, json_each(document, '$.places') WHERE mode <> 'silent'
  UNION SELECT 'actor:' || value, events.id FROM events, json_each(document, '$.actors') WHERE mode <> 'silent'
  UNION SELECT 'topic:' || value, events.id FROM events, json_each(document, '$.topics') WHERE mode <> 'silent';
