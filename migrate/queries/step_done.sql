-- In the transaction of the statement itself, where it can have one.
WITH step AS (
    UPDATE ONLY hh.migration_statement AS s
    SET state = 'done', finished_at = pg_catalog.clock_timestamp()
    WHERE s.version = $1 AND s.number = $2
    RETURNING s.version, s.number
)
UPDATE ONLY hh.migration AS m
SET statements_done = step.number
FROM step
WHERE m.version = step.version
RETURNING true;
