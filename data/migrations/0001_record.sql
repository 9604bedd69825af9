-- The record. Owner: src/record/
--
-- Every change of the record is an entry of the log. An entry is written in the same
-- transaction as the change, and its number is one above the highest, so that numbers have no gap.

CREATE TABLE log (
  number INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('article.added', 'article.corrected', 'event.added', 'event.corrected', 'event.retracted', 'name.changed')),
  -- Id of the article, event or name.
  subject TEXT NOT NULL,
  -- Revision that this entry added to an event; null for articles and names.
  revision INTEGER
);

-- The end of the log, as one row, so that reading it costs one row. A trigger keeps it.
CREATE TABLE head (
  number INTEGER NOT NULL,
  -- Last entry that changed a name.
  names INTEGER NOT NULL,
  at TEXT
);
INSERT INTO head VALUES (0, 0, NULL);
CREATE TRIGGER log_moves_head AFTER INSERT ON log BEGIN
  UPDATE head SET number = new.number, at = new.at, names = iif(new.kind = 'name.changed', new.number, names);
END;

CREATE TABLE articles (
  id TEXT PRIMARY KEY,
  -- Entry that added the article: its place in the feeds.
  log INTEGER NOT NULL UNIQUE REFERENCES log (number),
  url TEXT UNIQUE,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  summary TEXT,
  publisher TEXT,
  language TEXT,
  -- When the publisher published it: a time, or a day if no more is known.
  published_at TEXT,
  -- How the date of publication was found.
  dated_from TEXT,
  -- JSON list of the fields that the curators worded.
  ours TEXT NOT NULL DEFAULT '[]',
  -- When the article was added to this wire; never changes.
  added_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  -- 1: corrected after it was added.
  corrected INTEGER NOT NULL DEFAULT 0,
  mode TEXT NOT NULL CHECK (mode IN ('new', 'historic', 'silent')),
  -- Entry at which the article last became new, and so triggers alerts: the one that added it, or a correction of its mode. Null for an
  -- article that has never been new.
  set_off INTEGER
);
-- Feeds find their newest rows without passing over silent ones.
CREATE INDEX articles_in_feeds ON articles (log) WHERE mode <> 'silent';
-- Corrected articles by the time of their last change: feeds list the latest beside the newest.
CREATE INDEX articles_by_change ON articles (updated_at) WHERE mode <> 'silent' AND corrected = 1;

CREATE TABLE events (
  id TEXT PRIMARY KEY,
  -- Entry that added the event: its place in the feeds.
  log INTEGER NOT NULL UNIQUE REFERENCES log (number),
  revision INTEGER NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('new', 'historic', 'silent')),
  -- When the event was added to this wire; never changes.
  published_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  -- The event as its curator wrote it, as JSON.
  document TEXT NOT NULL,
  -- Reason of the retraction; null unless retracted.
  retracted TEXT
);
CREATE INDEX events_in_feeds ON events (log) WHERE mode <> 'silent';
CREATE INDEX events_by_change ON events (updated_at) WHERE mode <> 'silent' AND revision > 1;
-- Events in the order in which they happened: the neighbours of an event are found without passing over others.
CREATE INDEX events_by_date ON events (json_extract(document, '$.date'), log) WHERE mode <> 'silent' AND retracted IS NULL;

-- What an event said after each change.
CREATE TABLE revisions (
  event TEXT NOT NULL,
  revision INTEGER NOT NULL,
  log INTEGER NOT NULL REFERENCES log (number),
  at TEXT NOT NULL,
  document TEXT NOT NULL,
  retracted TEXT,
  PRIMARY KEY (event, revision)
) WITHOUT ROWID;

-- Articles that are the sources of an event.
CREATE TABLE links (
  event TEXT NOT NULL,
  article TEXT NOT NULL,
  -- 1: the event's document lists the article; 0: the article named the event when it was added.
  listed INTEGER NOT NULL,
  PRIMARY KEY (event, article, listed)
) WITHOUT ROWID;
CREATE INDEX links_by_article ON links (article);

-- Places, actors and topics.
CREATE TABLE names (
  -- Kind and slug: place:aleppo
  id TEXT PRIMARY KEY,
  log INTEGER NOT NULL REFERENCES log (number),
  document TEXT NOT NULL
) WITHOUT ROWID;

-- Names of the events in feeds.
CREATE TABLE event_names (
  -- place:aleppo
  name TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (name, event)
) WITHOUT ROWID;
CREATE INDEX event_names_by_event ON event_names (event);

-- Names that articles have through their events, one row for each event that gives a name. Search finds an article by these names, although
-- its own text is not indexed again. Retracted events give none.
CREATE TABLE linked_names (
  name TEXT NOT NULL,
  -- The article's place in the log.
  log INTEGER NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (name, log, event)
) WITHOUT ROWID;
CREATE INDEX linked_names_by_event ON linked_names (event, log);

-- Full-text search. The Worker splits texts into words itself, so that search, feeds and alerts use the same words; the tokenizer only
-- splits at spaces. The rowid is the number of the log entry that added the article or event.
CREATE VIRTUAL TABLE article_index USING fts5 (entries, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii');
CREATE VIRTUAL TABLE event_index USING fts5 (entries, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii');
