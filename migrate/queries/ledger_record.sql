-- started_at is the transaction's start, which is the migration's.
INSERT INTO hh.migration AS m (
    version, name, kind, checksum, state, statements_done, statements_total, variables,
    applied_by, tool, server_version, started_at, finished_at, error)
VALUES ($1, $2, $3, $4, 'applied', $5, $5, $6, session_user, $7,
    pg_catalog.current_setting('server_version'), pg_catalog.transaction_timestamp(),
    pg_catalog.clock_timestamp(), NULL)
