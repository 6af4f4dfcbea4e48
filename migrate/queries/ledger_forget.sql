WITH steps AS (
    DELETE FROM ONLY hh.migration_statement AS s WHERE s.version = $1
)
DELETE FROM ONLY hh.migration AS m
WHERE m.version = $1 AND m.state IN ('running', 'failed')
RETURNING true;
