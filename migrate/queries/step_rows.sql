-- Of migrations that have begun and not ended.  ONLY: a child table would be somebody else's.
SELECT s.version, s.number, s.part, s.statement, s.state, s.is_atomic, s.backend_pid,
    s.backend_start
FROM ONLY hh.migration_statement AS s
ORDER BY s.version COLLATE pg_catalog."C", s.number;
