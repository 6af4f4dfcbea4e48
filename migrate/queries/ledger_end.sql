-- $2: applied or reverted.
WITH steps AS (
    DELETE FROM ONLY hh.migration_statement AS s WHERE s.version = $1
)
UPDATE ONLY hh.migration AS m
SET (state, statements_done, finished_at, error)
    = ROW ($2::pg_catalog.text, CASE $2::pg_catalog.text WHEN 'applied' THEN m.statements_total ELSE m.statements_done END,
    pg_catalog.clock_timestamp(), NULL)
WHERE m.version = $1
RETURNING true;
