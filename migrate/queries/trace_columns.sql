-- The columns of the relations of trace_relations.sql.
SELECT a.attrelid, a.attnum, pg_catalog.quote_ident(a.attname),
    pg_catalog.format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attcollation = t.typcollation THEN ''
           ELSE (SELECT pg_catalog.format(' COLLATE %I.%I', cn.nspname, co.collname)
                 FROM pg_catalog.pg_collation AS co
                 JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
                 WHERE co.oid = a.attcollation)
           END,
    a.attnotnull
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped
  AND c.relkind IN ('r', 'p', 'm', 'v', 'f') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY a.attrelid, a.attnum;
