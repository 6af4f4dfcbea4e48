-- From PostgreSQL 18 on: libraries loaded that are older or newer than what is installed.
SELECT e.extname, 'loaded is ' || m.version || ', installed is ' || e.extversion, NULL
FROM pg_catalog.pg_get_loaded_modules() AS m
JOIN pg_catalog.pg_extension AS e ON e.extname = m.module_name
WHERE e.extname IN ('vector', 'headhunter') AND m.version <> e.extversion;
