-- Numbers that are given once and never again, not even when the rows that bore them are gone: of runs, since files
-- are named by them, and of claims, since a late reply to an earlier claim is known by it. Do not change it by hand.
CREATE TABLE counter (
  name  TEXT    PRIMARY KEY,
  value INTEGER NOT NULL        -- the last one that was given
) STRICT, WITHOUT ROWID;
INSERT INTO counter (name, value) VALUES
  ('run', max(ifnull((SELECT max(id) FROM run), 0), ifnull((SELECT max(run) FROM tally), 0),
              ifnull((SELECT max(run) FROM part), 0))),
  ('claim', ifnull((SELECT max(lease) FROM task INDEXED BY task_leased WHERE state = 'leased'), 0));

-- The views as before, but each says which index it reads: after ANALYZE in a quiet moment SQLite would take the queue
-- for short and read all of it, whenever somebody looks.
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
WHERE r.id IN (SELECT max(id) FROM run GROUP BY pipeline UNION SELECT id FROM run WHERE finished_at IS NULL)
ORDER BY r.id, t.depth, t.level;

DROP VIEW stuck;
CREATE VIEW stuck AS
SELECT what, run, level, task, why, strftime('%Y-%m-%d %H:%M:%S', ends_at / 1000, 'unixepoch') AS until,
       max(ends_at / 1000 - unixepoch('now'), 0) AS seconds_left
FROM (
  SELECT 'fanoutd' AS what, NULL AS run, NULL AS level, NULL AS task,
         what || ' (since ' || strftime('%Y-%m-%d %H:%M:%S', since / 1000, 'unixepoch') || ')' AS why, NULL AS ends_at
  FROM notice
  UNION ALL
  SELECT subject, NULL, NULL, NULL,
         CASE WHEN paused THEN 'paused; to go on: fanoutctl resume ' || substr(subject, instr(subject, '/') + 1)
              ELSE why END,
         CASE WHEN NOT paused AND next_at > 0 THEN next_at END
  FROM limiter WHERE paused OR why <> ''
  UNION ALL
  SELECT 'run of ' || pipeline, id, NULL, NULL, blocked, NULL
  FROM run WHERE finished_at IS NULL AND blocked <> ''
  UNION ALL
  SELECT * FROM (
    SELECT 'task of ' || r.pipeline, t.run, t.level, t.id,
           coalesce((SELECT a.what FROM attempt a WHERE a.task = t.id ORDER BY a.at DESC LIMIT 1), 'snoozed'), t.due_at
    FROM run r INDEXED BY run_open CROSS JOIN task t INDEXED BY task_waiting ON t.run = r.id AND t.state = 'waiting'
    WHERE r.finished_at IS NULL ORDER BY r.id, t.due_at LIMIT 100)
  UNION ALL
  SELECT 'task of ' || r.pipeline, t.run, t.level, t.id, 'its lease is over and nobody has settled it', t.lease_until
  FROM run r INDEXED BY run_open CROSS JOIN task t INDEXED BY task_leased
       ON t.run = r.id AND t.state = 'leased' AND t.lease_until < r.noted_at
  WHERE r.finished_at IS NULL);

DROP VIEW dead;
CREATE VIEW dead AS
SELECT d.task, r.pipeline, d.run, d.level, strftime('%Y-%m-%d %H:%M:%S', d.died_at / 1000, 'unixepoch') AS died,
       d.status, d.reason, d.request, t.parents, t.attempts,
       (SELECT group_concat(strftime('%H:%M:%S', a.at / 1000, 'unixepoch') || ' ' || a.what, char(10))
        FROM attempt a WHERE a.task = d.task) AS errors
FROM dead_letter d CROSS JOIN task t ON t.id = d.task CROSS JOIN run r ON r.id = d.run;
