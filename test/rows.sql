-- What a database's tables and sequences hold, one line each, for comparing two databases or one
-- before and after: the number of rows, and a checksum of them that no order of rows changes.
--
--     psql -X -q -A -t -d ONE -f test/rows.sql > one

SET search_path = pg_catalog, pg_temp;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET bytea_output = 'hex';
SET extra_float_digits = 1;

SELECT CASE c.relkind
    WHEN 'S' THEN format(
        'SELECT %L || last_value || CASE WHEN is_called THEN '' (used)'' ELSE '' (unused)'' END '
        'FROM %I.%I',
        format('sequence %I.%I: ', n.nspname, c.relname), n.nspname, c.relname)
    ELSE format(
        'SELECT %L || count(*) || '' rows, '' '
        '|| coalesce(md5(string_agg(md5(t::text), '''' ORDER BY md5(t::text) COLLATE "C")), ''none'') '
        'FROM ONLY %I.%I AS t',
        format('table %I.%I: ', n.nspname, c.relname), n.nspname, c.relname)
    END
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
\gexec
