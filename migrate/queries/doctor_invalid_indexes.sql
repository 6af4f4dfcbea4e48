-- Indexes that a broken build has left, but for that which a service's own check looks at, and
-- for those that are being built now.
SELECT quoted.name,
    'on table ' || i.indrelid::pg_catalog.regclass,
    -- A REINDEX CONCURRENTLY leaves one of these; the old index serves on.
    'sql ' || CASE WHEN c.relname ~ '_ccnew[0-9]*$' OR c.relname ~ '_ccold[0-9]*$'
        THEN 'DROP INDEX CONCURRENTLY ' ELSE 'REINDEX INDEX CONCURRENTLY ' END || quoted.name
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
) AS quoted (name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive) AND c.relkind = 'i'
  AND n.nspname NOT LIKE 'pg\_%'
  AND (n.nspname, c.relname) <> ('search', 'candidate_embeddings_embedding_hnsw_idx')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_stat_progress_create_index AS p
      WHERE p.relid = i.indrelid)
ORDER BY 1;
