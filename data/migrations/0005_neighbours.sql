-- The events that stand in feeds and were not retracted, in the order in which they happened: those around one of them are found without
-- passing over the others.
CREATE INDEX events_by_date ON events (json_extract(document, '$.date'), log) WHERE mode <> 'silent' AND retracted IS NULL;
