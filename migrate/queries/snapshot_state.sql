-- Whether there is a snapshot, and whether it is of the ledger as it stands: by the index, for it has
-- many rows.  ONLY: a child table would be somebody else's.
SELECT EXISTS (SELECT FROM ONLY hh.snapshot),
    EXISTS (
        SELECT FROM ONLY hh.snapshot AS s
        WHERE s.kind = 'ledger' AND s.object = 'hh.migration' AND s.property = 'digest'
          AND s.definition = (
            SELECT pg_catalog.md5(pg_catalog.string_agg(
                pg_catalog.concat_ws(' ', m.version, m.checksum,
                    EXTRACT(epoch FROM m.finished_at)), ', ' ORDER BY m.version))
            FROM ONLY hh.migration AS m
            WHERE m.state IN ('applied', 'baseline')));
