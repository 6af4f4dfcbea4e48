-- As an array, to be given to database_contents.sql.
SELECT coalesce(pg_catalog.array_agg(e.extname), '{}') FROM pg_catalog.pg_extension AS e;
