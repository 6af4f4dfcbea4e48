UPDATE ONLY hh.migration_statement AS s
SET state = 'pending', is_atomic = true
WHERE s.version = $1 AND s.number = $2
RETURNING true;
