-- Whether the table $1 in schema hh runs nothing but PostgreSQL's own code when it is read.
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'hh' AND c.relname = $1 AND c.relkind = 'r'
      AND NOT c.relrowsecurity
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_attribute AS a
          JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
          WHERE a.attrelid = c.oid AND a.attnum > 0
            AND t.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace)
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_index AS i
          WHERE i.indrelid = c.oid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL))
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_statistic_ext AS s
          WHERE s.stxrelid = c.oid));
