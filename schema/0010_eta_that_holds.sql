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
