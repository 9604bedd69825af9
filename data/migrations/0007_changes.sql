-- What stands in feeds and was corrected or retracted, in the order of the last change: the latest of these stand beside a feed's newest items.
CREATE INDEX events_by_change ON events (updated_at) WHERE mode <> 'silent' AND revision > 1;
CREATE INDEX articles_by_change ON articles (updated_at) WHERE mode <> 'silent' AND corrected = 1;
