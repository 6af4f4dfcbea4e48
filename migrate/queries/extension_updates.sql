-- Whether the server has a newer headhunter.
SELECT
FROM pg_catalog.pg_extension AS e, pg_catalog.pg_extension_update_paths(e.extname) AS u
WHERE e.extname = 'headhunter' AND u.source = e.extversion AND u.path IS NOT NULL;
