-- A further page of a list begins where the page before it ended, which only that page's reply told.
--   cursor  where this page begins, as its kind of pages writes it: by offset the offset; '': page says it
--   trail   what the pages before it were like: how many items lie between the beginnings of two pages (0: nothing
--           told how long the list is), how many the page before had, and what it and an earlier one were made of
-- By offset a page below 0 fills a gap: the vendor gave fewer items than the page before promised.
ALTER TABLE task ADD COLUMN cursor TEXT NOT NULL DEFAULT '';
ALTER TABLE task ADD COLUMN trail  TEXT NOT NULL DEFAULT '';

-- Items of the level's replies that nothing was made of: `where` was not true of them, or failed on them.
ALTER TABLE tally ADD COLUMN left_out     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tally ADD COLUMN where_failed INTEGER NOT NULL DEFAULT 0;

-- A line per pipeline and level of its latest run and of every open one. oldest: since when something is ready.
-- left_out: items that `where` let go no further, those on which it failed among them.
DROP VIEW queue;
CREATE VIEW queue AS
SELECT r.pipeline, r.id AS run, t.level, t.ready, t.waiting, t.leased, t.done, t.skipped, t.dead,
       t.left_out + t.where_failed AS left_out,
       CASE WHEN t.ready > 0 THEN
         -- Levels of the same depth share the index; where theirs lie far behind the others it says nothing.
         (SELECT strftime('%Y-%m-%d %H:%M:%S', o.created_at / 1000, 'unixepoch')
          FROM (SELECT level, created_at FROM task WHERE run = t.run AND depth = t.depth AND state = 'ready'
                ORDER BY id LIMIT 1000) o WHERE o.level = t.level LIMIT 1)
       END AS oldest
FROM run r CROSS JOIN tally t ON t.run = r.id
WHERE r.id IN (SELECT max(id) FROM run GROUP BY pipeline UNION SELECT id FROM run WHERE finished_at IS NULL)
ORDER BY r.id, t.depth, t.level;
