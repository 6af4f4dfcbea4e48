-- The index of that name beside a table, as CREATE INDEX would meet it.  $1: the table, $2: the
-- index, both as they are written in the statement.
SELECT pg_catalog.quote_ident(n.nspname),
    pg_catalog.format('%I.%I', n.nspname, coalesce(c.relname, wanted.name)),
    c.relkind,
    i.indrelid = t.oid,
    i.indisvalid AND i.indisready AND i.indislive,
    b.pid
FROM (
    SELECT pg_catalog.to_regclass($1) AS table_oid,
        (pg_catalog.parse_ident($2))[1]::pg_catalog.name AS name
) AS wanted
JOIN pg_catalog.pg_class AS t ON t.oid = wanted.table_oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_class AS c
    ON c.relnamespace = t.relnamespace AND c.relname = wanted.name
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_stat_progress_create_index AS b
    ON b.index_relid = c.oid AND b.pid <> pg_catalog.pg_backend_pid();
