-- The queue of fanoutd. All times are unix milliseconds (UTC); the views at the end show them as text.
-- Rows may be read and changed by hand while the daemon runs: triggers keep the tallies right whoever
-- writes. (The daemon counts what it changes itself, once for each commit; the tests hold the two together.)
-- To steer, insert a row into `control`. Start with:  SELECT * FROM progress;  SELECT * FROM queue;

-- One execution of a pipeline.
CREATE TABLE run (
  id            INTEGER PRIMARY KEY,
  pipeline      TEXT    NOT NULL,
  state         TEXT    NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'finished', 'cancelled')),
  cause         TEXT    NOT NULL,             -- what started it: schedule, once, control
  scheduled_for INTEGER NOT NULL,             -- the moment of the schedule that it answers
  started_at    INTEGER NOT NULL,
  since         INTEGER NOT NULL DEFAULT 0,   -- start of the previous complete run; 0: there was none
  finished_at   INTEGER,
  rate          REAL    NOT NULL DEFAULT 0,   -- tasks settled a second, lately
  eta_at        INTEGER,                      -- when it will be done, as far as is known
  blocked       TEXT    NOT NULL DEFAULT '',  -- why it does not move; empty: it moves
  noted_at      INTEGER NOT NULL DEFAULT 0    -- when the daemon last wrote the three above
) STRICT;
CREATE INDEX run_by_pipeline ON run (pipeline, id);
CREATE INDEX run_open ON run (id) WHERE finished_at IS NULL;

-- One row is one request: one page of one level under one parent item.
--   waiting  due later (due_at): a retry or a snooze
--   ready    may go now; the claim reads only these
--   leased   claimed: in flight, or about to be
--   done     answered, its children made and its record kept (place)
--   skipped  finished on purpose without a record (place says why)
--   dead     given up on; see dead_letter
-- To put one back by hand:  UPDATE task SET state = 'ready', attempts = 0 WHERE id = …;
CREATE TABLE task (
  id          INTEGER PRIMARY KEY,
  run         INTEGER NOT NULL,
  level       TEXT    NOT NULL,
  depth       INTEGER NOT NULL,             -- of the level; deeper goes first
  state       TEXT    NOT NULL DEFAULT 'ready'
              CHECK (state IN ('waiting', 'ready', 'leased', 'done', 'skipped', 'dead')),
  parent      INTEGER NOT NULL DEFAULT 0,   -- task that listed its item (the first page of that list)
  scope       INTEGER NOT NULL DEFAULT 0,   -- parent; 0 where the level says unique = "run"
  list        INTEGER NOT NULL DEFAULT 0,   -- first page of the list that this is a page of; 0: is the first
  key         TEXT    NOT NULL DEFAULT '',  -- of its item
  page        INTEGER NOT NULL DEFAULT 1,
  parents     TEXT    NOT NULL DEFAULT '{}',  -- kept fields of its ancestors, JSON by level
  lease       INTEGER NOT NULL DEFAULT 0,   -- number of its last claim; a reply to an earlier one is not kept
  attempts    INTEGER NOT NULL DEFAULT 0,   -- tries used up, counted at the claim
  snoozes     INTEGER NOT NULL DEFAULT 0,   -- put back without using up a try
  crashes     INTEGER NOT NULL DEFAULT 0,   -- was in flight when the daemon died
  created_at  INTEGER NOT NULL DEFAULT 0,
  due_at      INTEGER,                      -- waiting: until then
  lease_until INTEGER,                      -- leased: until then
  settled_at  INTEGER,
  place       TEXT,                         -- done: where its record lies; skipped: why
  CONSTRAINT "a waiting task needs due_at" CHECK (state <> 'waiting' OR due_at IS NOT NULL),
  CONSTRAINT "a leased task needs lease_until" CHECK (state <> 'leased' OR lease_until IS NOT NULL)
) STRICT;
-- A second task of the same identity is ignored: an item that moved to the next page while we read.
CREATE UNIQUE INDEX task_identity ON task (run, level, scope, key, page);
-- The claim's index holds only what can go now, so that a claim costs the same in a queue of any length.
CREATE INDEX task_ready ON task (run, depth DESC, id) WHERE state = 'ready';
CREATE INDEX task_waiting ON task (run, due_at) WHERE state = 'waiting';
CREATE INDEX task_leased ON task (run, lease_until) WHERE state = 'leased';

-- What went wrong with each try that failed. Kept when a dead letter is put back to work.
CREATE TABLE attempt (
  task   INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  number INTEGER NOT NULL,              -- which of the task's attempts
  status INTEGER NOT NULL DEFAULT 0,    -- HTTP status; 0: no reply
  what   TEXT    NOT NULL,
  PRIMARY KEY (task, at, number)
) STRICT, WITHOUT ROWID;

-- Tasks given up on. The view `dead` shows them with ancestors and errors.
-- To put one back:  INSERT INTO control (command, target) VALUES ('redrive', '<task>');
CREATE TABLE dead_letter (
  task     INTEGER PRIMARY KEY,
  run      INTEGER NOT NULL,
  level    TEXT    NOT NULL,
  died_at  INTEGER NOT NULL,
  status   INTEGER NOT NULL DEFAULT 0,
  reason   TEXT    NOT NULL,
  request  TEXT    NOT NULL DEFAULT ''  -- what was asked, without secrets
) STRICT;
CREATE INDEX dead_letter_by_run ON dead_letter (run);

-- Output files of many records. Until sealed, the file's name bears a dot in front.
CREATE TABLE part (
  path      TEXT    PRIMARY KEY,           -- below the output folder
  run       INTEGER NOT NULL,
  base      TEXT    NOT NULL,              -- the path as the configuration names it
  number    INTEGER NOT NULL,
  committed INTEGER NOT NULL,              -- bytes that belong to settled tasks; the rest is cut after a crash
  records   INTEGER NOT NULL,
  sealed    INTEGER NOT NULL DEFAULT 0,
  note      TEXT    NOT NULL DEFAULT ''    -- what is wrong with it; empty: nothing
) STRICT, WITHOUT ROWID;
CREATE INDEX part_by_number ON part (run, base, number);
CREATE INDEX part_open ON part (path) WHERE sealed = 0;

-- How many tasks of a run's level are in each state. Kept as tasks change, never counted. Do not change it
-- by hand.
CREATE TABLE tally (
  run     INTEGER NOT NULL,
  level   TEXT    NOT NULL,
  depth   INTEGER NOT NULL,
  waiting INTEGER NOT NULL DEFAULT 0,
  ready   INTEGER NOT NULL DEFAULT 0,
  leased  INTEGER NOT NULL DEFAULT 0,
  done    INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0,
  dead    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run, level)
) STRICT, WITHOUT ROWID;

-- What is known of how much a vendor bears, and what is paused. Subject is 'vendor/NAME' or 'pipeline/NAME'.
CREATE TABLE limiter (
  subject    TEXT    PRIMARY KEY,
  paused     INTEGER NOT NULL DEFAULT 0,
  hold_until INTEGER NOT NULL DEFAULT 0,   -- no request before this moment
  why        TEXT    NOT NULL DEFAULT '',  -- why nothing goes now; empty: it goes
  state      TEXT    NOT NULL DEFAULT '{}' -- JSON: the rate windows and the breaker
) STRICT, WITHOUT ROWID;

-- Orders to the daemon. It notices a new row at once, applies it and writes the outcome into the row.
--   start PIPELINE      start a run now              pause PIPELINE | VENDOR     send nothing more
--   cancel PIPELINE     skip what is still open      resume PIPELINE | VENDOR
--   redrive TARGET      put dead letters back: a task's number, run/N, a pipeline, or all
--   drop TARGET         forget dead letters: the same targets; their tasks become skipped
CREATE TABLE control (
  id         INTEGER PRIMARY KEY,
  command    TEXT NOT NULL CHECK (command IN ('start', 'cancel', 'pause', 'resume', 'redrive', 'drop')),
  target     TEXT NOT NULL DEFAULT '',
  outcome    TEXT,                         -- NULL: not applied yet
  applied_at INTEGER
) STRICT;
CREATE INDEX control_open ON control (id) WHERE outcome IS NULL;

-- What the triggers below keep right when somebody else than the daemon writes.
CREATE TRIGGER task_made AFTER INSERT ON task BEGIN
  INSERT INTO tally (run, level, depth, waiting, ready, leased, done, skipped, dead)
  VALUES (NEW.run, NEW.level, NEW.depth, NEW.state = 'waiting', NEW.state = 'ready', NEW.state = 'leased',
          NEW.state = 'done', NEW.state = 'skipped', NEW.state = 'dead')
  ON CONFLICT (run, level) DO UPDATE SET
    waiting = waiting + excluded.waiting, ready = ready + excluded.ready, leased = leased + excluded.leased,
    done = done + excluded.done, skipped = skipped + excluded.skipped, dead = dead + excluded.dead;
END;

CREATE TRIGGER task_forgotten AFTER DELETE ON task BEGIN
  UPDATE tally SET
    waiting = waiting - (OLD.state = 'waiting'), ready = ready - (OLD.state = 'ready'),
    leased = leased - (OLD.state = 'leased'), done = done - (OLD.state = 'done'),
    skipped = skipped - (OLD.state = 'skipped'), dead = dead - (OLD.state = 'dead')
  WHERE run = OLD.run AND level = OLD.level;
  DELETE FROM attempt WHERE task = OLD.id;
  DELETE FROM dead_letter WHERE task = OLD.id;
END;

CREATE TRIGGER task_moved AFTER UPDATE OF state, run, level ON task
WHEN OLD.state <> NEW.state OR OLD.run <> NEW.run OR OLD.level <> NEW.level BEGIN
  UPDATE tally SET
    waiting = waiting - (OLD.state = 'waiting'), ready = ready - (OLD.state = 'ready'),
    leased = leased - (OLD.state = 'leased'), done = done - (OLD.state = 'done'),
    skipped = skipped - (OLD.state = 'skipped'), dead = dead - (OLD.state = 'dead')
  WHERE run = OLD.run AND level = OLD.level;
  INSERT INTO tally (run, level, depth, waiting, ready, leased, done, skipped, dead)
  VALUES (NEW.run, NEW.level, NEW.depth, NEW.state = 'waiting', NEW.state = 'ready', NEW.state = 'leased',
          NEW.state = 'done', NEW.state = 'skipped', NEW.state = 'dead')
  ON CONFLICT (run, level) DO UPDATE SET
    waiting = waiting + excluded.waiting, ready = ready + excluded.ready, leased = leased + excluded.leased,
    done = done + excluded.done, skipped = skipped + excluded.skipped, dead = dead + excluded.dead;
  UPDATE dead_letter SET run = NEW.run, level = NEW.level WHERE task = NEW.id;
END;

-- OR REPLACE would take a row away without a trigger, and the number of a task is its name elsewhere.
CREATE TRIGGER task_not_replaced BEFORE INSERT ON task
WHEN EXISTS (SELECT 1 FROM task WHERE id = NEW.id) OR EXISTS
     (SELECT 1 FROM task WHERE run = NEW.run AND level = NEW.level AND scope = NEW.scope AND key = NEW.key
                           AND page = NEW.page) BEGIN
  SELECT RAISE(ABORT, 'such a task is there already: UPDATE it, or DELETE it first');
END;
CREATE TRIGGER task_not_overwritten BEFORE UPDATE OF run, level, scope, key, page ON task
WHEN EXISTS (SELECT 1 FROM task WHERE run = NEW.run AND level = NEW.level AND scope = NEW.scope AND key = NEW.key
                                  AND page = NEW.page AND id <> OLD.id) BEGIN
  SELECT RAISE(ABORT, 'such a task is there already: DELETE it first');
END;
CREATE TRIGGER task_keeps_number BEFORE UPDATE OF id, rowid, oid, _rowid_ ON task WHEN OLD.id <> NEW.id BEGIN
  SELECT RAISE(ABORT, 'a task keeps its number');
END;

-- A run with something to do goes on.
CREATE TRIGGER task_reopened AFTER UPDATE OF state, run ON task
WHEN NEW.state IN ('waiting', 'ready', 'leased') BEGIN
  UPDATE run SET state = 'running', finished_at = NULL WHERE id = NEW.run AND finished_at IS NOT NULL;
END;
CREATE TRIGGER task_added AFTER INSERT ON task WHEN NEW.state IN ('waiting', 'ready', 'leased') BEGIN
  UPDATE run SET state = 'running', finished_at = NULL WHERE id = NEW.run AND finished_at IS NOT NULL;
END;

-- Each dead task has its dead letter, and no other task has one.
CREATE TRIGGER task_revived AFTER UPDATE OF state ON task WHEN OLD.state = 'dead' AND NEW.state <> 'dead' BEGIN
  DELETE FROM dead_letter WHERE task = OLD.id;
END;
CREATE TRIGGER task_died AFTER UPDATE OF state ON task WHEN OLD.state <> 'dead' AND NEW.state = 'dead' BEGIN
  INSERT INTO dead_letter (task, run, level, died_at, reason)
  VALUES (NEW.id, NEW.run, NEW.level, coalesce(NEW.settled_at, 0), 'given up on by hand')
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER task_born_dead AFTER INSERT ON task WHEN NEW.state = 'dead' BEGIN
  INSERT INTO dead_letter (task, run, level, died_at, reason)
  VALUES (NEW.id, NEW.run, NEW.level, coalesce(NEW.settled_at, 0), 'given up on by hand')
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER dead_letter_forgotten AFTER DELETE ON dead_letter BEGIN
  UPDATE task SET state = 'skipped', place = 'dropped by hand' WHERE id = OLD.task AND state = 'dead';
END;

-- A line per pipeline and level of its latest run and of every open one. oldest: since when something is ready.
CREATE VIEW queue AS
SELECT r.pipeline, r.id AS run, t.level, t.ready, t.waiting, t.leased, t.done, t.skipped, t.dead,
       CASE WHEN t.ready > 0 THEN
         -- Levels of the same depth share the index; where theirs lie far behind the others it says nothing.
         (SELECT strftime('%Y-%m-%d %H:%M:%S', o.created_at / 1000, 'unixepoch')
          FROM (SELECT level, created_at FROM task WHERE run = t.run AND depth = t.depth AND state = 'ready'
                ORDER BY id LIMIT 1000) o WHERE o.level = t.level LIMIT 1)
       END AS oldest
FROM run r CROSS JOIN tally t ON t.run = r.id
WHERE r.id IN (SELECT max(id) FROM run GROUP BY pipeline UNION SELECT id FROM run WHERE finished_at IS NULL)
ORDER BY r.id, t.depth, t.level;

-- What does not move, and why: vendors and runs first, then single tasks (no more than 100 of those that wait).
CREATE VIEW stuck AS
SELECT subject AS what, NULL AS run, NULL AS level, NULL AS task,
       CASE WHEN paused THEN 'paused; to go on: fanoutctl resume ' || substr(subject, instr(subject, '/') + 1)
            ELSE why END AS why,
       CASE WHEN hold_until > 0 THEN strftime('%Y-%m-%d %H:%M:%S', hold_until / 1000, 'unixepoch') END AS until
FROM limiter WHERE paused OR why <> ''
UNION ALL
SELECT 'run of ' || pipeline, id, NULL, NULL, blocked, NULL
FROM run WHERE finished_at IS NULL AND blocked <> ''
UNION ALL
SELECT * FROM (
  SELECT 'task of ' || r.pipeline, t.run, t.level, t.id,
         coalesce((SELECT a.what FROM attempt a WHERE a.task = t.id ORDER BY a.at DESC LIMIT 1), 'snoozed'),
         strftime('%Y-%m-%d %H:%M:%S', t.due_at / 1000, 'unixepoch')
  FROM run r CROSS JOIN task t ON t.run = r.id AND t.state = 'waiting'
  WHERE r.finished_at IS NULL ORDER BY r.id, t.due_at LIMIT 100)
UNION ALL
SELECT 'task of ' || r.pipeline, t.run, t.level, t.id, 'its lease is over and nobody has settled it',
       strftime('%Y-%m-%d %H:%M:%S', t.lease_until / 1000, 'unixepoch')
FROM run r CROSS JOIN task t ON t.run = r.id AND t.state = 'leased' AND t.lease_until < r.noted_at
WHERE r.finished_at IS NULL;

-- Dead letters with what was asked, under which ancestors, and every error.
CREATE VIEW dead AS
SELECT d.task, r.pipeline, d.run, d.level, strftime('%Y-%m-%d %H:%M:%S', d.died_at / 1000, 'unixepoch') AS died,
       d.status, d.reason, d.request, t.parents, t.attempts,
       (SELECT group_concat(strftime('%H:%M:%S', a.at / 1000, 'unixepoch') || ' ' || a.what, char(10))
        FROM attempt a WHERE a.task = d.task) AS errors
FROM dead_letter d JOIN task t ON t.id = d.task JOIN run r ON r.id = d.run;

-- Runs: how far, how fast, until when.
CREATE VIEW progress AS
SELECT r.id AS run, r.pipeline, r.state, r.cause,
       strftime('%Y-%m-%d %H:%M:%S', r.started_at / 1000, 'unixepoch') AS started,
       strftime('%Y-%m-%d %H:%M:%S', r.finished_at / 1000, 'unixepoch') AS finished,
       (SELECT sum(waiting + ready + leased + done + skipped + dead) FROM tally t WHERE t.run = r.id) AS expected,
       (SELECT sum(done + skipped + dead) FROM tally t WHERE t.run = r.id) AS settled,
       (SELECT sum(dead) FROM tally t WHERE t.run = r.id) AS dead,
       round(r.rate, 1) AS rate, strftime('%Y-%m-%d %H:%M:%S', r.eta_at / 1000, 'unixepoch') AS eta, r.blocked
FROM run r;
