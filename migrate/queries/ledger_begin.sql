-- The row of a migration that goes statement by statement, before its first one and when it
-- goes on.  $6: of how many statements it is, $7: how many are done.
INSERT INTO hh.migration AS m (
    version, name, kind, checksum, state, statements_done, statements_total, variables,
    applied_by, tool, server_version, started_at, finished_at, error)
VALUES ($1, $2, $3, $4, 'running', $7, $6, $5, session_user, $8,
    pg_catalog.current_setting('server_version'), pg_catalog.clock_timestamp(), NULL, NULL)
