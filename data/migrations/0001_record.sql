-- The record. Every change of it is an entry of the log, whose numbers have no gap: an entry is written in the same
-- transaction as the change, with the number after the highest.

CREATE TABLE log (
  number INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('article.added', 'article.corrected', 'event.added', 'event.corrected', 'event.retracted', 'name.changed')),
  -- The id of the article, event or name.
  subject TEXT NOT NULL,
  -- Of an event: the revision that this entry brought.
  revision INTEGER
);

-- Where the log ends, as one row, so that asking costs one row read. `names` is the last entry that changed a name.
CREATE TABLE head (
  number INTEGER NOT NULL,
  names INTEGER NOT NULL,
  at TEXT
);
INSERT INTO head VALUES (0, 0, NULL);
CREATE TRIGGER log_moves_head AFTER INSERT ON log BEGIN
  UPDATE head SET number = new.number, at = new.at, names = iif(new.kind = 'name.changed', new.number, names);
END;

CREATE TABLE articles (
  id TEXT PRIMARY KEY,
  -- The entry that added it: its place in the feeds.
  log INTEGER NOT NULL UNIQUE REFERENCES log (number),
  url TEXT UNIQUE,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  summary TEXT,
  publisher TEXT,
  language TEXT,
  -- When the publisher published it: a time, or a day where no more is known.
  published_at TEXT,
  dated_from TEXT,
  -- JSON list of the fields that are our wording.
  ours TEXT NOT NULL DEFAULT '[]',
  -- When it went onto this wire; never changes.
  added_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  corrected INTEGER NOT NULL DEFAULT 0,
  mode TEXT NOT NULL CHECK (mode IN ('new', 'historic', 'silent'))
);

CREATE TABLE events (
  id TEXT PRIMARY KEY,
  log INTEGER NOT NULL UNIQUE REFERENCES log (number),
  revision INTEGER NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('new', 'historic', 'silent')),
  -- When it went onto this wire; never changes.
  published_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  -- The event as its curator wrote it, as JSON.
  document TEXT NOT NULL,
  -- Why it was retracted; null while it stands.
  retracted TEXT
);

-- What an event said before and after each correction.
CREATE TABLE revisions (
  event TEXT NOT NULL,
  revision INTEGER NOT NULL,
  log INTEGER NOT NULL REFERENCES log (number),
  at TEXT NOT NULL,
  document TEXT NOT NULL,
  retracted TEXT,
  PRIMARY KEY (event, revision)
) WITHOUT ROWID;

-- Which articles an event rests on: those that its document lists, and those that named it when they were added.
CREATE TABLE links (
  event TEXT NOT NULL,
  article TEXT NOT NULL,
  -- 1: by the event's document; 0: by the article.
  listed INTEGER NOT NULL,
  PRIMARY KEY (event, article, listed)
) WITHOUT ROWID;
CREATE INDEX links_by_article ON links (article);

CREATE TABLE names (
  -- Kind and slug: place:aleppo.
  id TEXT PRIMARY KEY,
  log INTEGER NOT NULL REFERENCES log (number),
  document TEXT NOT NULL
) WITHOUT ROWID;

-- Full-text search. The Worker cuts the texts itself, so that search, feeds and alerts see the same words; the tokenizer only
-- splits at spaces. The row's number is that of the log entry that added the article or event.
CREATE VIRTUAL TABLE article_index USING fts5 (entries, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii');
CREATE VIRTUAL TABLE event_index USING fts5 (entries, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii');
