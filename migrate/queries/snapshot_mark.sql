-- Which ledger the snapshot is of, so that a deployment by another program is noticed.
INSERT INTO hh.snapshot (kind, object, property, definition)
SELECT 'ledger', 'hh.migration', 'digest', pg_catalog.md5(pg_catalog.string_agg(l.line, ', '))
FROM (
    SELECT m.version || ' ' || m.checksum
        || coalesce(' ' || EXTRACT(epoch FROM m.finished_at)::pg_catalog.text, '') AS line
    FROM ONLY hh.migration AS m
    WHERE m.state IN ('applied', 'baseline')
    ORDER BY m.version) AS l;
