-- One more order, which only asks; its outcome is the answer:
--   why TARGET          why it does not go on: a task's number, a pipeline, or a vendor
DROP INDEX control_open;
ALTER TABLE control RENAME TO control_before;
CREATE TABLE control (
  id         INTEGER PRIMARY KEY,
  command    TEXT NOT NULL CHECK (command IN ('start', 'cancel', 'pause', 'resume', 'redrive', 'drop', 'why')),
  target     TEXT NOT NULL DEFAULT '',
  outcome    TEXT,                         -- NULL: not applied yet
  applied_at INTEGER
) STRICT;
INSERT INTO control SELECT id, command, target, outcome, applied_at FROM control_before;
DROP TABLE control_before;
CREATE INDEX control_open ON control (id) WHERE outcome IS NULL;
