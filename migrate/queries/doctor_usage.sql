-- On which of the schemas $1 the role lacks USAGE.
SELECT DISTINCT n.nspname::pg_catalog.text, NULL, NULL
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname = ANY ($1::pg_catalog.text[])
  AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
ORDER BY 1;
