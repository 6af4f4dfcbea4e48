INSERT INTO hh.migration_statement (version, number, part, statement, state)
VALUES ($1, $2, $3, $4, $5);
