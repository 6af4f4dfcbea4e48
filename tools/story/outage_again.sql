-- Weeks later: an old provisioning script is run once more, and takes the key's trigger and the index
-- with the column; somebody revokes too much; next month's partitions are dropped as "empty".

\set QUIET on
SET client_min_messages = warning;
ALTER TABLE search.candidate_embeddings DROP COLUMN embedding CASCADE;
ALTER TABLE search.candidate_embeddings ADD COLUMN embedding vector(1536);
CREATE INDEX candidate_embeddings_embedding_hnsw_idx
    ON search.candidate_embeddings USING hnsw (embedding vector_cosine_ops);
REVOKE USAGE ON SCHEMA search FROM hh_app;
SELECT format('DROP TABLE %s', inhrelid::regclass)
FROM pg_inherits
WHERE inhparent = 'ops.pipeline_metrics'::regclass
  AND pg_get_expr((SELECT relpartbound FROM pg_class WHERE oid = inhrelid), inhrelid) <> 'DEFAULT' \gexec
