-- ONLY: a child table would be somebody else's.  A row that isn't there is seen by the caller.
UPDATE ONLY hh.migration AS m
SET (state, applied_by, tool, server_version, started_at, finished_at)
    = ROW ('reverted', session_user, $2, pg_catalog.current_setting('server_version'),
    pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp())
WHERE m.version = $1
RETURNING true;
