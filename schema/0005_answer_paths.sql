-- Which task of a run each file of one answer belongs to. A second task whose answer would lie there is dead, and
-- overwrites nothing.
--   path  below the output folder, without the difference of upper and lower case and of forms of Unicode: what some
--         file system, or somebody's eye, takes for one name is one
CREATE TABLE answer_path (
  run  INTEGER NOT NULL,
  path TEXT    NOT NULL,
  task INTEGER NOT NULL,
  PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;
