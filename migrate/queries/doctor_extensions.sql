-- The extensions that are missing.
SELECT wanted.name, NULL,
    NULL
FROM (VALUES ('vector'), ('pgcrypto')) AS wanted (name)
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_extension AS e
    WHERE e.extname OPERATOR(pg_catalog.=) wanted.name::pg_catalog.name);
