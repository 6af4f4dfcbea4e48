-- ONLY: a child table would be somebody else's.
SELECT m.version, m.name, m.kind, m.checksum, m.state,
    pg_catalog.to_char(m.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    m.applied_by, m.tool, m.variables ->> 'embedding_dimensions'
FROM ONLY hh.migration AS m
ORDER BY m.version COLLATE pg_catalog."C";
