-- The intent: committed before the statement is sent.
UPDATE ONLY hh.migration_statement AS s
SET (state, is_atomic, backend_pid, backend_start, started_at, finished_at)
    = ROW ('running', $3, $4, $5, pg_catalog.clock_timestamp(), NULL)
WHERE s.version = $1 AND s.number = $2
RETURNING true;
