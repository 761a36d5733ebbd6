-- Up to which moment each schedule is dealt with: a run that was due by then was begun, or skipped and said. It belongs
-- to the text of the schedule, so that one that is changed while the daemon is down makes up for nothing.
CREATE TABLE schedule (
  pipeline   TEXT    PRIMARY KEY,
  text       TEXT    NOT NULL DEFAULT '',  -- the schedule and its time zone; '': written before texts were, of any
  considered INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- It was JSON in the rows of pipelines in `limiter`, which now say no more than whether they are paused.
INSERT INTO schedule (pipeline, considered)
SELECT substr(subject, length('pipeline/') + 1), json_extract(state, '$.considered') FROM limiter
WHERE subject LIKE 'pipeline/%' AND CASE WHEN json_valid(state) THEN json_type(state, '$.considered') = 'integer'
                                         AND json_extract(state, '$.considered') > 0 ELSE 0 END;
UPDATE limiter SET state = '{}' WHERE subject LIKE 'pipeline/%';
