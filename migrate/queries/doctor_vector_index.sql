-- Whether the HNSW index is there, whole, and for cosine distance.
SELECT 'search.candidate_embeddings_embedding_hnsw_idx', problem.detail,
    'sql ' || CASE problem.number
        WHEN 2 THEN 'REINDEX INDEX CONCURRENTLY search.candidate_embeddings_embedding_hnsw_idx'
        WHEN 3 THEN 'DROP INDEX CONCURRENTLY search.candidate_embeddings_embedding_hnsw_idx'
        ELSE 'CREATE INDEX CONCURRENTLY candidate_embeddings_embedding_hnsw_idx'
            ' ON search.candidate_embeddings USING hnsw (embedding public.vector_cosine_ops)'
            ' WITH (m = 16, ef_construction = 64)'
    END
FROM (
    SELECT pg_catalog.max(c.oid) AS oid, pg_catalog.bool_and(i.indisvalid AND i.indisready) AS whole,
        pg_catalog.bool_and(
            m.amname = 'hnsw' AND o.opcname = 'vector_cosine_ops' AND i.indpred IS NULL
            AND t.relname = 'candidate_embeddings') AS right_kind
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
    JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
    JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
    JOIN pg_catalog.pg_opclass AS o ON o.oid = i.indclass[0]
    WHERE n.nspname = 'search' AND c.relname = 'candidate_embeddings_embedding_hnsw_idx'
) AS found
JOIN (VALUES
    (1, 'it is missing'),
    (3, 'it is of another kind: it is to be hnsw (embedding vector_cosine_ops)'),
    (2, 'it is invalid: its build was broken off')
) AS problem (number, detail) ON CASE
    WHEN found.oid IS NULL THEN problem.number = 1
    WHEN NOT found.right_kind THEN problem.number = 3
    ELSE NOT found.whole AND problem.number = 2
END;
