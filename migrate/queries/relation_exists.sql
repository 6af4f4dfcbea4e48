-- $1: a name as it is written in a statement.
SELECT pg_catalog.to_regclass($1) IS NOT NULL;
