-- What the last sample of each pipeline has shown: so many requests, spread over its levels, whose answers were not kept.
--   run     that asked them; it is forgotten with its end, and its number is given to no other
--   seen    how its tree grows, JSON
--   failed  how many requests of which levels failed, and the last reason, JSON
CREATE TABLE sample (
  pipeline TEXT    PRIMARY KEY,
  run      INTEGER NOT NULL,
  taken_at INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  seen     TEXT    NOT NULL,
  failed   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Those that wait for a limit of their own, by which one: where it is free before their time, some are called.
CREATE INDEX task_put_off ON task (run, reason, due_at) WHERE state = 'waiting' AND reason <> '';

-- One more order:
--   sample PIPELINE/N   ask at most so many requests, to tell from them what a run will come to
DROP INDEX control_open;
ALTER TABLE control RENAME TO control_before;
CREATE TABLE control (
  id         INTEGER PRIMARY KEY,
  command    TEXT NOT NULL
             CHECK (command IN ('start', 'cancel', 'pause', 'resume', 'redrive', 'drop', 'why', 'sample')),
  target     TEXT NOT NULL DEFAULT '',
  outcome    TEXT,                         -- NULL: not applied yet
  applied_at INTEGER
) STRICT;
INSERT INTO control SELECT id, command, target, outcome, applied_at FROM control_before;
DROP TABLE control_before;
CREATE INDEX control_open ON control (id) WHERE outcome IS NULL;

-- Depth of the queue by pipeline and level: of runs that are open and of each pipeline's latest one that is not forgotten.
DROP VIEW queue;
CREATE VIEW queue AS
SELECT r.pipeline, r.id AS run, t.level, t.ready, t.waiting, t.leased, t.done, t.skipped, t.dead,
       t.left_out + t.where_failed AS left_out,
       CASE WHEN t.ready > 0 THEN
         -- Levels of the same depth share the index; where theirs lie far behind the others it says nothing.
         (SELECT strftime('%Y-%m-%d %H:%M:%S', o.created_at / 1000, 'unixepoch')
          FROM (SELECT level, created_at FROM task INDEXED BY task_ready
                WHERE run = t.run AND depth = t.depth AND state = 'ready' ORDER BY id LIMIT 1000) o
          WHERE o.level = t.level LIMIT 1)
       END AS oldest
FROM run r CROSS JOIN tally t ON t.run = r.id
WHERE r.id IN (SELECT max(id) FROM run WHERE forgotten = 0 GROUP BY pipeline
               UNION SELECT id FROM run WHERE finished_at IS NULL)
ORDER BY r.id, t.depth, t.level;
