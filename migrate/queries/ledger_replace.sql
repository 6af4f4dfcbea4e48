-- Behind ledger_baseline.sql, ledger_begin.sql, ledger_failed.sql and ledger_record.sql, where there may be
-- a row.  It costs as much as the INSERT itself.
ON CONFLICT (version) DO UPDATE
SET (name, kind, checksum, state, statements_done, statements_total, variables, applied_by,
    tool, server_version, started_at, finished_at, error)
    = ROW (excluded.name, excluded.kind, excluded.checksum, excluded.state,
    excluded.statements_done, excluded.statements_total, excluded.variables,
    excluded.applied_by, excluded.tool, excluded.server_version, excluded.started_at,
    excluded.finished_at, excluded.error)
