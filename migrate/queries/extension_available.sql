-- The versions that the server would install.  It reads every control file there is.
SELECT a.name, a.default_version
FROM pg_catalog.pg_available_extensions() AS a
WHERE a.name IN ('headhunter', 'vector');
