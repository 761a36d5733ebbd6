-- A task that waits for a limit of its own ([[vendor.X.limit]]) says so:
--   reason  waiting: the limit that it waits for; skipped, dead: why

-- What does not move, and why: the daemon itself, vendors and runs first, then single tasks (no more than 100 of those
-- that wait). until: when that ends by itself, if it does; seconds_left: until then.
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
           coalesce(t.reason, (SELECT a.what FROM attempt a WHERE a.task = t.id ORDER BY a.at DESC LIMIT 1), 'snoozed'),
           t.due_at
    FROM run r CROSS JOIN task t ON t.run = r.id AND t.state = 'waiting'
    WHERE r.finished_at IS NULL ORDER BY r.id, t.due_at LIMIT 100)
  UNION ALL
  SELECT 'task of ' || r.pipeline, t.run, t.level, t.id, 'its lease is over and nobody has settled it', t.lease_until
  FROM run r CROSS JOIN task t ON t.run = r.id AND t.state = 'leased' AND t.lease_until < r.noted_at
  WHERE r.finished_at IS NULL);
