-- Whether there is a snapshot, and whether it is of the ledger as it stands: by the index, for it has
-- many rows.  ONLY: a child table would be somebody else's.
SELECT EXISTS (SELECT FROM ONLY hh.snapshot),
    EXISTS (
        SELECT FROM ONLY hh.snapshot AS s
        WHERE s.kind = 'ledger' AND s.object = 'hh.migration' AND s.property = 'digest'
          AND s.definition = (
            SELECT pg_catalog.md5(pg_catalog.string_agg(l.line, ', '))
            FROM (
                SELECT m.version || ' ' || m.checksum
                    || coalesce(' ' || EXTRACT(epoch FROM m.finished_at)::pg_catalog.text, '') AS line
                FROM ONLY hh.migration AS m
                WHERE m.state IN ('applied', 'baseline')
                ORDER BY m.version) AS l));
