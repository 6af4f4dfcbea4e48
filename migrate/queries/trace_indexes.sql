-- The indexes of the relations of trace_relations.sql.  That of a partition goes by the name of
-- the partitioned table's, and a constraint's index says which.
SELECT i.indexrelid, i.indrelid, c.relfilenode,
    pg_catalog.format('%I.%I', n.nspname, whole.relname),
    pg_catalog.pg_get_indexdef(whole.oid),
    coalesce((
        SELECT pg_catalog.format('ADD CONSTRAINT %I %s', o.conname,
            CASE o.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE 'EXCLUDE' END)
        FROM pg_catalog.pg_constraint AS o
        WHERE o.conindid = whole.oid AND o.contype IN ('p', 'u', 'x')), '')
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS whole ON whole.oid =
    CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid) ELSE c.oid END
WHERE c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY i.indexrelid;
