-- A run that was stopped and then resumed ends as others do: only one that ended by being stopped has failed.
DROP VIEW progress;
CREATE VIEW progress AS
SELECT p.run, p.pipeline, p.state, p.cause, p.started, p.finished, p.expected, p.settled, p.dead,
       iif(p.holds, p.calls, NULL) AS calls, iif(p.holds, p.calls_low, NULL) AS calls_low,
       iif(p.holds, p.calls_high, NULL) AS calls_high, p.rate,
       iif(p.holds, strftime('%Y-%m-%d %H:%M:%S', p.eta_at / 1000, 'unixepoch'), NULL) AS eta,
       iif(p.holds, strftime('%Y-%m-%d %H:%M:%S', p.eta_low_at / 1000, 'unixepoch'), NULL) AS eta_low,
       iif(p.holds, strftime('%Y-%m-%d %H:%M:%S', p.eta_high_at / 1000, 'unixepoch'), NULL) AS eta_high,
       p.blocked, iif(p.holds, p.outlook, '') AS outlook
FROM (SELECT r.id AS run, r.pipeline, iif(r.stopped <> '' AND r.state = 'cancelled' AND r.finished_at IS NOT NULL, 'failed', r.state) AS state, r.cause,
             strftime('%Y-%m-%d %H:%M:%S', r.started_at / 1000, 'unixepoch') AS started,
             strftime('%Y-%m-%d %H:%M:%S', r.finished_at / 1000, 'unixepoch') AS finished,
             (SELECT sum(waiting + ready + leased + done + skipped + dead) FROM tally t WHERE t.run = r.id) AS expected,
             (SELECT sum(done + skipped + dead) FROM tally t WHERE t.run = r.id) AS settled,
             (SELECT sum(dead) FROM tally t WHERE t.run = r.id) AS dead,
             round(r.rate, 1) AS rate, r.calls, r.calls_low, r.calls_high, r.eta_at, r.eta_low_at, r.eta_high_at,
             iif(r.stopped <> '' AND r.state = 'cancelled' AND r.finished_at IS NOT NULL, r.stopped, r.blocked) AS blocked, r.outlook, r.finished_at IS NULL AND r.noted_at / 1000 > unixepoch('now') - 120 AS holds
      FROM run r WHERE r.forgotten = 0) p;
