-- A vendor is its origin and its credentials; its name is ours. A vendor that was renamed is known again by
--   account  its origin, the kind of auth, and where its secrets are kept
ALTER TABLE limiter ADD COLUMN account TEXT NOT NULL DEFAULT '';
