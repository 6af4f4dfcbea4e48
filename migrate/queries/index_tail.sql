-- What an index is, beside its name and its table's.  $1: the index, or the only index's table.
SELECT CASE WHEN i.indisunique THEN 'UNIQUE' ELSE '' END,
    pg_catalog.substr(d.definition, pg_catalog.length(d.head) + 1),
    coalesce(s.spcname, '')
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_tablespace AS s ON s.oid = c.reltablespace
CROSS JOIN LATERAL (
    SELECT pg_catalog.pg_get_indexdef(i.indexrelid),
        pg_catalog.format('CREATE %sINDEX %I ON %I.%I ',
            CASE WHEN i.indisunique THEN 'UNIQUE ' END, c.relname, n.nspname, t.relname)
) AS d (definition, head)
WHERE $1::pg_catalog.regclass IN (i.indexrelid, i.indrelid)
  AND pg_catalog.starts_with(d.definition, d.head);
