SELECT CASE WHEN pg_catalog.pg_advisory_unlock($1) THEN pg_catalog.pg_advisory_unlock($1) END;
