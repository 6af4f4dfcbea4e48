DELETE FROM ONLY hh.migration_statement AS s WHERE s.version = $1;
