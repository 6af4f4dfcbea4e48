WITH step AS (
    UPDATE ONLY hh.migration_statement AS s
    SET state = 'failed', finished_at = pg_catalog.clock_timestamp()
    WHERE s.version = $1 AND s.number = $2
    RETURNING s.version
)
UPDATE ONLY hh.migration AS m
SET state = 'failed', finished_at = pg_catalog.clock_timestamp(), error = $3
FROM step
WHERE m.version = step.version
RETURNING true;
