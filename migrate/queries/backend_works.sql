-- Whether the backend that a statement was sent to is still there, and is not this one.
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_stat_activity AS a
    WHERE a.pid = $1 AND a.backend_start = $2 AND a.pid <> pg_catalog.pg_backend_pid());
