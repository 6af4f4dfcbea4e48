-- Which ledger the snapshot is of, so that a deployment by another program is noticed: what
-- ledger_digest() makes of it, which reads times as a pinned session writes them.
INSERT INTO hh.snapshot (kind, object, property, definition)
SELECT 'ledger', 'hh.migration', 'digest', pg_catalog.encode(pg_catalog.sha256(
    pg_catalog.convert_to(pg_catalog.string_agg(l.line, ''), 'UTF8')), 'hex')
FROM (
    SELECT pg_catalog.concat_ws(' ', m.version, m.checksum, m.finished_at)
        || E'\n' AS line
    FROM ONLY hh.migration AS m
    WHERE m.state IN ('applied', 'baseline')
    ORDER BY m.version) AS l;
