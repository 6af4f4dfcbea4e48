-- $1: how many there are where the server has no such setting.
SELECT coalesce(pg_catalog.current_setting('scram_iterations', true), $1);
