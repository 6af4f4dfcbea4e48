-- Which of the tables $1.$2 are missing.
SELECT DISTINCT wanted.schema_name || '.' || wanted.table_name, NULL, NULL
FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]))
    AS wanted (schema_name, table_name)
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = wanted.schema_name AND c.relname = wanted.table_name
      AND c.relkind IN ('r', 'p', 'v', 'f'))
ORDER BY 1;
