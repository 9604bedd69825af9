-- The log entry at which an article last became new, and so sets off alerts: that which added it, or a correction of its mode. Null for an
-- article that was historic or silent from the beginning and still is.
ALTER TABLE articles ADD COLUMN set_off INTEGER;
UPDATE articles SET set_off = log WHERE mode = 'new';
