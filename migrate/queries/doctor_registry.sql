-- The registry's active models, where none of them makes vectors of the column's dimension.
-- ONLY: a child table would be somebody else's.
SELECT pg_catalog.string_agg(m.model_version || ' (' || m.dims || ')', ', '), a.atttypmod
FROM ONLY hh.embedding_model AS m
JOIN pg_catalog.pg_attribute AS a
    ON a.attrelid = 'search.candidate_embeddings'::pg_catalog.regclass AND a.attname = 'embedding'
WHERE m.active AND a.atttypmod > 0
GROUP BY a.atttypmod
HAVING NOT pg_catalog.bool_or(m.dims = a.atttypmod);
