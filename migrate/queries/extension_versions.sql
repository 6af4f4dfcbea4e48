-- The extensions that a deployment stands on, as installed here.
SELECT e.extname, e.extversion
FROM pg_catalog.pg_extension AS e
WHERE e.extname IN ('vector', 'pgcrypto', 'headhunter')
ORDER BY e.extname;
