\set QUIET on
\ir directions.sql
\set ECHO queries

INSERT INTO search.candidate_embeddings (tenant_id, entity_id, embedding, model_version)
VALUES ('aurora', 'c01', pg_temp.direction('a model of 512 dimensions', 512), 'text-embedding-004');
