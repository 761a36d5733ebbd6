-- An old run is forgotten, but its dead letters are kept for a longer time: their tasks with ancestors and errors, and
-- the row of the run. They can be read and dropped; put back to work they cannot be, since nothing is known any more of
-- what else the run asked and kept.
--   forgotten  0: it is all there, 1: its tasks are being deleted, 2: nothing but its dead letters is left
ALTER TABLE run ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;
CREATE INDEX run_forgotten ON run (id) WHERE forgotten <> 0;
DROP INDEX dead_letter_by_run;
CREATE INDEX dead_letter_by_age ON dead_letter (run, died_at);

CREATE TRIGGER task_stays_forgotten BEFORE UPDATE OF state, run ON task
WHEN NEW.state IN ('waiting', 'ready', 'leased')
     AND EXISTS (SELECT 1 FROM run WHERE id IN (OLD.run, NEW.run) AND forgotten <> 0) BEGIN
  SELECT RAISE(ABORT, 'its run is forgotten but for its dead letters, so it cannot be put back to work');
END;
CREATE TRIGGER task_not_made_in_forgotten BEFORE INSERT ON task
WHEN EXISTS (SELECT 1 FROM run WHERE id = NEW.run AND forgotten <> 0) BEGIN
  SELECT RAISE(ABORT, 'its run is forgotten but for its dead letters, so nothing can be added to it');
END;

-- Runs: how far, how fast, until when. eta holds for a run that moves under a daemon that has said so lately; without a
-- daemon, or while something holds the run up, nobody knows.
DROP VIEW progress;
CREATE VIEW progress AS
SELECT r.id AS run, r.pipeline, r.state, r.cause,
       strftime('%Y-%m-%d %H:%M:%S', r.started_at / 1000, 'unixepoch') AS started,
       strftime('%Y-%m-%d %H:%M:%S', r.finished_at / 1000, 'unixepoch') AS finished,
       (SELECT sum(waiting + ready + leased + done + skipped + dead) FROM tally t WHERE t.run = r.id) AS expected,
       (SELECT sum(done + skipped + dead) FROM tally t WHERE t.run = r.id) AS settled,
       (SELECT sum(dead) FROM tally t WHERE t.run = r.id) AS dead,
       round(r.rate, 1) AS rate,
       CASE WHEN r.finished_at IS NULL AND r.blocked = '' AND r.noted_at / 1000 > unixepoch('now') - 120
            THEN strftime('%Y-%m-%d %H:%M:%S', r.eta_at / 1000, 'unixepoch') END AS eta,
       r.blocked
FROM run r WHERE r.forgotten = 0;
