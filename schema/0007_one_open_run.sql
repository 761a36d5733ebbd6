-- Of a pipeline one run is open at a time. A run that ended and was put back to work, by a redrive or by hand, is open
-- beside it, and holds up none that comes after it.
ALTER TABLE run ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0;
UPDATE run SET reopened = 1
WHERE finished_at IS NULL AND state = 'running'
      AND EXISTS (SELECT 1 FROM run l WHERE l.pipeline = run.pipeline AND l.id > run.id);
CREATE UNIQUE INDEX run_one_open ON run (pipeline) WHERE finished_at IS NULL AND state = 'running' AND reopened = 0;

DROP TRIGGER task_reopened;
CREATE TRIGGER task_reopened AFTER UPDATE OF state, run ON task
WHEN NEW.state IN ('waiting', 'ready', 'leased') BEGIN
  UPDATE run SET state = 'running', finished_at = NULL, reopened = 1 WHERE id = NEW.run AND finished_at IS NOT NULL;
END;
DROP TRIGGER task_added;
CREATE TRIGGER task_added AFTER INSERT ON task WHEN NEW.state IN ('waiting', 'ready', 'leased') BEGIN
  UPDATE run SET state = 'running', finished_at = NULL, reopened = 1 WHERE id = NEW.run AND finished_at IS NOT NULL;
END;
