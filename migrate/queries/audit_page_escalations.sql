-- $1: one role, quoted as SQL writes it, or NULL for all.
SELECT pg_catalog.pg_get_userbyid(e.role), e.kind, e.severity, e.target, e.gains, e.path
FROM hh.escalations($1::pg_catalog.regrole) WITH ORDINALITY AS e
ORDER BY pg_catalog.array_position(ARRAY['critical', 'high', 'error', 'medium', 'warning', 'low', 'note'],
        e.severity),
    e.ordinality;
