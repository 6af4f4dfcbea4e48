-- Which of the tables $1.$2 show the role no row at all: row security is on, and no policy lets one
-- through.
SELECT DISTINCT wanted.schema_name || '.' || wanted.table_name,
    'row security is on for role ' || current_user || ', and there is no policy',
    'owner ALTER TABLE ' || wanted.schema_name || '.' || wanted.table_name
        || ' DISABLE ROW LEVEL SECURITY'
FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]))
    AS wanted (schema_name, table_name)
JOIN pg_catalog.pg_namespace AS n ON n.nspname = wanted.schema_name
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = wanted.table_name
WHERE pg_catalog.row_security_active(c.oid)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy AS p WHERE p.polrelid = c.oid)
ORDER BY 1;
