-- Which ledger the snapshot is of, so that a deployment by another program is noticed.
INSERT INTO hh.snapshot (kind, object, property, definition)
SELECT 'ledger', 'hh.migration', 'digest', pg_catalog.md5(pg_catalog.string_agg(
    pg_catalog.concat_ws(' ', m.version, m.checksum,
        EXTRACT(epoch FROM m.finished_at)), ', ' ORDER BY m.version))
FROM ONLY hh.migration AS m
WHERE m.state IN ('applied', 'baseline');
