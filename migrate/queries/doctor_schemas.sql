-- Which of the schemas $1 are missing.
SELECT DISTINCT wanted.name, NULL, NULL
FROM pg_catalog.unnest($1::pg_catalog.text[]) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname = wanted.name)
ORDER BY 1;
