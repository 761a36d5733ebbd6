-- What became of a task is said by name: where its record lies, or why there is none. And what tells its claims apart is
-- the number of the claim; a lease is the time for which it holds.
--   record  done: where its record lies, such as data-17-00001.ndjson@120+44
--   reason  skipped, dead: why
--   claim   number of its last claim; a reply to an earlier one is not kept
ALTER TABLE task RENAME COLUMN lease TO claim;
ALTER TABLE task RENAME COLUMN place TO record;
ALTER TABLE task ADD COLUMN reason TEXT;
UPDATE task SET reason = record, record = NULL WHERE state IN ('skipped', 'dead');

DROP TRIGGER dead_letter_forgotten;
CREATE TRIGGER dead_letter_forgotten AFTER DELETE ON dead_letter BEGIN
  UPDATE task SET state = 'skipped', reason = 'dropped by hand' WHERE id = OLD.task AND state = 'dead';
END;
