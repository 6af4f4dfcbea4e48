-- Whether there is a snapshot, and whether it is of the ledger as it stands.  ONLY: a child table
-- would be somebody else's.
SELECT pg_catalog.count(*) > 0,
    coalesce(pg_catalog.bool_or(s.kind = 'ledger' AND s.definition = (
        SELECT pg_catalog.md5(pg_catalog.string_agg(
            pg_catalog.concat_ws(' ', m.version, m.checksum,
                EXTRACT(epoch FROM m.finished_at)), ', ' ORDER BY m.version))
        FROM ONLY hh.migration AS m
        WHERE m.state IN ('applied', 'baseline'))), false)
FROM ONLY hh.snapshot AS s;
