-- The indexes of the relations of trace_relations.sql, and what builds the same without a lock, as
-- far as there is such a thing.  That of a partition goes by the name of the partitioned table's.
SELECT i.indexrelid, i.indrelid, c.relfilenode,
    pg_catalog.format('%I.%I', n.nspname, whole.relname),
    CASE whole.relkind
        WHEN 'I' THEN pg_catalog.pg_get_indexdef(whole.oid)
        ELSE pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(whole.oid),
            '^CREATE( UNIQUE)? INDEX', 'CREATE\1 INDEX CONCURRENTLY')
    END,
    coalesce((
        SELECT CASE o.contype
                WHEN 'x' THEN 'EXCLUDE'
                ELSE pg_catalog.format('ADD CONSTRAINT %I %s USING INDEX %I', o.conname,
                    CASE o.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, whole.relname)
            END
        FROM pg_catalog.pg_constraint AS o
        WHERE o.conindid = whole.oid AND o.conrelid = whole_index.indrelid
          AND o.contype IN ('p', 'u', 'x')), '')
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS whole ON whole.oid =
    CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid) ELSE c.oid END
JOIN pg_catalog.pg_index AS whole_index ON whole_index.indexrelid = whole.oid
WHERE c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY i.indexrelid;
