-- ONLY: a child table would be somebody else's.
SELECT m.version, m.name, m.kind, m.checksum, m.state,
    m.finished_at, m.applied_by, m.tool,
    -- Most have none, and a subquery costs more than the rest of the row.
    CASE WHEN m.variables <> '{}' THEN (
        SELECT pg_catalog.string_agg(v.key || '='
            || pg_catalog.encode(pg_catalog.convert_to(v.value, 'UTF8'), 'hex'), ' ')
        FROM pg_catalog.jsonb_each_text(m.variables) AS v)
    END,
    m.error, m.statements_done, m.statements_total
FROM ONLY hh.migration AS m;
