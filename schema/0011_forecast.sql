-- What was foreseen of each run while it was open, a row a minute, so that one can see afterwards how far it was off:
--   SELECT f.at, f.settled, f.calls, f.eta, r.finished_at FROM forecast f JOIN run r ON r.id = f.run;
-- The rows go when their run is forgotten. Each number is the one in the middle; in one case of ten it is less than
-- low, in one more than high.
CREATE TABLE forecast (
  run        INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  settled    INTEGER NOT NULL,  -- tasks that were settled then
  open       INTEGER NOT NULL,  -- … that were listed, and not settled
  calls_low  INTEGER,           -- tasks that the run would come to in all; NULL: nobody could tell
  calls      INTEGER,
  calls_high INTEGER,
  eta_low    INTEGER,           -- when it would be done; NULL: nobody could tell
  eta        INTEGER,
  eta_high   INTEGER,
  PRIMARY KEY (run, at)
) STRICT, WITHOUT ROWID;

-- The same as of now, written with rate and eta_at.
--   outlook  what will go wrong by itself, such as that the run will not finish before its next start; empty: nothing
--   seen     what it has shown of how its tree grows, JSON, for the daemon after a restart
ALTER TABLE run ADD COLUMN calls_low   INTEGER;
ALTER TABLE run ADD COLUMN calls       INTEGER;
ALTER TABLE run ADD COLUMN calls_high  INTEGER;
ALTER TABLE run ADD COLUMN eta_low_at  INTEGER;
ALTER TABLE run ADD COLUMN eta_high_at INTEGER;
ALTER TABLE run ADD COLUMN outlook     TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN seen        TEXT NOT NULL DEFAULT '';

-- Runs: how far, how fast, until when. expected is what is listed so far, calls what the run will come to when its tree
-- has grown. What is foreseen holds under a daemon that has said so lately; it says none while it cannot tell, such as
-- before every level has shown what it lists, or while something holds the run up that no time ends.
DROP VIEW progress;
CREATE VIEW progress AS
SELECT p.run, p.pipeline, p.state, p.cause, p.started, p.finished, p.expected, p.settled, p.dead,
       iif(p.holds, p.calls, NULL) AS calls, iif(p.holds, p.calls_low, NULL) AS calls_low,
       iif(p.holds, p.calls_high, NULL) AS calls_high, p.rate,
       iif(p.holds, strftime('%Y-%m-%d %H:%M:%S', p.eta_at / 1000, 'unixepoch'), NULL) AS eta,
       iif(p.holds, strftime('%Y-%m-%d %H:%M:%S', p.eta_low_at / 1000, 'unixepoch'), NULL) AS eta_low,
       iif(p.holds, strftime('%Y-%m-%d %H:%M:%S', p.eta_high_at / 1000, 'unixepoch'), NULL) AS eta_high,
       p.blocked, iif(p.holds, p.outlook, '') AS outlook
FROM (SELECT r.id AS run, r.pipeline, r.state, r.cause,
             strftime('%Y-%m-%d %H:%M:%S', r.started_at / 1000, 'unixepoch') AS started,
             strftime('%Y-%m-%d %H:%M:%S', r.finished_at / 1000, 'unixepoch') AS finished,
             (SELECT sum(waiting + ready + leased + done + skipped + dead) FROM tally t WHERE t.run = r.id) AS expected,
             (SELECT sum(done + skipped + dead) FROM tally t WHERE t.run = r.id) AS settled,
             (SELECT sum(dead) FROM tally t WHERE t.run = r.id) AS dead,
             round(r.rate, 1) AS rate, r.calls, r.calls_low, r.calls_high, r.eta_at, r.eta_low_at, r.eta_high_at,
             r.blocked, r.outlook, r.finished_at IS NULL AND r.noted_at / 1000 > unixepoch('now') - 120 AS holds
      FROM run r WHERE r.forgotten = 0) p;
