-- Whether hh.migration_statement, which migration 0008 makes, is there.
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'hh' AND c.relname = 'migration_statement' AND c.relkind = 'r');
